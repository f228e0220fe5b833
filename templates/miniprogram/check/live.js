// The pages against the real server, once through: what the tests beside this answer by hand, it answers here. The server's own
// tests run it: node live.js ORIGIN DISTRICT SLUG PHONE PICTURE. What only they can do it asks for, a line each: "code" gives the
// code that was sent, "finish ID" has a matter closed.
const assert = require('node:assert/strict')
const fs = require('node:fs')
const readline = require('node:readline')
const { Phone, open } = require('./world')

const [origin, district, slug, number, picture] = process.argv.slice(2)
const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function need(what) {
  process.stdout.write(`${what}\n`)
  return (await answers.next()).value
}

const phone = new Phone()
phone.ext.api = origin
phone.ext.district = { code: district, name: '本区' }
phone.picture = new Uint8Array(fs.readFileSync(picture)).buffer
phone.server = o => fetch(o.url, { method: o.method, headers: o.header, body: o.method === 'GET' ? undefined : o.data })
  .then(async res => o.success({ statusCode: res.status, data: JSON.parse(await res.text()) }))
  .catch(e => o.fail({ errMsg: String(e) }))

async function show(name, options) {
  const page = await open(name, phone, options)
  assert.equal(page.data.problem, '', `${name}: ${page.data.problem}`)
  return page
}

async function journey() {
  const streets = await show('pages/streets/streets')
  await streets.tap('.street', streets.data.streets.findIndex(s => s.slug === slug))
  let home = await show('pages/home/home')
  assert.match(home.text(), /我要反映.*办事指南/)

  const door = await show('pages/sign-in/sign-in')
  await door.change('#phone', { value: number })
  await door.tap('#send')
  assert.match(door.text(), /请阅读并勾选同意隐私政策/)
  await door.change('#agree', { checked: true })
  await door.tap('#send')
  await door.change('#code', { value: await need('code') })
  await door.tap('#enter')
  assert.equal(phone.went.at(-1), 'back')

  const report = await show('pages/report/report')
  await report.tap('.tile', report.data.tiles.findIndex(t => t.class === 'matter-06010'))
  assert.ok(report.data.communities.length > 0 && report.data.communities[0].label)
  await report.change('#description', { value: '花坛边有垃圾，味道很大' })
  await report.tap('#here')
  await report.tap('#photograph')
  await report.tap('#submit')
  assert.ok(report.data.receipt, report.data.problem)
  const { id, number: receipt } = report.data.receipt
  await report.tap('#see')

  const again = await show('pages/report/report', { class: 'matter-06010' })
  await again.change('#description', { value: '花坛边有垃圾，味道很大' })
  await again.tap('#here')
  await again.tap('#submit')
  assert.match(again.text(), new RegExp(receipt))
  require('../source/lib/draft').drop()

  let matter = await show('pages/matter/matter', { id })
  assert.match(matter.text(), /已收到.*花坛边有垃圾.*照片 1 张.*您反映了问题/)
  assert.equal(matter.data.m.steps.length, 5)
  await matter.change('#words', { value: '昨天还没有' })
  await matter.tap('#add')
  assert.match(matter.text(), /您补充了情况/)
  await matter.tap('#urge')
  assert.match(matter.text(), /今天已催办过/)

  await need(`finish ${id}`)
  matter = await show('pages/matter/matter', { id })
  assert.match(matter.text(), /已办结.*办理结果.*已清运/)
  const rate = await show('pages/rate/rate', { id })
  for (let n = 0; n < 9; n++) {
    const q = rate.data.questions.find(q => !q.words && !rate.data.said[q.name])
    if (!q) break
    await rate.change(`#${q.name}`, { value: q.options[0].value })
  }
  await rate.tap('#submit')
  assert.equal(rate.data.problem, '')
  assert.match((await show('pages/matters/matters')).text(), /垃圾没人清.*已办结/)
  const messages = await show('pages/messages/messages')
  assert.match(messages.text(), /已办结/)
  await messages.tap('#read')
  assert.equal(messages.data.unread, false)

  const follow = await show('pages/follow/follow')
  await follow.change('#number', { value: receipt })
  await follow.change('#tail', { value: number.slice(-4) })
  await follow.tap('#find')
  assert.match(follow.text(), /已办结/)

  home = await show('pages/home/home')
  await home.tap('#elder')
  assert.match(home.text(), /垃圾没人清/)

  const guide = await show('services/guide/guide')
  assert.ok(guide.data.events.length > 5)
  const bookable = guide.data.items.find(i => i.kinds.length)
  const item = await show('services/item/item', { key: bookable.key })
  assert.ok(item.data.i.facts.every(f => f.label && f.value) && item.has('#book'))
  const book = await show('services/book/book', { key: bookable.key })
  await book.tap('.day', 1)
  await book.change('#kind', { value: book.data.kinds[0].value })
  await book.change('#slot', { value: book.data.slots[0].value })
  await book.change('#name', { value: '王阿姨' })
  await book.change('#address', { value: '枫桥路 1 号' })
  await book.tap('#submit')
  assert.equal(book.data.problem, '')
  const booking = await show('services/booking/booking', { id: phone.went.at(-1).split('id=')[1] })
  assert.match(booking.text(), /已预约/)
  await booking.tap('#cancel')
  assert.match(booking.text(), /已取消/)
  assert.match((await show('services/bookings/bookings')).text(), /已取消/)

  const me = await show('pages/me/me')
  assert.match(me.text(), new RegExp(`${number}.*使用手机定位`))
  await me.tap('#withdraw-place')
  assert.ok(me.has('#agree-place'))
  await me.tap('#export')
  assert.match(Object.values(phone.files)[0], /花坛边有垃圾/)
  assert.match((await show('pages/privacy/privacy')).text(), /收集什么，用来做什么/)

  const leave = await show('pages/leave/leave')
  await leave.tap('#send')
  await leave.change('#code', { value: await need('code') })
  await leave.tap('#confirm')
  assert.equal(phone.said.at(-1), '账号已注销')
  await open('pages/me/me', phone)
  assert.equal(phone.went.at(-1), 'to /pages/sign-in/sign-in')
}

journey().then(() => { process.stdout.write('done\n'); process.exit(0) }, e => { console.error(e); process.exit(1) })
