const api = require('../../lib/api')
const drafts = require('../../lib/draft')
const photos = require('../../lib/photos')
const place = require('../../lib/place')
const privacy = require('../../lib/privacy')
const session = require('../../lib/session')
const { page } = require('../../lib/page')

// Three taps: what it is, where it is, send. A photo and words are there for whoever has them.
page('report', {
  data: { class: '', heading: '', tiles: [], groups: [], emergencies: [], outside: [], draft: null, communities: [], communityName: '', phone: '', alike: false, receipt: null, gate: false },
  async load(options) {
    privacy.watch(() => this.setData({ gate: true }))
    if (options.class) return this.begin(options.class)
    const c = await api.call('choices')
    this.setData({ tiles: c.tiles || [], emergencies: c.emergencies || [], outside: c.outside || [] })
  },
  all() {
    return this.run(async () => this.setData({ groups: (await api.call('choices', { form: { all: '1' } })).groups || [] }))
  },
  choose(e) {
    return this.run(() => this.begin(e.currentTarget.dataset.class))
  },
  async begin(kind) {
    const form = await api.call('choices', { form: { class: kind } })
    const draft = drafts.open(kind, session.street().slug)
    this.setData({ class: kind, heading: form.title, phone: form.phone, communities: form.communities || [], draft, communityName: nameOf(form.communities, draft.community) })
  },
  keep(part) {
    this.setData({ draft: drafts.change(this.data.draft, part), alike: false })
  },
  write(e) {
    this.keep({ [e.currentTarget.dataset.name]: e.detail.value })
  },
  settle(e) {
    const c = this.data.communities[e.detail.value]
    this.keep({ community: c.value })
    this.setData({ communityName: c.label })
  },
  hush(e) {
    this.keep({ confidential: e.detail.checked })
  },
  photograph() {
    return this.ask(async () => this.keep({ photos: this.data.draft.photos.concat(await photos.choose(this.data.draft.photos.length)) }), this.data.w.noPhoto)
  },
  removePhoto(e) {
    const i = Number(e.currentTarget.dataset.i)
    this.keep({ photos: this.data.draft.photos.filter((_, n) => n !== i) })
  },
  here() {
    return this.ask(async () => this.keep({ place: await place.here() }), this.data.w.noPlace)
  },
  pick() {
    return this.ask(async () => this.keep({ place: await place.pick() }), this.data.w.noPlace)
  },
  removePlace() {
    this.keep({ place: null })
  },
  // ask does what the phone may refuse; refused, the page says how to go on without.
  async ask(f, otherwise) {
    try {
      await f()
    } catch (e) {
      if (!place.cancelled(e)) this.say(otherwise)
    }
  },
  agree(e) {
    this.setData({ gate: false })
    privacy.answer(true, e.currentTarget.id)
  },
  refuse() {
    this.setData({ gate: false })
    privacy.answer(false)
  },
  submit() {
    return this.send(false)
  },
  anyway() {
    return this.send(true)
  },
  send(anyway) {
    const { draft, w } = this.data
    const missing = drafts.missing(draft)
    if (missing) return this.setData({ errors: { [missing]: w.missing[missing] }, problem: w.missing[missing] })
    return this.run(async () => {
      try {
        const files = await photos.read(draft.photos)
        const receipt = await api.call('report', { form: drafts.form(draft, { anyway }), files, key: draft.key })
        drafts.drop()
        this.setData({ receipt, alike: false })
      } catch (e) {
        // Sent anyway it is another request, under one number however often it is pressed.
        if (e.code === 'conflict' && !anyway) this.setData({ draft: drafts.change(draft, {}) })
        this.setData({ alike: e.code === 'conflict' })
        throw e
      }
    })
  }
})

function nameOf(list, value) {
  const c = (list || []).find(c => c.value === value)
  return c ? c.label : ''
}
