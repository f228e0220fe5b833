// Photos for a report: chosen, made small on the phone, and read when they are sent.

const most = 3
const ask = (on, api, options) => new Promise((resolve, reject) => on[api](Object.assign({ success: resolve, fail: reject }, options)))

// choose answers the paths of photos, at most as many as are still wanted.
async function choose(have) {
  const chosen = await ask(wx, 'chooseMedia', { count: most - have, mediaType: ['image'], sourceType: ['camera', 'album'], sizeType: ['compressed'] })
  return Promise.all(chosen.tempFiles.map(async f => (await ask(wx, 'compressImage', { src: f.tempFilePath, quality: 80, compressedWidth: 1600 })).tempFilePath))
}

// read gives them as files of a form.
function read(paths) {
  const fs = wx.getFileSystemManager()
  return Promise.all(paths.map(async (filePath, i) => {
    const { data } = await ask(fs, 'readFile', { filePath })
    const png = /\.png$/i.test(filePath)
    return { name: 'photos', filename: `photo-${i + 1}.${png ? 'png' : 'jpg'}`, type: png ? 'image/png' : 'image/jpeg', bytes: data }
  }))
}

module.exports = { most, choose, read }
