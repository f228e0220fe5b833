// Where it is. WeChat says GCJ-02, which the server turns into CGCS2000. The phone's position is asked for once, when somebody
// presses the button; a place on the map may be chosen instead, which tells nothing of where the phone is.

const ask = (api, options) => new Promise((resolve, reject) => wx[api](Object.assign({ success: resolve, fail: reject }, options)))

async function here() {
  const p = await ask('getLocation', { type: 'gcj02', isHighAccuracy: true })
  return { lon: p.longitude, lat: p.latitude, name: '' }
}

async function pick() {
  const p = await ask('chooseLocation', {})
  return { lon: p.longitude, lat: p.latitude, name: [p.address, p.name].filter(Boolean).join(' ') }
}

// cancelled is somebody's own decision, and no failure.
const cancelled = e => /cancel/.test((e && e.errMsg) || '')

module.exports = { here, pick, cancelled }
