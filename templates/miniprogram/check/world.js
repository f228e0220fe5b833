// The pages' world for tests: a document for miniprogram-simulate to draw into, a wx that keeps what it is given, and a server
// that answers what a test says.
const fs = require('fs')
const Module = require('module')
const path = require('path')
const { JSDOM } = require('jsdom')
const sucrase = require('sucrase')

const source = path.join(__dirname, '../source')
const vendored = path.join(source, 'tdesign')

const dom = new JSDOM('<!doctype html><html lang="zh-CN"><head></head><body></body></html>', { url: 'https://page.test/', pretendToBeVisual: true })
global.window = dom.window
for (const name of ['document', 'Event', 'CustomEvent', 'Element', 'HTMLElement', 'Node', 'getComputedStyle']) global[name] = dom.window[name]

// WeChat compiles TDesign's modules; here sucrase does.
const plain = Module._extensions['.js']
Module._extensions['.js'] = (module, file) => {
  if (!file.startsWith(vendored) || file.includes('miniprogram_npm')) return plain(module, file)
  module._compile(sucrase.transform(fs.readFileSync(file, 'utf8'), { transforms: ['imports'] }).code, file)
}
const resolve = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  return resolve.call(this, request === 'tslib' ? path.join(vendored, 'miniprogram_npm/tslib/index.js') : request, ...rest)
}

const say = (o, name, v) => { if (o && o[name]) o[name](v) }

// phone is a telephone with WeChat on it.
class Phone {
  constructor() {
    this.storage = {}
    this.requests = []
    this.went = [] // pages, in order
    this.said = []
    this.calls = []
    this.files = {}
    this.titles = []
    this.tabs = []
    this.answers = {}
    this.waits = null
    this.base = { SDKVersion: '3.8.0', fontSizeScaleFactor: 1, fontSizeSetting: 17 }
    this.ext = { api: 'https://api.test', district: { code: '320505', name: '虎丘区' }, theme: {} }
    this.location = { longitude: 120.549, latitude: 31.301 }
    this.confirm = true
    this.picture = Uint8Array.from([0xff, 0xd8, 1, 2]).buffer
  }

  // answer sets what the server says to "GET /matters": JSON, a function of the request, or [status, JSON]. 'lost' is no answer.
  answer(route, ...replies) {
    this.answers[route] = replies
    return this
  }

  enter(slug = 'fengqiao') {
    this.storage.street = { slug, name: '枫桥街道', hotline: '12345' }
    return this
  }

  signIn() {
    this.enter()
    this.storage['token:fengqiao'] = { token: 'let-me-in', expires: new Date(Date.now() + 3600e3).toISOString() }
    return this
  }

  asked(route) {
    return this.requests.filter(r => r.route === route)
  }

  wx() {
    const p = this
    const go = kind => o => { p.went.push(`${kind} ${o.url}`); say(o, 'success', {}) }
    return {
      env: { USER_DATA_PATH: 'wxfile://usr' },
      canIUse: () => true,
      nextTick: f => Promise.resolve().then(f),
      getAppBaseInfo: () => p.base,
      getSystemInfoSync: () => Object.assign({ windowWidth: 390 }, p.base),
      getWindowInfo: () => ({ windowWidth: 390 }),
      getDeviceInfo: () => ({}),
      getExtConfigSync: () => p.ext,
      getStorageSync: k => p.storage[k] === undefined ? '' : JSON.parse(JSON.stringify(p.storage[k])),
      setStorageSync: (k, v) => { p.storage[k] = JSON.parse(JSON.stringify(v)) },
      removeStorageSync: k => { delete p.storage[k] },
      navigateTo: go('to'),
      redirectTo: go('instead'),
      switchTab: go('tab'),
      navigateBack: () => p.went.push('back'),
      setNavigationBarTitle: o => p.titles.push(o.title),
      setNavigationBarColor: o => { p.bar = o.backgroundColor },
      setTabBarItem: o => { p.tabs[o.index] = o.text },
      setTabBarStyle: o => say(o, 'fail', {}),
      pageScrollTo: () => {},
      showToast: o => p.said.push(o.title),
      showModal: o => { p.said.push(o.content); say(o, 'success', { confirm: p.confirm }) },
      makePhoneCall: o => p.calls.push(o.phoneNumber),
      getLocation: o => p.location ? say(o, 'success', p.location) : say(o, 'fail', { errMsg: 'getLocation:fail auth deny' }),
      chooseLocation: o => say(o, 'success', Object.assign({ name: '东门', address: '枫桥路 1 号' }, p.location)),
      chooseMedia: o => say(o, 'success', { tempFiles: [{ tempFilePath: 'tmp/one.jpg' }].slice(0, o.count) }),
      compressImage: o => say(o, 'success', { tempFilePath: o.src.replace('.jpg', '.small.jpg') }),
      getFileSystemManager: () => ({
        readFile: o => say(o, 'success', { data: p.picture }),
        writeFileSync: (name, data) => { p.files[name] = data }
      }),
      shareFileMessage: o => { p.shared = o.fileName },
      getPrivacySetting: o => say(o, 'success', { needAuthorization: true, privacyContractName: '《虎丘区街道服务隐私保护指引》' }),
      onNeedPrivacyAuthorization: f => { p.waits = f },
      openPrivacyContract: () => p.went.push('contract'),
      request: o => {
        const url = new URL(o.url)
        const at = url.pathname.replace(/^\/api\/v1\/resident\/[^/]+/, '') || '/'
        const r = { route: `${o.method} ${at}`, url, header: Object.assign({}, o.header), data: o.data, form: typeof o.data === 'string' ? Object.fromEntries(new URLSearchParams(o.data)) : {}, query: Object.fromEntries(url.searchParams) }
        p.requests.push(r)
        if (p.server) {
          busy++
          return p.server(o).finally(() => { busy-- })
        }
        const replies = p.answers[r.route]
        if (!replies) throw new Error(`the page asks ${r.route}, which the test does not answer`)
        let reply = replies.length > 1 ? replies.shift() : replies[0]
        if (typeof reply === 'function') reply = reply(r)
        busy++
        setTimeout(() => {
          busy--
          if (reply === 'lost') return say(o, 'fail', { errMsg: 'request:fail timeout' })
          const [statusCode, data] = Array.isArray(reply) ? reply : [200, reply]
          say(o, 'success', { statusCode, data })
        })
      }
    }
  }
}

global.wx = new Phone().wx()
global.getApp = () => ({})
global.App = () => {}
global.getCurrentPages = () => [{}, {}]
const simulate = require('miniprogram-simulate')
const loaded = {}

// busy are the requests under way, of every phone; rest waits until nothing more happens, however slow the machine is.
let busy = 0

async function rest(comp) {
  for (let quiet = 0; quiet < 4; quiet++) {
    await simulate.sleep(3)
    if (busy > 0 || comp && comp.instance.data.busy) quiet = -1
  }
}

// Shown is a page on the screen.
class Shown {
  constructor(comp) { this.comp = comp }

  get page() { return this.comp.instance }

  get data() { return this.comp.instance.data }

  text() { return this.comp.dom.textContent.replace(/\s+/g, ' ').trim() }

  one(selector) {
    const c = this.comp.querySelector(selector)
    if (!c) throw new Error(`nothing on the page is ${selector}: ${this.text()}`)
    return c
  }

  has(selector) { return Boolean(this.comp.querySelector(selector)) }

  async tap(selector, n = 0) {
    const c = this.comp.querySelectorAll(selector)[n]
    if (!c) throw new Error(`nothing to tap is ${selector}: ${this.text()}`)
    if (c.dom) c.dispatchEvent('tap')
    else c.instance.handleTap({}) // TDesign's button has no element of its own; it refuses while it loads
    await rest(this.comp)
  }

  // change is what one of TDesign's fields tells when somebody has typed or chosen.
  async change(selector, detail, event = 'change') {
    this.one(selector).instance.triggerEvent(event, detail)
    await rest(this.comp)
  }
}

// open shows a page as WeChat does: made, loaded, shown.
async function open(name, phone, options = {}) {
  const before = global.wx
  global.wx = Object.assign({}, before, phone.wx())
  const file = path.join(source, name)
  if (!loaded[name]) loaded[name] = simulate.load(file, 'main', { rootPath: source, compiler: 'official' })
  const comp = simulate.render(loaded[name])
  const parent = document.createElement('div')
  document.body.replaceChildren(parent)
  comp.attach(parent)
  comp.instance.onLoad(options)
  comp.instance.onShow()
  await rest(comp)
  return new Shown(comp)
}

module.exports = { Phone, open, rest, source }
