// WeChat's own gate before photos and position: the platform asks once whether the notice is agreed to, and tells the page when
// it waits for the answer. The street's consents by purpose are another thing, kept by the server.

let waiting = null // WeChat's resolve, until somebody answers

// needed answers whether WeChat still has to ask, and what it calls the notice.
function needed() {
  return new Promise(resolve => {
    if (!wx.getPrivacySetting) return resolve({ needed: false, name: '' })
    wx.getPrivacySetting({
      success: s => resolve({ needed: Boolean(s.needAuthorization), name: s.privacyContractName || '' }),
      fail: () => resolve({ needed: false, name: '' })
    })
  })
}

// watch calls show when WeChat waits for an answer.
function watch(show) {
  if (!wx.onNeedPrivacyAuthorization) return
  wx.onNeedPrivacyAuthorization(resolve => {
    waiting = resolve
    show()
  })
}

// answer passes on what somebody decided; the button that was pressed proves a yes.
function answer(agreed, buttonId) {
  if (!waiting) return
  waiting(agreed ? { event: 'agree', buttonId } : { event: 'disagree' })
  waiting = null
}

module.exports = { needed, watch, answer }
