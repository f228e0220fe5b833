// What every page shares: its words, how it looks, and what happens when the server says no. A page is a Component, as WeChat
// allows, so that it is tested like one.

const { t } = require('./words')
const look = require('./look')
const session = require('./session')

const tabs = ['/pages/home/home', '/pages/matters/matters', '/pages/messages/messages', '/pages/me/me']

// bar gives WeChat's own bar of tabs the chosen language and colour; on pages without it that fails, and nothing is lost.
function bar(words, colour) {
  const fail = () => {}
  words.forEach((text, index) => wx.setTabBarItem({ index, text, fail }))
  wx.setTabBarStyle({ selectedColor: colour, fail })
}

// go opens a page of this program.
function go(url) {
  const path = url.split('?')[0]
  if (tabs.includes(path)) wx.switchTab({ url: path })
  else wx.navigateTo({ url })
}

// page makes the page `name` of words/: load runs once with what the page was opened with, show whenever it is seen.
function page(name, { data = {}, load, show, hidden, ...methods }) {
  Component({
    options: { styleIsolation: 'apply-shared' },
    data: Object.assign({ w: {}, look: {}, hotline: '', problem: '', errors: {}, busy: false, ready: false }, data),
    methods: Object.assign({
      onLoad(options) {
        this.asked = options || {}
        this.dress()
        if (load) return this.run(() => load.call(this, this.asked))
      },
      onShow() {
        this.dress()
        if (load && !this.data.ready) return this.run(() => load.call(this, this.asked || {})) // back from signing in
        if (show) return this.run(() => show.call(this))
      },
      onUnload() {
        if (hidden) hidden.call(this)
      },
      dress() {
        const w = t(name)
        const v = look.view()
        this.setData({ w, look: v, hotline: session.street().hotline || '' })
        wx.setNavigationBarTitle({ title: w.title })
        wx.setNavigationBarColor({ frontColor: '#ffffff', backgroundColor: v.bar })
        bar(w.tabs, v.bar)
      },
      // run does what may be refused: the page says why, and whoever has to sign in is led there and back.
      async run(f) {
        if (this.data.busy) return
        this.setData({ busy: true, problem: '', errors: {} })
        try {
          await f()
          this.setData({ busy: false, ready: true })
        } catch (e) {
          this.setData({ busy: false })
          if (!e.refused) throw e
          if (e.code === 'unsigned') return this.signIn()
          const told = Object.values(e.fields)
          this.setData({ problem: told.length === 1 ? told[0] : e.message, errors: e.fields })
          wx.pageScrollTo({ scrollTop: 0 })
        }
      },
      signIn() {
        go('/pages/sign-in/sign-in')
      },
      // type keeps what is typed into a field whose data-name says which.
      type(e) {
        this.setData({ [e.currentTarget.dataset.name]: e.detail.value })
      },
      open(e) {
        const { url } = e.currentTarget.dataset
        if (url) go(url)
      },
      openMatter(e) {
        go(`/pages/matter/matter?id=${e.currentTarget.dataset.id}`)
      },
      dial(e) {
        const number = (e && e.currentTarget.dataset.number) || this.data.hotline
        if (number) wx.makePhoneCall({ phoneNumber: number, fail: () => {} })
      },
      say(title) {
        wx.showToast({ title, icon: 'none', duration: 3000 })
      },
      // sure asks before what cannot be taken back.
      sure(content) {
        const { w } = this.data
        return new Promise(resolve => wx.showModal({ content, confirmText: w.yes, cancelText: w.no, success: r => resolve(r.confirm), fail: () => resolve(false) }))
      }
    }, methods)
  })
}

module.exports = { page, go }
