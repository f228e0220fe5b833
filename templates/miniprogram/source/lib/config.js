// What this copy was built for: `wanjie miniprogram build` writes it to ext.json, and so does each release through the platform.

function config() {
  const ext = wx.getExtConfigSync()
  return {
    api: ext.api || '', // origin of the server, https://…
    district: ext.district || {}, // code, name, hotline
    theme: ext.theme || {} // accent, strong, stronger, tint
  }
}

module.exports = { config }
