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
  var album = self.fieldAlbum(form, say, tell);
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

  // --- the day: my grid, tasks and patrols (fieldday.js) --------------------------------------------------------------
  var day = self.fieldDay({ base: base, say: say, tell: tell, element: element, button: button, time: time, redraw: function () { return show(); }, owner: owner, system: form.elements.system.value,
    requestField: form.dataset.request, signed: function () { return !!place && place.signed; },
    kept: async function () {
      tell('kept', 'good');
      later();
      await show();
      await go(true);
    } });

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
      var kept = album.photos.filter(function (p) { return p.field === 'photos' || fields.fixed; });
      await q.save(owner(), now.id, now.made || Date.now(), { request: now.request, requestField: form.dataset.request, fields: fields, label: c.dataset.title }, kept);
      clear();
      tell('kept', 'good');
    } catch (why) {
      return tell(why === 'tried' ? 'tried' : 'full', 'bad');
    } finally {
      button.disabled = false;
    }
    later();
    await show();
    await go(true);
  });

  function clear() {
    form.reset();
    album.set([]);
    now = anew();
    if (place && place.community) form.elements.community.value = place.community;
    byId('where').textContent = '';
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
    await album.set(await q.photosOf(r));
    if (words.say) tell([words.say].concat(Object.values(words.errors || {})).join('；'), 'bad');
    form.elements.description.focus();
  }

  // --- what waits, was sent, was refused ----------------------------------------------------------------------------
  var TONES = { waiting: 'warn', sent: 'good', refused: 'bad' };

  function time(ms) { // as it was here
    return new Date(ms + 8 * 3600e3).toISOString().slice(5, 16).replace('T', ' ');
  }

  async function show() {
    var all = place && place.signed ? await q.list(owner()) : [];
    var rows = document.createDocumentFragment();
    var acts = [];
    for (var i = all.length - 1; i >= 0; i--) {
      var words = await q.wordsOf(all[i]);
      acts.push({ state: all[i].state, made: all[i].made, words: words });
      rows.append(row(all[i], words));
    }
    byId('queue').replaceChildren(rows);
    waiting = all.filter(function (r) { return r.state === 'waiting'; }).length;
    byId('none').hidden = all.length > 0 || !place || !place.signed;
    byId('send').hidden = waiting === 0;
    byId('count').textContent = waiting || '';
    await day.show(acts);
  }

  function row(r, words) {
    var li = element('li', '', 'field-line');
    li.dataset.id = r.id;
    li.dataset.state = r.state;
    var head = element('div', '', 'field-head');
    head.append(element('strong', words.label), element('span', say[r.state === 'waiting' && r.tried ? 'again' : r.state], 'tag tag-' + TONES[r.state]));
    li.append(head, element('p', time(r.made) + (words.number ? ' · ' + words.number : '') + (r.photos.length ? ' · ' + say.photo + ' ' + r.photos.length : ''), 'muted'));
    if (r.state === 'refused') li.append(element('p', [words.say].concat(Object.values(words.errors || {})).join('；'), 'field-error'));
    if (r.state === 'refused' && words.gone) li.append(element('p', say.gone));
    if (q.loose(r)) {
      var acts = element('div', '', 'row-actions');
      if (words.act && words.act.words) acts.append(button(say.edit, function () { day.edit(r, words); }));
      else if (!words.act) acts.append(button(say.edit, function () { edit(r); }));
      if (r.state === 'refused' && words.act) {
        if (textOf(words)) acts.append(button(say.anew, function () { anewFrom(r, words); }), button(say.save, function () { saveCopy(r, words); }));
        if (!words.act.words) acts.append(button(say.resend, function () { again(r, words); }));
      }
      acts.append(button(say.drop, async function () {
        if (!self.confirm(say.sure)) return;
        await q.drop(owner(), r.id);
        show();
      }));
      li.append(acts);
    }
    return li;
  }

  function button(label, click) {
    var b = element('button', label, 'btn btn-plain btn-sm');
    b.type = 'button';
    b.addEventListener('click', click);
    return b;
  }

  // --- what was refused and is not to be lost -----------------------------------------------------------------------
  function textOf(words) { return words.act && words.act.words && words.fields[words.act.words] || ''; }

  // anewFrom takes words and photos of a refused act into a report of its own.
  async function anewFrom(r, words) {
    clear();
    form.elements.description.value = textOf(words);
    now.made = r.made;
    var photos = await q.photosOf(r);
    await album.set(photos.map(function (p) { return { field: 'photos', blob: p.blob }; }));
    form.scrollIntoView();
    form.elements.class.focus();
  }

  // saveCopy leaves words and photos among the phone's own files.
  async function saveCopy(r, words) {
    var photos = await q.photosOf(r);
    var files = [{ name: '.txt', blob: new Blob([words.label + '\n' + time(r.made) + '\n' + textOf(words) + '\n'], { type: 'text/plain' }) }]
      .concat(photos.map(function (p, i) { return { name: '-' + (i + 1) + '.jpg', blob: p.blob }; }));
    files.forEach(function (f) {
      var a = element('a');
      a.href = URL.createObjectURL(f.blob);
      a.download = words.label + f.name;
      a.click();
      setTimeout(function () { URL.revokeObjectURL(a.href); }, 60e3);
    });
  }

  // again sends an act that has no words as a new request.
  async function again(r, words) {
    words.request = q.uuid7();
    await q.save(owner(), r.id, r.made, words, []);
    await go(true);
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
      day.clear();
    }
    if (end.state === 'signed') await day.load();
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
    root.dataset.ready = '1';
  })();
})();
