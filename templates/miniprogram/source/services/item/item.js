const api = require('../../lib/api')
const { page } = require('../../lib/page')

page('item', {
  data: { i: null },
  async load({ key }) {
    const i = await api.call('item', { values: { key } })
    this.setData({ i: Object.assign({}, i, { facts: i.facts || [], materials: i.materials || [], steps: i.steps || [] }) })
  }
})
