// Which street somebody chose on this phone, and the proof that they signed in there. A street knows its own residents only, so
// each street has a token of its own.

const chosen = 'street'
const tokenOf = slug => `token:${slug}`

function street() {
  return wx.getStorageSync(chosen) || {}
}

function choose({ slug, name, hotline, theme }) {
  wx.setStorageSync(chosen, { slug, name, hotline: hotline || '', theme: theme || null })
}

function token(now = Date.now()) {
  const t = wx.getStorageSync(tokenOf(street().slug))
  return t && Date.parse(t.expires) > now ? t.token : ''
}

function keep({ token, expires }) {
  wx.setStorageSync(tokenOf(street().slug), { token, expires })
}

// lapse forgets a token that holds no more. What was typed and not sent waits for signing in anew: WeChat keeps this storage
// for one of its users alone.
function lapse() {
  wx.removeStorageSync(tokenOf(street().slug))
}

// forget signs out on this phone: the token goes, and so does what was typed and not sent.
function forget() {
  lapse()
  wx.removeStorageSync('draft')
}

module.exports = { street, choose, token, keep, lapse, forget, signed: () => token() !== '' }
