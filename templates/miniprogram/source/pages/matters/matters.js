const api = require('../../lib/api')
const { rows } = require('../../lib/matters')
const { page } = require('../../lib/page')

page('matters', {
  data: { rows: [] },
  async show() {
    const { matters } = await api.call('matters')
    this.setData({ rows: rows(matters, this.data.w) })
  }
})
