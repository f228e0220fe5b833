// The server's way of a matter as TDesign's steps know it.

const states = { done: 'finish', now: 'process', stuck: 'error', todo: 'default' }

function steps(list) {
  return (list || []).map((s, i) => ({ key: i, title: s.label, note: s.note || '', status: states[s.state] || 'default' }))
}

module.exports = { steps }
