const api = require('../../lib/api')
const session = require('../../lib/session')
const { fill } = require('../../lib/words')
const { go, page } = require('../../lib/page')

page('leave', {
  data: { flow: '', code: '', proof: '', warning: '' },
  async load() {
    const { w } = this.data
    const p = await api.call('leaving')
    this.setData({ proof: fill(w.proof, p.tail), warning: p.open ? fill(w.open, p.open) : '' })
  },
  send() {
    return this.run(async () => this.setData({ flow: (await api.call('leaveCode')).flow }))
  },
  async confirm() {
    if (!await this.sure(this.data.w.sure)) return
    return this.run(async () => {
      await api.call('leave', { form: { flow: this.data.flow, code: this.data.code.trim() } })
      session.forget()
      this.say(this.data.w.gone)
      go('/pages/home/home')
    })
  }
})
