// A report that is being typed. It survives a call that comes in between, and keeps its number, so that sending it again after a
// lost answer is the same report.

const { uuid7 } = require('./uuid')

const kept = 'draft'

function open(classKey, street) {
  const d = wx.getStorageSync(kept)
  if (d && d.class === classKey && d.street === street) return d
  return { street, class: classKey, id: uuid7(), key: uuid7(), description: '', address: '', community: '', place: null, photos: [], confidential: false }
}

// change keeps what was typed. Another content is another change, so it bears a new number; the matter stays the same one.
function change(d, part) {
  const next = Object.assign({}, d, part, { key: uuid7() })
  wx.setStorageSync(kept, next)
  return next
}

const drop = () => wx.removeStorageSync(kept)

// form is what the server takes.
function form(d, { anyway = false } = {}) {
  const f = { id: d.id, class: d.class, description: d.description.trim(), address: d.address.trim(), community: d.community }
  if (d.confidential) f.confidential = 'on'
  if (d.place) Object.assign(f, { lon: d.place.lon, lat: d.place.lat, place_ok: '1' })
  if (anyway) f.anyway = '1'
  return f
}

// missing names what has to be said before it is worth sending.
function missing(d) {
  if (!d.description.trim()) return 'description'
  if (!d.place && !d.address.trim() && !d.community) return 'address'
  return ''
}

module.exports = { open, change, drop, form, missing }
