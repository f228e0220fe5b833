const api = require('../../lib/api')
const session = require('../../lib/session')
const { fill } = require('../../lib/words')
const { date, time } = require('../../lib/time')
const { go, page } = require('../../lib/page')

page('me', {
  data: { phone: '', since: '', name: '', consents: [], looks: [] },
  async show() {
    const { w } = this.data
    const p = await api.call('me')
    this.setData({
      phone: p.phone, since: date(p.since), name: p.name || '',
      consents: (p.consents || []).map(c => ({ purpose: c.purpose, title: c.title, about: c.about, fixed: c.fixed, given: c.given_at ? fill(w.given, time(c.given_at), c.version) : '' })),
      looks: (p.looks || []).map((l, key) => ({ key, who: l.who, what: fill(w.look, l.purpose, l.what), at: `${time(l.at)} · ${l.matter}` }))
    })
  },
  async save() {
    await this.run(async () => {
      await api.call('rename', { form: { name: this.data.name.trim() } })
      this.say(this.data.w.saved)
    })
  },
  async consent(e) {
    const { purpose, agree } = e.currentTarget.dataset
    await this.run(() => api.call('consent', { form: { purpose, agree } }))
    if (!this.data.problem) return this.onShow()
  },
  // export hands everything that the street holds over as a file, to keep or to send to oneself.
  export() {
    return this.run(async () => {
      const all = await api.call('export')
      const filePath = `${wx.env.USER_DATA_PATH}/my-data.json`
      wx.getFileSystemManager().writeFileSync(filePath, JSON.stringify(all, null, 2), 'utf8')
      wx.shareFileMessage({ filePath, fileName: 'my-data.json', fail: () => {} })
    })
  },
  out() {
    return this.run(async () => {
      await api.call('signOut')
      session.forget()
      go('/pages/home/home')
    })
  }
})
