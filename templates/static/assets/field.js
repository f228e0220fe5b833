// The grid worker's page: a report in a few touches, kept on the phone until the server has it. Without this script, or
// where the browser keeps nothing, the form is posted as any other. Words come with the page, in its language.
(function () {
  'use strict';
  var q = self.fieldQueue;
  var root = document.getElementById('field');
  var form = document.getElementById('report');
  if (!self.indexedDB || !self.crypto || !crypto.subtle || !root || !form) return;
  var base = root.dataset.base;
  var say = {};
  document.getElementById('words').content.querySelectorAll('[data-word]').forEach(function (w) { say[w.dataset.word] = w.textContent; });
  var byId = function (id) { return document.getElementById(id); };
  var place = null;   // who was last seen signed in here
  var asked = false;  // whether the server was asked since the page was opened
  var photos = [];    // of the report in hand: {field, blob}
  var waiting = 0;    // how many of his are still to be sent
  var now = anew();   // its numbers, and when it was begun

  function anew() { return { id: q.uuid7(), request: q.uuid7(), made: 0 }; }

  document.documentElement.classList.add('js');
  root.classList.add('live');

  // --- what is said -------------------------------------------------------------------------------------------------
  function tell(word, tone) {
    var box = byId('told');
    box.textContent = say[word] || word;
    box.className = 'alert alert-' + (tone || 'info');
    box.hidden = false;
  }

  function element(tag, words, className) {
    var e = document.createElement(tag);
    if (words) e.textContent = words;
    if (className) e.className = className;
    return e;
  }

  function owner() { return place && q.ownerOf(base, place.person); }

  // --- the place of the device --------------------------------------------------------------------------------------
  // Browsers answer in WGS-84, whatever the map of the phone shows.
  function locate() {
    if (!navigator.geolocation) return;
    byId('where').textContent = say.locating;
    navigator.geolocation.getCurrentPosition(function (at) {
      form.elements.lon.value = at.coords.longitude.toFixed(6);
      form.elements.lat.value = at.coords.latitude.toFixed(6);
      byId('where').textContent = say.located.replace('%d', Math.round(at.coords.accuracy));
    }, function () { byId('where').textContent = say.unlocated; }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
  }
  byId('locate').addEventListener('click', locate);

  // --- the class ----------------------------------------------------------------------------------------------------
  function chosen() {
    var tile = form.querySelector('[name="tile"]:checked');
    var option = form.elements.class.selectedOptions[0];
    return tile || (option && option.value ? option : null);
  }

  function classChanged() {
    var c = chosen();
    byId('spot').hidden = !place || !place.spot || !c || c.dataset.spot !== '1';
    if (byId('spot').hidden) form.elements.spot.checked = false;
    spotChanged();
  }
  function spotChanged() { byId('mended').hidden = !form.elements.spot.checked; }

  form.addEventListener('change', function (e) {
    if (e.target.name === 'tile') {
      form.elements.class.value = e.target.value;
      if (!form.elements.lon.value) locate();
      classChanged();
    } else if (e.target.name === 'class') {
      form.querySelectorAll('[name="tile"]').forEach(function (t) { t.checked = t.value === e.target.value; });
      classChanged();
    } else if (e.target.name === 'spot') spotChanged();
    else if (e.target.type === 'file') take(e.target);
  });

  // --- photos -------------------------------------------------------------------------------------------------------
  var LONGEST = 1600; // pixels of a side

  function picture(file) {
    if (self.createImageBitmap) return createImageBitmap(file, { imageOrientation: 'from-image' });
    return new Promise(function (yes, no) {
      var read = new FileReader();
      var img = new Image();
      read.onload = function () { img.src = read.result; };
      read.onerror = img.onerror = no;
      img.onload = function () { yes(img); };
      read.readAsDataURL(file);
    });
  }

  function drawn(img, longest) {
    var scale = Math.min(1, longest / Math.max(img.width, img.height));
    var canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(img.width * scale));
    canvas.height = Math.max(1, Math.round(img.height * scale));
    canvas.getContext('2d').drawImage(img, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  async function take(input) {
    var files = Array.from(input.files);
    input.value = '';
    for (var i = 0; i < files.length; i++) {
      if (photos.filter(function (p) { return p.field === input.name; }).length >= 9) return tell('many', 'warn');
      try {
        var canvas = drawn(await picture(files[i]), LONGEST);
        var blob = await new Promise(function (yes) { canvas.toBlob(yes, 'image/jpeg', 0.8); });
        if (!blob) throw new Error('no picture');
        photos.push({ field: input.name, blob: blob });
      } catch (e) {
        tell('unreadable', 'bad');
      }
    }
    await showPhotos();
  }

  async function showPhotos() {
    var rows = { photos: document.createDocumentFragment(), photos_fixed: document.createDocumentFragment() };
    for (var i = 0; i < photos.length; i++) {
      var li = element('li');
      var small = drawn(await picture(photos[i].blob), 160);
      var off = element('button', '×', 'btn btn-plain btn-sm');
      off.type = 'button';
      off.dataset.off = i;
      off.setAttribute('aria-label', say.remove);
      small.setAttribute('role', 'img');
      small.setAttribute('aria-label', say.photo);
      li.append(small, off);
      rows[photos[i].field].append(li);
    }
    Object.keys(rows).forEach(function (f) { if (byId('taken-' + f)) byId('taken-' + f).replaceChildren(rows[f]); });
  }

  form.addEventListener('click', function (e) {
    if (e.target.dataset.off === undefined) return;
    photos.splice(Number(e.target.dataset.off), 1);
    showPhotos();
  });

  // --- the report ---------------------------------------------------------------------------------------------------
  var FIELDS = ['channel', 'class', 'community', 'description', 'address', 'lon', 'lat', 'system', 'urgent'];

  form.addEventListener('submit', async function (e) {
    e.preventDefault();
    if (!place || place.unsure) return tell('login', 'warn');
    var fields = {};
    FIELDS.forEach(function (f) {
      var at = form.elements[f];
      var value = at && (at.type === 'checkbox' ? (at.checked ? 'on' : '') : at.value.trim());
      if (value) fields[f] = value;
    });
    if (form.elements.spot.checked) fields.fixed = form.elements.fixed.value.trim();
    if (!fields.class) return tell('class', 'bad');
    if (!fields.description) return tell('description', 'bad');
    if (form.elements.spot.checked && !fields.fixed) return tell('fixed', 'bad');
    var c = chosen();
    var button = form.querySelector('[type="submit"]');
    button.disabled = true;
    try {
      var kept = photos.filter(function (p) { return p.field === 'photos' || fields.fixed; });
      await q.save(owner(), now.id, now.made || Date.now(), { request: now.request, requestField: form.dataset.request, fields: fields, label: c.dataset.title }, kept);
      clear();
      tell('kept', 'good');
    } catch (why) {
      return tell('full', 'bad');
    } finally {
      button.disabled = false;
    }
    later();
    await show();
    await go(true);
  });

  function clear() {
    form.reset();
    photos = [];
    now = anew();
    if (place && place.community) form.elements.community.value = place.community;
    byId('where').textContent = '';
    showPhotos();
    classChanged();
  }

  // edit takes a record back into the form: the same report, to be sent as a new request.
  async function edit(r) {
    var words = await q.wordsOf(r);
    clear();
    now = { id: r.id, request: q.uuid7(), made: r.made };
    FIELDS.forEach(function (f) {
      var at = form.elements[f];
      if (!at || at.type === 'hidden' && f !== 'lon' && f !== 'lat') return;
      if (at.type === 'checkbox') at.checked = !!words.fields[f];
      else at.value = words.fields[f] || '';
    });
    form.querySelectorAll('[name="tile"]').forEach(function (t) { t.checked = t.value === words.fields.class; });
    classChanged();
    if (words.fields.fixed) {
      byId('spot').hidden = false;
      form.elements.spot.checked = true;
      form.elements.fixed.value = words.fields.fixed;
      spotChanged();
    }
    photos = await q.photosOf(r);
    await showPhotos();
    if (words.say) tell([words.say].concat(Object.values(words.errors || {})).join('；'), 'bad');
    form.elements.description.focus();
  }

  // --- what waits, was sent, was refused ----------------------------------------------------------------------------
  var TONES = { waiting: 'warn', sent: 'good', refused: 'bad' };

  function time(ms) { // as it was here
    return new Date(ms + 8 * 3600e3).toISOString().slice(5, 16).replace('T', ' ');
  }

  async function show() {
    var box = byId('queue');
    var all = place && place.signed ? await q.list(owner()) : [];
    var rows = document.createDocumentFragment();
    for (var i = all.length - 1; i >= 0; i--) rows.append(await row(all[i]));
    box.replaceChildren(rows);
    waiting = all.filter(function (r) { return r.state === 'waiting'; }).length;
    byId('none').hidden = all.length > 0 || !place || !place.signed;
    byId('send').hidden = waiting === 0;
    byId('count').textContent = waiting || '';
  }

  async function row(r) {
    var words = await q.wordsOf(r);
    var li = element('li', '', 'field-line');
    li.dataset.id = r.id;
    li.dataset.state = r.state;
    var head = element('div', '', 'field-head');
    head.append(element('strong', words.label), element('span', say[r.state === 'waiting' && r.tried ? 'again' : r.state], 'tag tag-' + TONES[r.state]));
    li.append(head, element('p', time(r.made) + (words.number ? ' · ' + words.number : '') + (r.photos.length ? ' · ' + say.photo + ' ' + r.photos.length : ''), 'muted'));
    if (r.state === 'refused') li.append(element('p', [words.say].concat(Object.values(words.errors || {})).join('；'), 'field-error'));
    if (q.loose(r)) {
      var acts = element('div', '', 'row-actions');
      var change = element('button', say.edit, 'btn btn-plain btn-sm');
      var drop = element('button', say.drop, 'btn btn-plain btn-sm');
      change.type = drop.type = 'button';
      change.addEventListener('click', function () { edit(r); });
      drop.addEventListener('click', async function () {
        if (!self.confirm(say.sure)) return;
        await q.drop(owner(), r.id);
        show();
      });
      acts.append(change, drop);
      li.append(acts);
    }
    return li;
  }

  // --- my tasks -----------------------------------------------------------------------------------------------------
  async function tasks() {
    if (!place || !place.signed) return byId('tasks').replaceChildren();
    try {
      var res = await q.ask(base + '/field/tasks', {}, 20e3);
      if (res.ok) await q.keepCopy(owner(), 'tasks', await res.json());
    } catch (e) { /* the copy of before is shown */ }
    var kept = await q.copyOf(owner(), 'tasks');
    if (!kept) return;
    var rows = document.createDocumentFragment();
    kept.tasks.forEach(function (t) {
      var li = element('li', '', 'field-line');
      var head = element('div', '', 'field-head');
      var to = element('a', t.class);
      to.href = t.href;
      head.append(to, element('span', t.state, 'tag tag-neutral'));
      li.append(head, element('p', [t.number, t.place, t.due].filter(Boolean).join(' · '), 'muted'));
      rows.append(li);
    });
    byId('tasks').replaceChildren(rows);
    byId('no-tasks').hidden = kept.tasks.length > 0;
    byId('tasks-at').textContent = say.asof.replace('%s', time(kept.at));
  }

  // --- sending ------------------------------------------------------------------------------------------------------
  // later asks the browser to send in the background, where it can.
  function later() {
    if (!navigator.serviceWorker || !self.SyncManager) return;
    navigator.serviceWorker.ready.then(function (s) { return s.sync.register('field'); }).catch(function () {});
  }

  async function go(force) {
    var before = place && place.person;
    var end = await q.send(base, force);
    asked = true;
    place = await q.get('places', base);
    if (!place || before !== place.person) { // somebody else is signed in, or nobody: nothing of the one before stays
      clear();
      byId('tasks').replaceChildren();
      byId('tasks-at').textContent = '';
      if (before && place) await tasks();
    }
    byId('login').hidden = !(end.state === 'signed-out' || !place);
    byId('net').textContent = say['net-' + end.state] || '';
    byId('net').className = 'tag tag-' + ({ signed: 'good', refused: 'bad' }[end.state] || 'warn');
    classChanged();
    grids();
    await show();
  }

  function grids() {
    var rows = document.createDocumentFragment();
    ((place && place.signed && place.grids) || []).forEach(function (g) {
      var li = element('li');
      var to = element('a', g.name, 'btn btn-plain btn-sm');
      to.href = g.href;
      li.append(to);
      rows.append(li);
    });
    byId('grids').replaceChildren(rows);
  }

  byId('send').addEventListener('click', function () { go(true); });
  self.addEventListener('online', function () { go(true); });
  document.addEventListener('visibilitychange', function () { if (!document.hidden) go(false); });
  setInterval(function () { if (!document.hidden && asked && waiting) go(false); }, 15e3);

  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(base + '/field/worker.js').catch(function () {});
    navigator.serviceWorker.addEventListener('message', function () { go(false); });
  }
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();

  // Whoever comes from the sign-in page may be somebody else than before: nothing is shown until the server says who.
  function fresh() {
    var way = performance.getEntriesByType('navigation')[0];
    return document.referrer && new URL(document.referrer).pathname === '/login' && way && way.type === 'navigate';
  }

  (async function () {
    place = await q.get('places', base);
    if (place && fresh()) {
      place.signed = false;
      place.unsure = true;
      await q.put('places', place, base);
    }
    clear();
    await go(true);
    await tasks();
    root.dataset.ready = '1';
  })();
})();
