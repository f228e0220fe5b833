const api = require('../../lib/api')
const { page } = require('../../lib/page')
const { steps } = require('../../lib/steps')
const { time } = require('../../lib/time')

page('booking', {
  data: { b: null, rating: '', words: '' },
  async show() {
    const b = await api.call('booking', { values: { id: this.asked.id } })
    this.setData({ b: Object.assign({}, b, { begins: time(b.begins), steps: steps(b.steps), levels: b.levels || [] }) })
  },
  async judge() {
    const { rating, words, w } = this.data
    await this.change('rateBooking', { rating, words: words.trim() }, w.thanks)
  },
  async cancel() {
    const { w } = this.data
    if (await this.sure(w.sure)) await this.change('cancel', { reason: w.byMyself }, w.cancelled)
  },
  async change(route, form, done) {
    await this.run(() => api.call(route, { values: { id: this.asked.id }, form }))
    if (this.data.problem) return
    this.say(done)
    return this.onShow()
  }
})
