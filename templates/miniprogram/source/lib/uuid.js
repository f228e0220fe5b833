// Numbers of reports and changes: UUIDs of version 7, made on the phone, so that a repeat is known as one.

const hex = n => n.toString(16).padStart(2, '0')

function uuid7(now = Date.now(), random = Math.random) {
  const b = []
  for (let i = 0, t = now; i < 6; i++, t = Math.floor(t / 256)) b.unshift(t % 256)
  for (let i = 0; i < 10; i++) b.push(Math.floor(random() * 256))
  b[6] = 0x70 | (b[6] & 0x0f)
  b[8] = 0x80 | (b[8] & 0x3f)
  const s = b.map(hex).join('')
  return [s.slice(0, 8), s.slice(8, 12), s.slice(12, 16), s.slice(16, 20), s.slice(20)].join('-')
}

module.exports = { uuid7 }
