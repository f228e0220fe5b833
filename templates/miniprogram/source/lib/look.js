// How somebody likes the pages: 长辈版 (large type, targets of 60 px), strong contrast, language. Kept on the phone.
// WeChat's own care mode and a large system font turn 长辈版 on until somebody chooses otherwise.

const { config } = require('./config')

const kept = 'taste'
const own = { accent: '#1677ff', strong: '#0958d9', stronger: '#003eb3', tint: '#e8f1ff' }

// care is WeChat's 关怀模式 or a system font as large: its scale is about 1.4.
function care() {
  const base = wx.getAppBaseInfo ? wx.getAppBaseInfo() : {}
  return base.fontSizeScaleFactor >= 1.35 || base.fontSizeSetting >= 23
}

function taste() {
  const t = wx.getStorageSync(kept) || {}
  return { elder: t.elder === undefined ? care() : t.elder, contrast: Boolean(t.contrast), language: t.language === 'en' ? 'en' : 'zh' }
}

function prefer(change) {
  const next = Object.assign(taste(), change)
  wx.setStorageSync(kept, next)
  return next
}

// colours are the street's, else the district's, else the product's. The server has corrected them for contrast on white.
function colours() {
  const street = wx.getStorageSync('street') || {}
  return Object.assign({}, own, config().theme, street.theme || {})
}

// view is what every page puts on its root: a class and the variables of the theme.
function view() {
  const t = taste()
  let c = colours()
  if (t.contrast) c = { accent: '#000000', strong: '#000000', stronger: '#000000', tint: '#ffeb3b' }
  const style = [
    `--accent:${c.accent}`, `--strong:${c.strong}`, `--stronger:${c.stronger}`, `--tint:${c.tint}`,
    `--td-brand-color:${c.strong}`, `--td-brand-color-active:${c.stronger}`, `--td-brand-color-focus:${c.tint}`, `--td-brand-color-light:${c.tint}`,
    `--td-brand-color-light-active:${c.tint}`, `--td-brand-color-disabled:${c.tint}`
  ].join(';')
  return { style, class: `page${t.elder ? ' elder' : ''}${t.contrast ? ' contrast' : ''}`, elder: t.elder, contrast: t.contrast, language: t.language, bar: c.strong }
}

module.exports = { taste, prefer, view }
