const api = require('../../lib/api')
const { page } = require('../../lib/page')
const { time } = require('../../lib/time')
const ways = require('../../lib/ways')

page('messages', {
  data: { list: [], unread: false },
  async show() {
    const p = await api.call('messages')
    const list = (p.messages || []).map((m, key) => ({ key, title: m.title, text: m.text || '', about: m.about, number: m.number, url: ways.page(m.path), at: time(m.at), fresh: m.unread }))
    this.setData({ list, unread: p.unread })
  },
  async read() {
    await this.run(() => api.call('readMessages'))
    return this.onShow()
  }
})
