// What the mini-program decides by itself, without a page.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Phone } = require('./world')
const lib = name => require(`../source/lib/${name}`)

function on(phone) {
  global.wx = phone.wx()
  lib('api').hurry(1)
  return phone
}

test('a number of a report is a UUID of version 7 and sorts by time', () => {
  const { uuid7 } = lib('uuid')
  const a = uuid7(Date.UTC(2026, 10, 28)), b = uuid7(Date.UTC(2026, 10, 29))
  assert.match(a, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.ok(a < b)
  assert.notEqual(uuid7(), uuid7())
  assert.equal(parseInt(a.slice(0, 8) + a.slice(9, 13), 16), Date.UTC(2026, 10, 28))
})

test('instants are read in China, whatever the phone is set to', () => {
  const { date, time } = lib('time')
  assert.equal(time('2026-11-23T16:30:00Z'), '2026-11-24 00:30')
  assert.equal(date('2026-12-31T16:00:00Z'), '2027-01-01')
  assert.equal(time(undefined), '')
  assert.equal(time('soon'), '')
})

test('a report with photos is one multipart body', () => {
  const { multipart, utf8 } = lib('multipart')
  const m = multipart({ description: '路灯“不亮”😀' }, [{ name: 'photo', filename: 'a"b.jpg', type: 'image/jpeg', bytes: Uint8Array.from([0, 255, 10]).buffer }], 'edge')
  assert.equal(m.type, 'multipart/form-data; boundary=edge')
  assert.deepEqual(Buffer.from(m.body), Buffer.concat([
    Buffer.from('--edge\r\nContent-Disposition: form-data; name="description"\r\n\r\n路灯“不亮”😀\r\n--edge\r\nContent-Disposition: form-data; name="photo"; filename="a%22b.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'),
    Buffer.from([0, 255, 10]), Buffer.from('\r\n--edge--\r\n')]))
  assert.deepEqual(Buffer.from(utf8('a£中😀')), Buffer.from('a£中😀'))
})

test('a change whose answer was lost is sent again under the same number', async () => {
  const p = on(new Phone().signIn()).answer('POST /matters/7/urge', 'lost', 'lost', {})
  await lib('api').call('urge', { values: { id: '7' } })
  const sent = p.asked('POST /matters/7/urge')
  assert.equal(sent.length, 3)
  assert.equal(new Set(sent.map(r => r.header['Idempotency-Key'])).size, 1)
  assert.equal(sent[0].header.Authorization, 'Bearer let-me-in')
})

test('without network the page hears of it after three tries', async () => {
  const p = on(new Phone().signIn()).answer('GET /matters', 'lost')
  await assert.rejects(lib('api').call('matters'), e => e.code === 'network' && /网络不通/.test(e.message))
  assert.equal(p.requests.length, 3)
})

test('what the server refuses names the fields, and whoever is unknown is signed out here too, with what he typed kept', async () => {
  const p = on(new Phone().signIn()).answer('POST /report', [422, { code: 'invalid', error: '请检查', fields: { address: '请填写地址' } }]).answer('GET /me', [401, { code: 'unsigned', error: '请先登录' }])
  await assert.rejects(lib('api').call('report'), e => e.code === 'invalid' && e.fields.address === '请填写地址')
  assert.ok(lib('session').signed())
  lib('draft').change(lib('draft').open('light', 'fengqiao'), { description: '东门的路灯不亮' })
  await assert.rejects(lib('api').call('me'), e => e.code === 'unsigned')
  assert.ok(!lib('session').signed())
  assert.equal(lib('draft').open('light', 'fengqiao').description, '东门的路灯不亮')
})

test('a token belongs to its street and to its time', () => {
  const p = on(new Phone().signIn())
  const s = lib('session')
  assert.equal(s.token(), 'let-me-in')
  assert.equal(s.token(Date.now() + 2 * 3600e3), '')
  s.choose({ slug: 'hengtang', name: '横塘街道' })
  assert.equal(s.token(), '')
  assert.ok(p.storage['token:fengqiao'])
})

test('a street\'s colour goes before the district\'s, strong contrast before both', () => {
  const p = on(new Phone().enter())
  const { view, prefer } = lib('look')
  assert.match(view().style, /--td-brand-color:#0958d9/)
  p.ext.theme = { accent: '#aa0000', strong: '#880000', stronger: '#660000', tint: '#ffeeee' }
  assert.match(view().style, /--td-brand-color:#880000/)
  p.storage.street.theme = { accent: '#00aa00', strong: '#006600', stronger: '#004400', tint: '#eeffee' }
  assert.match(view().style, /--td-brand-color:#006600/)
  prefer({ contrast: true })
  assert.match(view().style, /--td-brand-color:#000000/)
})

test('WeChat\'s care mode turns 长辈版 on, until somebody chooses otherwise', () => {
  const p = on(new Phone())
  const { taste, prefer } = lib('look')
  assert.equal(taste().elder, false)
  p.base.fontSizeScaleFactor = 1.4
  assert.equal(taste().elder, true)
  prefer({ elder: false })
  assert.equal(taste().elder, false)
})

test('a draft survives, keeps its matter, and another content is another change', () => {
  const p = on(new Phone().signIn())
  const d = lib('draft')
  const first = d.open('matter-06010', 'fengqiao')
  assert.equal(d.missing(first), 'description')
  const typed = d.change(first, { description: ' 垃圾 ' })
  assert.equal(d.missing(typed), 'address')
  const placed = d.change(typed, { place: { lon: 120.5, lat: 31.3 } })
  assert.equal(d.missing(placed), '')
  assert.equal(placed.id, first.id)
  assert.notEqual(placed.key, typed.key)
  assert.deepEqual(d.open('matter-06010', 'fengqiao'), placed)
  assert.notEqual(d.open('matter-06010', 'hengtang').id, first.id)
  assert.deepEqual(d.form(placed), { id: first.id, class: 'matter-06010', description: '垃圾', address: '', community: '', lon: 120.5, lat: 31.3, place_ok: '1' })
  lib('session').forget()
  assert.equal(p.storage.draft, undefined)
})

test('a questionnaire asks what earlier answers call for', () => {
  const q = lib('questions')
  const all = [{ name: 'q_solved', required: true }, { name: 'q_why', when: 'q_solved', is: 'no' }, { name: 'q_like', required: true }]
  assert.deepEqual(q.asked(all, { q_solved: 'yes' }).map(x => x.name), ['q_solved', 'q_like'])
  assert.deepEqual(q.asked(all, { q_solved: 'no' }).map(x => x.name), ['q_solved', 'q_why', 'q_like'])
  assert.equal(q.missing(all, { q_solved: 'yes' }), 'q_like')
  assert.deepEqual(q.form(all, { q_solved: 'yes', q_why: 'typed before', q_like: 'satisfied' }), { q_solved: 'yes', q_like: 'satisfied' })
})

test('Chinese and English have the same words', () => {
  const keys = (o, at = '') => Object.entries(o).flatMap(([k, v]) => typeof v === 'string' ? [`${at}${k}`] : keys(v, `${at}${k}.`))
  const zh = require('../source/words/zh'), en = require('../source/words/en')
  assert.deepEqual(keys(en).sort(), keys(zh).sort())
  const holes = s => (s.match(/\{\d\}/g) || []).sort().join()
  const at = (o, path) => path.split('.').reduce((v, k) => v[k], o)
  for (const k of keys(zh)) {
    assert.equal(holes(at(en, k)), holes(at(zh, k)), k)
    if (k !== 'home.otherLanguage') assert.doesNotMatch(at(en, k), /\p{Script=Han}/u, k)
  }
})
