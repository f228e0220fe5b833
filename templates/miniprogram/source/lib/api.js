// The server, asked by the names in routes.js. Every answer is a promise: the JSON, or a refusal.
//
// A change bears a number. Where no answer came it is asked again under the same number, which the server answers with what
// it did the first time: nothing is reported twice, however bad the network.

const { config } = require('./config')
const { multipart } = require('./multipart')
const { uuid7 } = require('./uuid')
const { t } = require('./words')
const routes = require('./routes')
const look = require('./look')
const session = require('./session')

// refusal is what the server, or the network, said no with; fields tells of each field of the form. It is no class of its own:
// WeChat compiles for old phones, where a class that extends Error is not known again.
function refusal(code, say, fields = {}) {
  return Object.assign(new Error(say), { refused: true, code, fields })
}

const tries = 3
let pause = 600 // milliseconds before another try, doubled each time

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

function encode(form) {
  return Object.keys(form).filter(k => form[k] !== undefined && form[k] !== null)
    .map(k => `${encodeURIComponent(k)}=${encodeURIComponent(form[k])}`).join('&')
}

// once sends one request; lost is set where nobody answered.
function once(options) {
  return new Promise((resolve, reject) => wx.request(Object.assign({
    timeout: 20000,
    dataType: 'json',
    success: resolve,
    fail: () => reject(Object.assign(refusal('network', t('common').offline), { lost: true }))
  }, options)))
}

async function send(options) {
  for (let i = 1; ; i++) {
    try {
      return await once(options)
    } catch (e) {
      if (!e.lost || i === tries) throw e
      await wait(pause * 2 ** (i - 1))
    }
  }
}

// read gives an answer's JSON, or throws what it refused with.
function read(res) {
  const said = res.data && typeof res.data === 'object' ? res.data : {}
  if (res.statusCode >= 200 && res.statusCode < 300) return said
  throw refusal(said.code || 'failed', said.error || t('common').failed, said.fields)
}

// call asks a route: values fill its {…}, form is the query of a GET and the body of a POST, key the number of a change.
async function call(name, { values = {}, form = {}, files = [], key = uuid7() } = {}) {
  const [method, pattern] = routes[name].split(' ')
  const street = session.street()
  const path = pattern.replace(/\{(\w+)\}/g, (_, v) => encodeURIComponent(values[v]))
  const token = session.token()
  const header = { 'Accept-Language': look.taste().language }
  if (token) header.Authorization = `Bearer ${token}`
  let url = `${config().api}/api/v1/resident/${street.slug}${path}`
  let data
  if (method === 'GET') {
    const query = encode(form)
    if (query) url += `?${query}`
  } else {
    header['Idempotency-Key'] = key
    header['Content-Type'] = 'application/x-www-form-urlencoded'
    data = encode(form)
    if (files.length) {
      const m = multipart(form, files, `wanjie-${key}`)
      header['Content-Type'] = m.type
      data = m.body
    }
  }
  const res = await send({ url, method, header, data })
  if (res.statusCode === 401) session.lapse()
  return read(res)
}

// streets are those of this district, for whoever has not chosen yet.
async function streets() {
  const res = await send({ url: `${config().api}/api/v1/districts/${config().district.code}/streets`, method: 'GET', header: { 'Accept-Language': look.taste().language } })
  return read(res).streets || []
}

module.exports = { call, streets, hurry: ms => { pause = ms } }
