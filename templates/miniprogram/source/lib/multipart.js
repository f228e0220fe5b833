// wx.uploadFile sends one file a request. A report and its photos are one change under one number, so its body is put together
// here: multipart/form-data (RFC 7578) in one ArrayBuffer.

function utf8(s) {
  const out = []
  for (const char of s) {
    const c = char.codePointAt(0)
    if (c < 0x80) out.push(c)
    else if (c < 0x800) out.push(0xc0 | c >> 6, 0x80 | c & 63)
    else if (c < 0x10000) out.push(0xe0 | c >> 12, 0x80 | c >> 6 & 63, 0x80 | c & 63)
    else out.push(0xf0 | c >> 18, 0x80 | c >> 12 & 63, 0x80 | c >> 6 & 63, 0x80 | c & 63)
  }
  return Uint8Array.from(out)
}

// quoted is a name inside the quotes of a header, as browsers write it.
const quoted = s => s.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22')

// multipart answers the body and its type; files are {name, filename, type, bytes} with bytes an ArrayBuffer.
function multipart(form, files, boundary) {
  const parts = []
  for (const [name, value] of Object.entries(form)) {
    parts.push(utf8(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`))
  }
  for (const f of files) {
    parts.push(utf8(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(f.name)}"; filename="${quoted(f.filename)}"\r\nContent-Type: ${f.type}\r\n\r\n`))
    parts.push(new Uint8Array(f.bytes), utf8('\r\n'))
  }
  parts.push(utf8(`--${boundary}--\r\n`))
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    all.set(p, at)
    at += p.length
  }
  return { type: `multipart/form-data; boundary=${boundary}`, body: all.buffer }
}

module.exports = { multipart, utf8 }
