const api = require('../../lib/api')
const { page } = require('../../lib/page')

page('guide', {
  data: { words: '', event: '', events: [], items: [] },
  load() {
    return this.fetch()
  },
  async fetch() {
    const p = await api.call('guide', { form: { q: this.data.words.trim(), event: this.data.event } })
    this.setData({ events: (p.events || []).map(e => ({ key: e.key, title: e.title })), items: (p.items || []).map(i => Object.assign({}, i, { kinds: i.kinds || [] })) })
  },
  word(e) {
    this.setData({ words: e.detail.value })
  },
  find() {
    return this.run(() => this.fetch())
  },
  occasion(e) {
    this.setData({ event: e.currentTarget.dataset.key })
    return this.find()
  }
})
