const api = require('../../lib/api')
const look = require('../../lib/look')
const session = require('../../lib/session')
const { rows } = require('../../lib/matters')
const { page } = require('../../lib/page')

page('home', {
  data: { street: '', welcome: '', paused: false, guide: false, rows: [], emergencies: [] },
  async show() {
    const chosen = session.street()
    if (!chosen.slug) return wx.redirectTo({ url: '/pages/streets/streets' })
    const home = await api.call('home')
    session.choose({ slug: chosen.slug, name: home.street, hotline: home.hotline, theme: home.theme })
    this.setData({ street: home.street, welcome: home.welcome, paused: home.paused, guide: home.guide, rows: rows(home.matters, this.data.w), emergencies: home.emergencies || [] })
    this.dress()
  },
  elder() {
    this.like({ elder: !this.data.look.elder })
  },
  contrast() {
    this.like({ contrast: !this.data.look.contrast })
  },
  language() {
    this.like({ language: this.data.look.language === 'en' ? 'zh' : 'en' })
  },
  // like keeps a taste on the phone and, signed in, with the street for the next phone.
  like(change) {
    const t = look.prefer(change)
    this.dress()
    return this.run(async () => {
      if (session.signed()) await api.call('look', { form: { elder: t.elder ? 'on' : 'off', contrast: t.contrast ? 'on' : 'off', language: t.language } })
    })
  }
})
