// Every page drawn and used, against a server that answers as the real one does.
const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { Phone, open, rest, source } = require('./world')

const home = { street: '枫桥街道', welcome: '您好', hotline: '0512-65550000', signed_in: false, paused: false, guide: true, emergencies: [{ title: '燃气泄漏', number: '119', text: '先离开' }], theme: { accent: '#00aa00', strong: '#006600', stronger: '#004400', tint: '#eeffee' } }
const row = { id: 'm1', number: '20261128-00042', title: '路灯不亮', words: '小区东门', state: '办理中', tone: 'info', reported_at: '2026-11-28T01:00:00Z', due: '2026-12-01T09:00:00Z', may_rate: false }
const step = (label, state) => ({ label, state, note: '2026-11-28 09:00' })
const matter = { id: 'm1', number: '20261128-00042', class: 'component-01037', title: '路灯不亮', words: '东门的路灯不亮', address: '枫桥路 1 号', community: '枫桥社区', photos: 1, state: '办理中', tone: 'info', reported_at: '2026-11-28T01:00:00Z', due: '2026-12-01T09:00:00Z', open: true, urged_today: false, may_rate: false, steps: [step('已收到', 'done'), step('办理中', 'now'), step('已办结', 'todo')], record: [{ at: '2026-11-28T01:00:00Z', act: '您反映了问题', tone: 'info' }] }
const tiles = { tiles: [{ class: 'component-01037', title: '路灯不亮', such: '灯杆倾斜' }], emergencies: [{ title: '火警', number: '119', text: '立即拨打' }], outside: [{ title: '诉讼', text: '请找法院' }] }
const form = { id: 'x', class: 'component-01037', title: '路灯不亮', phone: '13900139000', name: '', place_agreed: false, communities: [{ value: 'c1', label: '枫桥社区' }, { value: 'c2', label: '新村社区' }] }
const choices = r => r.query.all ? { groups: [{ title: '部件', tiles: tiles.tiles }] } : r.query.class ? form : tiles

test('home stands under the street\'s name and colour, and leads on', async () => {
  const p = new Phone().enter().answer('GET /', home)
  const page = await open('pages/home/home', p)
  assert.match(page.text(), /枫桥街道.*我要反映.*办事指南.*0512-65550000.*燃气泄漏/)
  assert.match(page.data.look.style, /--strong:#006600/)
  assert.equal(p.bar, '#006600')
  await page.tap('#report')
  await page.tap('#follow')
  await page.tap('#guide')
  await page.tap('#call')
  assert.deepEqual(p.went, ['to /pages/report/report', 'to /pages/follow/follow', 'to /services/guide/guide'])
  assert.deepEqual(p.calls, ['0512-65550000'])
})

test('whoever has not chosen a street chooses one first', async () => {
  const p = new Phone().answer('GET /api/v1/districts/320505/streets', { streets: [{ slug: 'fengqiao', name: '枫桥街道' }, { slug: 'hengtang', name: '横塘街道' }] })
  await open('pages/home/home', p)
  assert.deepEqual(p.went, ['instead /pages/streets/streets'])
  const page = await open('pages/streets/streets', p)
  assert.match(page.text(), /虎丘区.*枫桥街道.*横塘街道/)
  await page.tap('.street', 1)
  assert.equal(p.storage.street.slug, 'hengtang')
  assert.equal(p.went.at(-1), 'tab /pages/home/home')
})

test('长辈版 is large, has a telephone at hand, and is kept with the street', async () => {
  const p = new Phone().signIn().answer('GET /', home).answer('POST /look', {})
  const page = await open('pages/home/home', p)
  await page.tap('#elder')
  assert.equal(page.data.look.class, 'page elder')
  assert.deepEqual(p.asked('POST /look')[0].form, { elder: 'on', contrast: 'off', language: 'zh' })
  await page.tap('.call')
  assert.deepEqual(p.calls, ['0512-65550000'])
  await page.tap('#language')
  assert.match(page.text(), /Report a problem/)
  assert.deepEqual(p.tabs, ['Home', 'Matters', 'Messages', 'Me'])
  assert.equal(p.asked('POST /look')[1].header['Accept-Language'], 'en')
})

test('signing in: notice, telephone, code, and back to where one was', async () => {
  const p = new Phone().enter().answer('GET /privacy', { version: '2026-11', parts: [] })
    .answer('POST /sign-in', [422, { code: 'invalid', error: '请检查填写的内容', fields: { agree: '请阅读并勾选同意隐私政策' } }], { flow: 'f1' })
    .answer('POST /sign-in/code', [422, { code: 'invalid', error: '验证码不正确', fields: { code: '验证码不正确' } }], { token: 'secret', expires: '2099-01-01T00:00:00Z' })
  const page = await open('pages/sign-in/sign-in', p)
  await page.change('#phone', { value: '13900139000' })
  await page.tap('#send')
  assert.match(page.text(), /请阅读并勾选同意隐私政策/)
  await page.change('#agree', { checked: true })
  await page.tap('#send')
  assert.deepEqual(p.asked('POST /sign-in')[1].form, { phone: '13900139000', agree: '2026-11', messages: '' })
  await page.change('#code', { value: '000000' })
  await page.tap('#enter')
  assert.match(page.text(), /验证码不正确/)
  await page.change('#code', { value: '123456' })
  await page.tap('#enter')
  assert.equal(p.storage['token:fengqiao'].token, 'secret')
  assert.equal(p.went.at(-1), 'back')
})

test('a report is three taps: what, where, send', async () => {
  const p = new Phone().signIn().answer('GET /report', choices).answer('POST /report', { id: 'm1', number: '20261128-00042' })
  const page = await open('pages/report/report', p)
  await page.tap('.tile')
  await page.change('#description', { value: '东门的路灯不亮' })
  await page.tap('#here')
  await page.tap('#submit')
  const sent = p.asked('POST /report')[0].form
  assert.equal(sent.lon, '120.549')
  assert.equal(sent.place_ok, '1')
  assert.match(sent.id, /^[0-9a-f-]{14}7/)
  assert.match(page.text(), /已收到.*20261128-00042/)
  assert.equal(p.storage.draft, undefined)
  await page.tap('#see')
  assert.equal(p.went.at(-1), 'to /pages/matter/matter?id=m1')
})

test('photos go with the report in one request', async () => {
  const p = new Phone().signIn().answer('GET /report', choices).answer('POST /report', { id: 'm1', number: '1' })
  const page = await open('pages/report/report', p, { class: 'component-01037' })
  await page.change('#description', { value: '灯不亮' })
  await page.change('#address', { value: '枫桥路' })
  await page.tap('#photograph')
  await page.tap('#photograph')
  assert.deepEqual(page.data.draft.photos, ['tmp/one.small.jpg', 'tmp/one.small.jpg'])
  await page.tap('.photo-drop', 1)
  await page.tap('#submit')
  const r = p.asked('POST /report')[0]
  assert.match(r.header['Content-Type'], /^multipart\/form-data; boundary=/)
  const body = Buffer.from(r.data).toString('latin1')
  assert.equal(body.match(/name="photos"; filename="photo-1\.jpg"/g).length, 1)
  assert.match(Buffer.from(r.data).toString(), /name="description"\r\n\r\n灯不亮/)
})

test('a position refused by the phone leaves the address', async () => {
  const p = new Phone().signIn().answer('GET /report', choices)
  p.location = null
  const page = await open('pages/report/report', p, { class: 'component-01037' })
  await page.change('#description', { value: '灯不亮' })
  await page.tap('#here')
  assert.match(p.said.at(-1), /请填写地址/)
  await page.tap('#submit')
  assert.match(page.text(), /请填写地址、选择社区/)
  assert.equal(p.asked('POST /report').length, 0)
  page.one('#community').dispatchEvent('change', { detail: { value: 1 } })
  await rest()
  assert.equal(page.data.draft.community, 'c2')
})

test('WeChat\'s gate is asked before photos and position, and its answer passed on', async () => {
  const p = new Phone().signIn().answer('GET /report', choices)
  const page = await open('pages/report/report', p, { class: 'component-01037' })
  const answers = []
  p.waits(a => answers.push(a))
  await rest()
  assert.match(page.text(), /使用照片和位置之前/)
  await page.tap('#gate-no')
  assert.deepEqual(answers, [{ event: 'disagree' }])
  assert.ok(!page.has('.gate'))
  p.waits(a => answers.push(a))
  await rest()
  page.one('#gate-yes').dispatchEvent('agreeprivacyauthorization')
  await rest()
  assert.equal(answers[1].event, 'agree')
})

test('what one reported already is shown first, and may be sent all the same', async () => {
  const p = new Phone().signIn().answer('GET /report', choices).answer('POST /report', [409, { code: 'conflict', error: '您反映过相似的事项（编号 7），正在办理', fields: {} }], { id: 'm2', number: '8' })
  const page = await open('pages/report/report', p, { class: 'component-01037' })
  await page.change('#description', { value: '灯不亮' })
  await page.change('#address', { value: '枫桥路' })
  await page.tap('#submit')
  assert.match(page.text(), /编号 7/)
  await page.tap('#anyway')
  const [first, second] = p.asked('POST /report')
  assert.equal(second.form.anyway, '1')
  assert.equal(second.form.id, first.form.id)
  assert.notEqual(second.header['Idempotency-Key'], first.header['Idempotency-Key'])
  assert.match(page.text(), /已收到/)
})

test('a report whose answer was lost is sent again as the same one', async () => {
  require('../source/lib/api').hurry(1)
  const p = new Phone().signIn().answer('GET /report', choices).answer('POST /report', 'lost', 'lost', 'lost', { id: 'm1', number: '9' })
  const page = await open('pages/report/report', p, { class: 'component-01037' })
  await page.change('#description', { value: '灯不亮' })
  await page.change('#address', { value: '枫桥路' })
  await page.tap('#submit')
  await rest()
  assert.match(page.text(), /网络不通/)
  await page.tap('#submit')
  await rest()
  const sent = p.asked('POST /report')
  assert.equal(sent.length, 4)
  assert.equal(new Set(sent.map(r => r.header['Idempotency-Key'])).size, 1)
  assert.match(page.text(), /已收到/)
})

test('every class may be found, and who is not signed in is led to it', async () => {
  const p = new Phone().signIn().answer('GET /report', choices)
  const page = await open('pages/report/report', p)
  await page.tap('#all')
  assert.match(page.text(), /部件/)
  const stranger = new Phone().enter().answer('GET /report', [401, { code: 'unsigned', error: '请先登录' }])
  await open('pages/report/report', stranger)
  assert.equal(stranger.went.at(-1), 'to /pages/sign-in/sign-in')
})

test('one\'s matters are listed, none is said so', async () => {
  const p = new Phone().signIn().answer('GET /matters', { matters: [row, Object.assign({}, row, { id: 'm2', may_rate: true, tone: 'good', state: '已办结' })] })
  const page = await open('pages/matters/matters', p)
  assert.match(page.text(), /路灯不亮.*预计 2026-12-01 17:00 前办结.*办理中.*请您评价/)
  await page.tap('.row')
  assert.equal(p.went.at(-1), 'to /pages/matter/matter?id=m1')
  await page.change('#bookings', {}, 'click')
  assert.equal(p.went.at(-1), 'to /services/bookings/bookings')
  assert.match((await open('pages/matters/matters', new Phone().signIn().answer('GET /matters', { matters: null }))).text(), /还没有反映过/)
})

test('a matter is followed, urged and added to', async () => {
  const p = new Phone().signIn().answer('GET /matters/m1', matter, Object.assign({}, matter, { urged_today: true })).answer('POST /matters/m1/urge', {})
    .answer('POST /matters/m1/words', [422, { code: 'invalid', error: '请检查', fields: { words: '请写一写' } }], {})
  const page = await open('pages/matter/matter', p, { id: 'm1' })
  assert.match(page.text(), /路灯不亮.*预计 2026-12-01 17:00.*已收到.*办理中.*东门的路灯不亮.*枫桥社区 枫桥路 1 号.*照片 1 张.*您反映了问题/)
  await page.tap('#urge')
  assert.ok(!page.has('#urge'))
  assert.match(page.text(), /今天已催办过/)
  await page.tap('#add')
  assert.match(page.text(), /请写一写/)
  await page.change('#words', { value: '晚上看不见路' })
  await page.tap('#add')
  assert.equal(p.asked('POST /matters/m1/words')[1].form.words, '晚上看不见路')
  assert.deepEqual(p.said, ['已催办', '已补充'])
  assert.equal(page.data.words, '')
})

test('a closed matter shows its result and leads to the rating', async () => {
  const p = new Phone().signIn().answer('GET /matters/m1', Object.assign({}, matter, { open: false, may_rate: true, state: '已办结', tone: 'good', result: '已更换灯泡', merged_into: '20261127-00001', merged_into_state: '已办结' }))
  const page = await open('pages/matter/matter', p, { id: 'm1' })
  assert.match(page.text(), /与 20261127-00001 合并办理.*已更换灯泡/)
  await page.tap('#rate')
  assert.equal(p.went.at(-1), 'to /pages/rate/rate?id=m1')
  assert.ok(!page.has('#urge'))
})

const questions = { id: 'm1', number: '20261128-00042', title: '路灯不亮', reopens: true, questions: [
  { name: 'q_solved', title: '解决了吗', required: true, options: [{ value: 'yes', label: '是' }, { value: 'no', label: '否' }] },
  { name: 'q_why', title: '为什么', words: true, when: 'q_solved', is: 'no' },
  { name: 'q_satisfied', title: '满意吗', required: true, options: [{ value: 'satisfied', label: '满意' }, { value: 'not', label: '不满意' }] }] }

test('not solved goes back to be handled again', async () => {
  const p = new Phone().signIn().answer('GET /matters/m1/rate', questions).answer('POST /matters/m1/rate', {})
  const page = await open('pages/rate/rate', p, { id: 'm1' })
  assert.doesNotMatch(page.text(), /为什么/)
  await page.tap('#submit')
  assert.match(page.text(), /这一题还没有回答/)
  await page.change('#q_solved', { value: 'no' })
  assert.match(page.text(), /为什么.*退回重新办理/)
  await page.change('#q_why', { value: '还是不亮' })
  await page.change('#q_satisfied', { value: 'not' })
  await page.tap('#submit')
  assert.deepEqual(p.asked('POST /matters/m1/rate')[0].form, { q_solved: 'no', q_why: '还是不亮', q_satisfied: 'not', reopen: 'yes' })
  assert.equal(p.went.at(-1), 'back')
})

test('a receipt tells how far a matter is, without signing in', async () => {
  const p = new Phone().enter().answer('POST /follow', [404, { code: 'not_found', error: '没有查到，请核对', fields: {} }], { number: '7', state: '办理中', tone: 'info', due: '2026-12-01T09:00:00Z', steps: matter.steps })
  const page = await open('pages/follow/follow', p)
  await page.change('#number', { value: ' 7 ' })
  await page.change('#tail', { value: '9000' })
  await page.tap('#find')
  assert.match(page.text(), /没有查到/)
  await page.tap('#find')
  assert.match(page.text(), /办理中.*预计 2026-12-01 17:00.*不显示反映的内容/)
  assert.deepEqual(p.asked('POST /follow')[1].form, { number: '7', tail: '9000' })
})

test('messages are read, and lead to their matter', async () => {
  const p = new Phone().signIn().answer('GET /messages', { unread: true, messages: [{ title: '街道已受理', about: '路灯不亮', number: '7', path: '/matters/m1', at: '2026-11-28T01:00:00Z', unread: true }, { title: '已接单', about: '帮办代办', number: '8', path: '/bookings/b1', at: '2026-11-28T01:00:00Z', unread: false }, { title: '别的', about: '', number: '9', path: '/elsewhere/x', at: '2026-11-28T01:00:00Z', unread: false }] }, { unread: false, messages: null }).answer('POST /messages/read', {})
  const page = await open('pages/messages/messages', p)
  assert.match(page.text(), /街道已受理.*路灯不亮 · 7.*未读/)
  for (const n of [0, 1, 2]) await page.tap('.row', n)
  assert.deepEqual(p.went, ['to /pages/matter/matter?id=m1', 'to /services/booking/booking?id=b1'])
  await page.tap('#read')
  assert.match(page.text(), /还没有消息/)
})

const me = { name: '王阿姨', phone: '13900139000', since: '2026-11-01T00:00:00Z', matters: 1, notice: '2026-11', consents: [
  { purpose: 'service', title: '使用本服务', about: '登录', fixed: true, given_at: '2026-11-01T00:00:00Z', version: '2026-11' }, { purpose: 'place', title: '使用手机定位', about: '一次', fixed: false },
  { purpose: 'messages', title: '接收短信', about: '短信', fixed: false, given_at: '2026-11-01T00:00:00Z', version: '2026-11' }],
looks: [{ at: '2026-11-28T01:00:00Z', who: '综治办 承办联络员', purpose: '联系诉求人', what: '电话', matter: '7' }] }

test('one\'s own data: who looked, consents by purpose, a copy, the way out', async () => {
  const p = new Phone().signIn().answer('GET /me', me).answer('POST /me/name', {}).answer('POST /me/consents', {}).answer('GET /me/export', { phone: '13900139000' }).answer('POST /sign-out', {})
  const page = await open('pages/me/me', p)
  assert.match(page.text(), /13900139000.*使用本服务.*2026-11-01 08:00 同意（隐私政策 2026-11 版）.*未同意.*综治办 承办联络员联系诉求人（电话）2026-11-28 09:00 · 7/)
  await page.change('#name', { value: '王奶奶' })
  await page.tap('#save')
  assert.equal(p.asked('POST /me/name')[0].form.name, '王奶奶')
  assert.ok(!page.has('#withdraw-service'))
  await page.tap('#agree-place')
  await page.tap('#withdraw-messages')
  assert.deepEqual(p.asked('POST /me/consents').map(r => r.form), [{ purpose: 'place', agree: 'yes' }, { purpose: 'messages', agree: 'no' }])
  await page.tap('#export')
  assert.equal(JSON.parse(p.files['wxfile://usr/my-data.json']).phone, '13900139000')
  assert.equal(p.shared, 'my-data.json')
  await page.tap('#out')
  assert.equal(p.storage['token:fengqiao'], undefined)
})

test('the notice is the server\'s own, with WeChat\'s guide beside it', async () => {
  const p = new Phone().enter().answer('GET /privacy', { version: '2026-11', parts: [{ title: '收集什么', list: true, text: ['手机号码', '称呼'] }] })
  const page = await open('pages/privacy/privacy', p)
  assert.match(page.text(), /版本 2026-11.*收集什么.*· 手机号码.*《虎丘区街道服务隐私保护指引》/)
})

test('an account is deleted after a code and a question', async () => {
  const p = new Phone().signIn().answer('GET /me/leave', { tail: '9000', open: 2 }).answer('POST /me/leave', { flow: 'f', tail: '9000' }).answer('POST /me/leave/code', {})
  const page = await open('pages/leave/leave', p)
  assert.match(page.text(), /还有 2 件.*尾号 9000/)
  await page.tap('#send')
  await page.change('#code', { value: '123456' })
  p.confirm = false
  await page.tap('#confirm')
  assert.equal(p.asked('POST /me/leave/code').length, 0)
  p.confirm = true
  await page.tap('#confirm')
  assert.deepEqual(p.asked('POST /me/leave/code')[0].form, { flow: 'f', code: '123456' })
  assert.equal(p.storage['token:fengqiao'], undefined)
})

const item = { key: 'card', title: '老年人优待证', sample: true, bookable: true, phone: '65550000', facts: [{ label: '谁能办', value: '60 岁以上' }], materials: [{ name: '身份证', note: '原件' }], steps: ['到窗口'] }

test('the guide is searched by words and occasion, an item read and booked', async () => {
  const p = new Phone().signIn().answer('GET /guide', { events: [{ key: '', title: '全部' }, { key: 'retirement', title: '养老' }], items: [{ key: 'card', title: '老年人优待证', who: '60 岁以上', limit: '当场', kinds: ['帮办代办'] }] }).answer('GET /guide/card', item)
    .answer('GET /guide/card/book', r => ({ key: 'card', title: '老年人优待证', kinds: [{ value: 'agency', label: '帮办代办' }], days: [{ day: '2026-11-30', title: '11-30 周一' }, { day: '2026-12-01', title: '12-01 周二' }], day: r.query.day || '2026-11-30', slots: [{ value: '09:00', label: '09:00（剩 2 位）' }], name: '王阿姨', phone: '13900139000' }))
    .answer('POST /guide/card/book', [422, { code: 'invalid', error: '请检查', fields: { slot: '请选时间' } }], { id: 'b1', number: 'B1' })
  const guide = await open('services/guide/guide', p)
  await guide.change('#words', { value: 'lnz' })
  await guide.tap('#find')
  await guide.tap('.chip', 1)
  assert.deepEqual(p.asked('GET /guide').at(-1).query, { q: 'lnz', event: 'retirement' })
  await guide.tap('.item')
  assert.equal(p.went.at(-1), 'to /services/item/item?key=card')
  const sheet = await open('services/item/item', p, { key: 'card' })
  assert.match(sheet.text(), /老年人优待证.*示例.*60 岁以上.*身份证.*1\. 到窗口/)
  await sheet.tap('#book')
  assert.equal(p.went.at(-1), 'to /services/book/book?key=card')
  const book = await open('services/book/book', p, { key: 'card' })
  assert.equal(book.data.kind, 'agency')
  await book.tap('#submit')
  assert.match(book.text(), /请选时间/)
  await book.tap('.day', 1)
  await book.change('#slot', { value: '09:00' })
  await book.tap('#submit')
  assert.deepEqual(p.asked('POST /guide/card/book')[1].form, { kind: 'agency', day: '2026-12-01', slot: '09:00', name: '王阿姨', phone: '13900139000', address: '', note: '' })
  assert.equal(p.went.at(-1), 'instead /services/booking/booking?id=b1')
})

const booking = { id: 'b1', number: '20261201-B001', title: '老年人优待证', kind: '帮办代办', begins: '2026-12-01T01:00:00Z', state: '已预约', tone: 'info', open: true, rate: false, steps: [step('已预约', 'done')] }

test('a booking is followed, cancelled or rated', async () => {
  const p = new Phone().signIn().answer('GET /bookings', { bookings: [booking] }).answer('GET /bookings/b1', booking).answer('POST /bookings/b1/cancel', {})
  const list = await open('services/bookings/bookings', p)
  assert.match(list.text(), /老年人优待证帮办代办 · 2026-12-01 09:00/)
  await list.tap('.booking')
  const page = await open('services/booking/booking', p, { id: 'b1' })
  await page.tap('#cancel')
  assert.equal(p.asked('POST /bookings/b1/cancel').length, 1)
  const done = new Phone().signIn().answer('GET /bookings/b1', Object.assign({}, booking, { open: false, rate: true, result: '已代办', levels: [{ value: '5', label: '非常满意' }, { value: '1', label: '非常不满意' }] }))
    .answer('POST /bookings/b1/rate', [422, { code: 'invalid', error: '请检查', fields: { words: '请说说原因' } }], {})
  const rated = await open('services/booking/booking', done, { id: 'b1' })
  await rated.change('#rating', { value: '1' })
  await rated.tap('#send')
  assert.match(rated.text(), /已代办.*请说说原因/)
  await rated.change('#words', { value: '没来' })
  await rated.tap('#send')
  assert.deepEqual(done.asked('POST /bookings/b1/rate')[1].form, { rating: '1', words: '没来' })
})

test('every page of app.json is drawn by a test here', () => {
  const app = JSON.parse(fs.readFileSync(path.join(source, 'app.json')))
  const all = app.pages.concat(app.subPackages.flatMap(s => s.pages.map(p => `${s.root}/${p}`)))
  const text = fs.readFileSync(__filename, 'utf8')
  for (const p of all) assert.ok(text.includes(`open('${p}'`), p)
})
