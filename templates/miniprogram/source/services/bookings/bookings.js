const api = require('../../lib/api')
const { page } = require('../../lib/page')
const { time } = require('../../lib/time')

page('bookings', {
  data: { rows: [] },
  async show() {
    const { bookings } = await api.call('bookings')
    this.setData({ rows: (bookings || []).map(b => ({ id: b.id, title: b.title, kind: b.kind, number: b.number, state: b.state, tone: b.tone, begins: time(b.begins) })) })
  }
})
