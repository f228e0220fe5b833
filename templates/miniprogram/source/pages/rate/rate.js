const api = require('../../lib/api')
const questionnaire = require('../../lib/questions')
const { page } = require('../../lib/page')

page('rate', {
  data: { heading: '', number: '', questions: [], said: {}, reopens: false, unsolved: false, reopen: 'yes' },
  async load({ id }) {
    const p = await api.call('questions', { values: { id } })
    this.all = p.questions || []
    this.setData({ heading: p.title, number: p.number, reopens: p.reopens })
    this.lay()
  },
  // lay shows the questions that the answers so far call for.
  lay() {
    const { said } = this.data
    this.setData({ questions: questionnaire.asked(this.all, said), unsolved: Object.values(said).some(v => v === 'no' || v === 'not') })
  },
  answer(e) {
    this.setData({ said: Object.assign({}, this.data.said, { [e.currentTarget.dataset.name]: e.detail.value }) })
    this.lay()
  },
  submit() {
    const { said, reopens, unsolved, reopen, w } = this.data
    const missing = questionnaire.missing(this.all, said)
    if (missing) return this.setData({ errors: { [missing]: w.needed }, problem: w.needed })
    return this.run(async () => {
      const form = questionnaire.form(this.all, said)
      if (reopens && unsolved) form.reopen = reopen
      await api.call('rate', { values: { id: this.asked.id }, form })
      this.say(w.thanks)
      wx.navigateBack()
    })
  }
})
