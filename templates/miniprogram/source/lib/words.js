// The words of a page in the chosen language. Pages put them into their data as `w`.

const zh = require('../words/zh')
const en = require('../words/en')
const look = require('./look')

const all = { zh, en }

function t(page) {
  const words = all[look.taste().language]
  return Object.assign({}, words.common, words[page])
}

// fill puts values into {0}, {1} …
function fill(text, ...values) {
  return text.replace(/\{(\d)\}/g, (_, i) => values[i])
}

module.exports = { t, fill }
