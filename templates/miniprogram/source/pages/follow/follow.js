const api = require('../../lib/api')
const { fill } = require('../../lib/words')
const { page } = require('../../lib/page')
const { steps } = require('../../lib/steps')
const { time } = require('../../lib/time')

page('follow', {
  data: { number: '', tail: '', found: null },
  find() {
    this.setData({ found: null })
    return this.run(async () => {
      const { number, tail, w } = this.data
      const f = await api.call('follow', { form: { number: number.trim(), tail: tail.trim() } })
      this.setData({ found: { number: f.number, state: f.state, tone: f.tone, due: f.due ? fill(w.dueBy, time(f.due)) : '', steps: steps(f.steps) } })
    })
  }
})
