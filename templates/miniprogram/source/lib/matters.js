// Matters as lists show them.

const { fill } = require('./words')
const { date, time } = require('./time')

function rows(list, w) {
  return (list || []).map(m => ({
    id: m.id, title: m.title, words: m.words, number: m.number, state: m.state, tone: m.tone || 'neutral', reported: date(m.reported_at),
    due: m.may_rate ? w.mayRate : m.due ? fill(w.dueBy, time(m.due)) : ''
  }))
}

module.exports = { rows }
