// Instants as people read them: in China's time, whatever the phone is set to.

const two = n => String(n).padStart(2, '0')

function inChina(iso) {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? null : new Date(at + 8 * 3600 * 1000)
}

// date is 2026-11-23; nothing for no time.
function date(iso) {
  const d = iso ? inChina(iso) : null
  return d ? `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}` : ''
}

// time is 2026-11-23 15:04.
function time(iso) {
  const d = iso ? inChina(iso) : null
  return d ? `${date(iso)} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}` : ''
}

module.exports = { date, time }
