const api = require('../../lib/api')
const { page } = require('../../lib/page')

page('book', {
  data: { heading: '', kinds: [], kind: '', days: [], day: '', slots: [], slot: '', name: '', phone: '', address: '', note: '' },
  async load() {
    const p = await this.fetch('')
    this.setData({ heading: p.title, kinds: p.kinds || [], kind: p.kinds && p.kinds.length === 1 ? p.kinds[0].value : '', name: p.name || '', phone: p.phone || '' })
  },
  async fetch(day) {
    const p = await api.call('hours', { values: { key: this.asked.key }, form: day ? { day } : {} })
    this.setData({ days: (p.days || []).map(d => ({ day: d.day, title: d.title })), day: p.day, slots: p.slots || [], slot: '' })
    return p
  },
  turn(e) {
    return this.run(() => this.fetch(e.currentTarget.dataset.day))
  },
  submit() {
    return this.run(async () => {
      const { kind, day, slot, name, phone, address, note } = this.data
      const { id } = await api.call('book', { values: { key: this.asked.key }, form: { kind, day, slot, name, phone, address, note } })
      this.say(this.data.w.booked)
      wx.redirectTo({ url: `/services/booking/booking?id=${id}` })
    })
  }
})
