const api = require('../../lib/api')
const session = require('../../lib/session')
const { go, page } = require('../../lib/page')

page('sign-in', {
  data: { phone: '', agree: false, messages: false, flow: '', code: '', version: '' },
  async load() {
    const notice = await api.call('privacy')
    this.setData({ version: notice.version })
  },
  tick(e) {
    this.setData({ [e.currentTarget.dataset.name]: e.detail.checked })
  },
  form() {
    const { phone, agree, messages, version } = this.data
    return { phone: phone.trim(), agree: agree ? version : '', messages: messages ? 'on' : '' }
  },
  send() {
    return this.run(async () => {
      const { flow } = await api.call('sendCode', { form: this.form() })
      this.setData({ flow, code: '' })
    })
  },
  again() {
    this.setData({ flow: '', code: '', problem: '' })
  },
  enter() {
    return this.run(async () => {
      session.keep(await api.call('enter', { form: Object.assign(this.form(), { flow: this.data.flow, code: this.data.code.trim() }) }))
      if (getCurrentPages().length > 1) wx.navigateBack()
      else go('/pages/home/home')
    })
  }
})
