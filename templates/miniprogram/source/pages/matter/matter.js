const api = require('../../lib/api')
const { date, time } = require('../../lib/time')
const { fill } = require('../../lib/words')
const { page } = require('../../lib/page')
const { steps } = require('../../lib/steps')

page('matter', {
  data: { m: null, words: '' },
  async show() {
    const { w } = this.data
    const m = await api.call('matter', { values: { id: this.asked.id } })
    this.setData({
      m: {
        id: m.id, number: m.number, title: m.title, words: m.words, state: m.state, tone: m.tone, result: m.result || '', open: m.open, urged: m.urged_today, mayRate: m.may_rate, class: m.class || '',
        reported: date(m.reported_at),
        due: m.due ? fill(m.late ? w.late : w.dueBy, time(m.due)) : '',
        into: m.merged_into ? fill(w.into, m.merged_into, m.merged_into_state || '') : '',
        place: [m.community, m.address].filter(Boolean).join(' '),
        photos: m.photos ? fill(w.photos, m.photos) : '',
        steps: steps(m.steps),
        record: (m.record || []).map((r, key) => ({ key, act: r.act, detail: r.detail || '', at: time(r.at) }))
      }
    })
  },
  urge() {
    return this.change('urge', {}, this.data.w.urgedNow)
  },
  add() {
    return this.change('add', { words: this.data.words.trim() }, this.data.w.added)
  },
  async change(route, form, done) {
    const values = { id: this.asked.id }
    let changed = false
    await this.run(async () => {
      await api.call(route, { values, form })
      changed = true
    })
    if (!changed) return
    this.setData({ words: '' })
    this.say(done)
    return this.onShow()
  }
})
