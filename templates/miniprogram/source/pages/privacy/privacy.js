const api = require('../../lib/api')
const privacy = require('../../lib/privacy')
const { page } = require('../../lib/page')

page('privacy', {
  data: { notice: null, contract: '' },
  async load() {
    this.setData({ notice: await api.call('privacy') })
    this.setData({ contract: (await privacy.needed()).name })
  },
  // contract opens the guide that the district filed with WeChat.
  contract() {
    wx.openPrivacyContract({ fail: () => {} })
  }
})
