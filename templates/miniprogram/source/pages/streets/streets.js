const api = require('../../lib/api')
const session = require('../../lib/session')
const { config } = require('../../lib/config')
const { go, page } = require('../../lib/page')

page('streets', {
  data: { streets: [], district: '', chosen: '' },
  async load() {
    this.setData({ district: config().district.name || '', chosen: session.street().slug || '' })
    this.setData({ streets: await api.streets() })
  },
  choose(e) {
    const { slug, name } = this.data.streets[e.currentTarget.dataset.i]
    session.choose({ slug, name })
    go('/pages/home/home')
  }
})
