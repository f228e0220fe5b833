// What a grid worker reported or did and the network has not taken yet. The page and its service worker share this file. A
// record lies in IndexedDB, sealed with a key that never leaves the browser and belongs to one person in one street, and is
// sent under the numbers that it was given when it was begun, so that sending it again changes nothing. What was done to one
// object goes in the order in which it was done.
(function (self) {
  'use strict';
  var KEPT = 7 * 24 * 3600e3; // how long a sent one is still listed
  var text = new TextEncoder();

  // UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits.
  function uuid7() {
    var b = crypto.getRandomValues(new Uint8Array(16));
    var t = Date.now();
    for (var i = 5; i >= 0; i--) {
      b[i] = t % 256;
      t = Math.floor(t / 256);
    }
    b[6] = 0x70 | (b[6] & 0x0f);
    b[8] = 0x80 | (b[8] & 0x3f);
    var hex = Array.from(b, function (x) { return x.toString(16).padStart(2, '0'); }).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  // --- the store ----------------------------------------------------------------------------------------------------
  // keys: owner → key. records: what was reported. copies: what is read offline, sealed as well. places: who was last seen
  // signed in at a street's door, by our own number.
  var opened;
  function store() {
    opened = opened || new Promise(function (yes, no) {
      var ask = indexedDB.open('wanjie-field', 1);
      ask.onupgradeneeded = function () {
        ask.result.createObjectStore('keys');
        ask.result.createObjectStore('places');
        ask.result.createObjectStore('copies');
        ask.result.createObjectStore('records', { keyPath: 'id' }).createIndex('owner', 'owner');
      };
      ask.onsuccess = function () { yes(ask.result); };
      ask.onerror = function () { opened = null; no(ask.error); };
    });
    return opened;
  }

  // within runs f on one table and answers with what f asked for, once it is on the disk.
  async function within(table, mode, f) {
    var db = await store();
    return new Promise(function (yes, no) {
      var t = db.transaction(table, mode, { durability: 'strict' });
      var asked = f(t.objectStore(table));
      t.oncomplete = function () { yes(asked && asked.result); };
      t.onabort = t.onerror = function () { no(t.error); };
    });
  }
  function get(table, key) { return within(table, 'readonly', function (s) { return s.get(key); }); }
  function put(table, value, key) { return within(table, 'readwrite', function (s) { return s.put(value, key); }); }

  // --- sealing ------------------------------------------------------------------------------------------------------
  function ownerOf(base, person) { return base + '#' + person; }

  async function keyOf(owner) {
    var key = await get('keys', owner);
    if (key) return key;
    key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    try {
      await within('keys', 'readwrite', function (s) { return s.add(key, owner); });
      return key;
    } catch (e) { // another window was first
      return get('keys', owner);
    }
  }

  // A sealed part opens only at its own place: the owner, the record and the part are bound to it.
  function bound(iv, owner, place) { return { name: 'AES-GCM', iv: iv, additionalData: text.encode(owner + '/' + place) }; }

  async function seal(owner, place, bytes) {
    var iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv: iv, box: await crypto.subtle.encrypt(bound(iv, owner, place), await keyOf(owner), bytes) };
  }
  async function unseal(owner, place, sealed) {
    return crypto.subtle.decrypt(bound(sealed.iv, owner, place), await keyOf(owner), sealed.box);
  }
  function sealJSON(owner, place, value) { return seal(owner, place, text.encode(JSON.stringify(value))); }
  async function unsealJSON(owner, place, sealed) { return JSON.parse(new TextDecoder().decode(await unseal(owner, place, sealed))); }

  // --- records ------------------------------------------------------------------------------------------------------
  // made is when it was begun, in milliseconds; words are {request, fields, label}, and of an act, which is no report, also
  // {path, object, act}: where it is posted, what it is about, and how the page goes on with it; photos are [{field, blob}].
  // What was tried already is not changed: it throws 'tried'.
  async function save(owner, id, made, words, photos) {
    var sealed = [];
    for (var i = 0; i < photos.length; i++) {
      var bytes = await new Response(photos[i].blob).arrayBuffer();
      sealed.push({ field: photos[i].field, sealed: await seal(owner, id + '/photo' + i, bytes) });
    }
    var row = { id: id, owner: owner, state: 'waiting', edition: uuid7(), made: made, tried: 0, next: 0, words: await sealJSON(owner, id + '/words', words), photos: sealed };
    await swap(row, function (was) { return !was || loose(was); });
  }

  // swap puts a record in the place of what stands there, or of nothing, if that may go; else it throws 'tried'.
  async function swap(row, may) {
    var refused = false;
    try {
      await within('records', 'readwrite', function (s) {
        var was = s.get(row.id);
        was.onsuccess = function () {
          refused = !may(was.result);
          if (refused) s.transaction.abort();
          else s.put(row);
        };
      });
    } catch (e) {
      throw refused ? 'tried' : e;
    }
  }

  function wordsOf(r) { return unsealJSON(r.owner, r.id + '/words', r.words); }

  async function photosOf(r) {
    var out = [];
    for (var i = 0; i < r.photos.length; i++) {
      var bytes = await unseal(r.owner, r.id + '/photo' + i, r.photos[i].sealed);
      out.push({ field: r.photos[i].field, blob: new Blob([bytes], { type: 'image/jpeg' }) });
    }
    return out;
  }

  async function list(owner) {
    var all = await within('records', 'readonly', function (s) { return s.index('owner').getAll(owner); });
    return all.sort(function (a, b) { return a.made - b.made; });
  }

  // Whether the server has it is unknown once it was tried: then it may be neither changed nor dropped.
  function loose(r) { return r.state === 'refused' || r.state === 'waiting' && r.tried === 0; }

  async function drop(owner, id) {
    var r = await get('records', id);
    if (r && r.owner === owner && loose(r)) await within('records', 'readwrite', function (s) { return s.delete(id); });
  }

  // --- copies -------------------------------------------------------------------------------------------------------
  async function keepCopy(owner, name, value) { await put('copies', await sealJSON(owner, name, value), owner + '/' + name); }
  // copyOf gives the last copy, and none that is older than a week.
  async function copyOf(owner, name) {
    var sealed = await get('copies', owner + '/' + name);
    var value = sealed && await unsealJSON(owner, name, sealed);
    if (value && Date.now() - value.at <= KEPT) return value;
    if (value) await within('copies', 'readwrite', function (s) { return s.delete(owner + '/' + name); });
  }
  // forget drops the copies of everybody else in the street: what they read they can read anew.
  function forget(base, owner) {
    return within('copies', 'readwrite', function (s) {
      var all = s.getAllKeys();
      all.onsuccess = function () {
        all.result.forEach(function (k) { if (k.startsWith(base + '#') && !k.startsWith(owner + '/')) s.delete(k); });
      };
      return all;
    });
  }

  // --- sending ------------------------------------------------------------------------------------------------------
  async function ask(path, init, wait) {
    var stop = new AbortController();
    var clock = setTimeout(function () { stop.abort(); }, wait);
    try {
      return await fetch(path, Object.assign({ headers: { Accept: 'application/json' }, credentials: 'same-origin', redirect: 'manual', cache: 'no-store', signal: stop.signal }, init));
    } finally {
      clearTimeout(clock);
    }
  }

  function signedOut(res) { return res.status === 401 || res.type === 'opaqueredirect'; }

  // whoIs asks the server who is signed in: {state: 'signed' | 'signed-out' | 'refused' | 'offline', place}.
  async function whoIs(base) {
    var res;
    try {
      res = await ask(base + '/field/me', {}, 20e3);
      if (res.ok) {
        var place = Object.assign({ signed: true }, await res.json());
        await put('places', place, base);
        await forget(base, ownerOf(base, place.person));
        return { state: 'signed', place: place };
      }
    } catch (e) {
      return { state: 'offline' };
    }
    if (!signedOut(res)) return { state: res.status === 403 || res.status === 404 ? 'refused' : 'offline' };
    var was = await get('places', base);
    if (was) await put('places', Object.assign(was, { signed: false }), base);
    return { state: 'signed-out' };
  }

  // send sends what waits, of nobody but whoever is signed in now; all of it when forced, else what is due.
  function send(base, force) {
    var run = function () { return sendAll(base, force); };
    return self.navigator.locks ? self.navigator.locks.request('field ' + base, run) : run();
  }

  async function sendAll(base, force) {
    var who = await whoIs(base);
    if (who.state !== 'signed') return who;
    var owner = ownerOf(base, who.place.person);
    var all = await list(owner);
    var held = {}; // objects of which an earlier act waits
    for (var i = 0; i < all.length; i++) {
      var r = all[i];
      if (r.state === 'sent' && Date.now() - r.made > KEPT) await within('records', 'readwrite', function (s) { return s.delete(r.id); });
      if (r.state !== 'waiting') continue;
      var words = await wordsOf(r);
      var object = words.object || r.id;
      if (held[object] || !force && r.next > Date.now()) {
        held[object] = true;
        continue;
      }
      var end = await sendOne(base, who.place.person, r, words);
      if (end !== 'done') return { state: end, place: who.place };
    }
    return who;
  }

  async function sendOne(base, person, r, words) {
    var photos = await photosOf(r);
    var form = words.act && !words.act.photos ? new URLSearchParams() : new FormData(); // only a form that may bring photos is read as one
    Object.keys(words.fields).forEach(function (name) { form.append(name, words.fields[name]); });
    form.append('id', r.id);
    form.append('found_at', new Date(r.made).toISOString());
    form.append('reporter', person);
    form.append(words.requestField, words.request);
    photos.forEach(function (p, i) { form.append(p.field, p.blob, 'photo' + i + '.jpg'); });
    r.tried++;
    r.next = Date.now() + Math.min(5e3 * Math.pow(2, r.tried - 1), 600e3) * (0.75 + Math.random() / 2);
    try {
      await swap(r, function (was) { return was && was.state === 'waiting' && was.edition === r.edition; });
    } catch (e) {
      if (e === 'tried') return 'done'; // changed or dropped since it was read: what there is of it has its turn the next time
      throw e;
    }
    var res, told;
    try {
      res = await ask(words.path || base + '/cases', { method: 'POST', body: form }, 120e3);
      if (signedOut(res)) return 'signed-out';
      told = await res.json().catch(function () { return {}; });
      if (res.status === 409 && !words.path) { // the server may know it already, from a sending whose answer got lost
        var known = await ask(base + '/field/sent?id=' + r.id, {}, 20e3);
        if (!known.ok) return 'offline';
        var was = await known.json();
        if (was.number) return sent(r, words, was.number);
      }
    } catch (e) {
      return 'offline';
    }
    if (res.ok && (words.path || told.number)) return sent(r, words, told.number);
    if (res.status === 429 || res.status >= 500 || res.ok) {
      r.next = Math.max(r.next, Date.now() + 1000 * (parseInt(res.headers.get('Retry-After'), 10) || 0));
      await put('records', r);
      return 'busy';
    }
    words.say = told.error || String(res.status);
    words.gone = !!words.path && [403, 404, 409].indexOf(res.status) >= 0; // to send it again would help nobody
    words.errors = told.fields || {};
    r.state = 'refused';
    r.words = await sealJSON(r.owner, r.id + '/words', words);
    await put('records', r);
    return 'done';
  }

  // sent keeps of a record only what its line in the list says.
  async function sent(r, words, number) {
    r.state = 'sent';
    r.photos = [];
    r.words = await sealJSON(r.owner, r.id + '/words', { label: words.label, number: words.number || number, object: words.object, act: words.act });
    await put('records', r);
    return 'done';
  }

  self.fieldQueue = { uuid7: uuid7, get: get, put: put, ownerOf: ownerOf, save: save, wordsOf: wordsOf, photosOf: photosOf, list: list, loose: loose, drop: drop,
    keepCopy: keepCopy, copyOf: copyOf, ask: ask, whoIs: whoIs, send: send };
})(self);
