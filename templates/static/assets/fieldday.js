// What a grid worker has before him: his grid with his tasks and himself upon it, the tasks, and the points of today's patrols.
// It is drawn from the last copy that the server gave, with or without network, and what he does about it is kept as reports
// are (fieldqueue.js). Where the phone is, is asked for when a button says so, and goes nowhere but into that act.
(function (self) {
  'use strict';
  var q = self.fieldQueue;
  var SVG = 'http://www.w3.org/2000/svg';

  self.fieldDay = function (page) {
    var say = page.say;
    var element = page.element;
    var byId = function (id) { return document.getElementById(id); };
    var box = byId('act');
    var form = byId('act-form');
    var album = self.fieldAlbum(form, say, warn);
    var doing = null; // the act in hand
    var here = null;  // where the phone was when it was asked: {lon, lat}

    // --- the copy -----------------------------------------------------------------------------------------------------
    async function load() {
      try {
        var res = await q.ask(page.base + '/field/day', {}, 20e3);
        if (!res.ok) return;
        var day = await res.json();
        await q.keepCopy(q.ownerOf(page.base, day.person), 'day', day);
      } catch (e) { /* the copy of before is shown */ }
    }

    function clear() {
      here = null;
      close();
      ['day-map', 'tasks', 'rounds'].forEach(function (id) { byId(id).replaceChildren(); });
      ['day-at', 'tasks-at'].forEach(function (id) { byId(id).textContent = ''; });
      byId('h-day').parentNode.parentNode.hidden = byId('h-rounds').parentNode.parentNode.hidden = true;
      byId('no-tasks').hidden = true;
    }

    // show draws the copy; acts are what the phone keeps, the newest first, and what of it is not in the copy yet is shown too.
    async function show(acts) {
      var day = page.signed() && await q.copyOf(page.owner(), 'day');
      if (!day) return clear();
      var mine = acts.filter(function (a) { return a.words.act && a.state !== 'refused' && (a.state === 'waiting' || a.made > day.at); });
      var asof = say.asof.replace('%s', page.time(day.at));
      byId('h-day').parentNode.parentNode.hidden = !day.map;
      byId('h-rounds').parentNode.parentNode.hidden = day.rounds.length === 0;
      byId('no-tasks').hidden = day.tasks.length > 0;
      byId('tasks-at').textContent = byId('day-at').textContent = asof;
      day.rounds.forEach(function (r) { seen(r, mine); });
      byId('day-map').replaceChildren(day.map ? map(day) : '');
      byId('tasks').replaceChildren.apply(byId('tasks'), day.tasks.map(function (t) { return task(t, mine); }));
      byId('rounds').replaceChildren.apply(byId('rounds'), day.rounds.map(function (r) { return round(r, mine); }));
    }

    function of(acts, object, kind, more) {
      return acts.filter(function (a) { return a.words.object === object && a.words.act.kind === kind && (!more || more(a.words.act)); })[0];
    }

    // seen marks the points of a round that were checked on this phone.
    function seen(r, acts) {
      r.points.forEach(function (p, i) {
        var a = of(acts, r.id, 'point', function (act) { return act.n === i + 1; });
        if (a && a.made > p.seen) p.seen = a.made, p.found = !!a.words.fields.found, p.waits = a.state === 'waiting';
      });
    }

    // --- the map ------------------------------------------------------------------------------------------------------
    function draw(tag, attrs, parent, words) {
      var e = document.createElementNS(SVG, tag);
      Object.keys(attrs).forEach(function (k) { e.setAttribute(k, attrs[k]); });
      if (words) e.textContent = words;
      if (parent) parent.append(e);
      return e;
    }

    function map(day) {
      var m = day.map;
      var svg = draw('svg', { 'class': 'map field-map', viewBox: '0 0 ' + m.width + ' ' + m.height, role: 'group', 'aria-label': byId('h-day').textContent });
      m.areas.forEach(function (d) { draw('path', { 'class': 'grid grid-comprehensive', d: d, 'fill-rule': 'evenodd' }, svg); });
      day.rounds.forEach(function (r) {
        if (r.path) draw('path', { 'class': 'map-route', d: r.path }, svg);
        r.points.forEach(function (p, i) {
          draw('circle', { 'class': 'field-point' + (p.seen ? ' field-point-seen' : ''), cx: p.x, cy: p.y, r: 15 }, svg);
          draw('text', { 'class': 'field-point-n', x: p.x, y: p.y }, svg, String(i + 1));
        });
      });
      day.tasks.forEach(function (t) {
        if (!t.spot) return;
        var to = draw('a', { href: '#task-' + (t.of || t.id) }, svg);
        var dot = draw('circle', { 'class': 'lamp' + (t.light ? ' lamp-' + t.light : ''), cx: t.spot.x, cy: t.spot.y, r: 13 }, to);
        draw('title', {}, dot, t['class'] + ' ' + t.number);
      });
      var x = here && (here.lon - m.west) * m.perLon;
      var y = here && (m.north - here.lat) * m.perLat;
      if (here && x > 0 && y > 0 && x < m.width && y < m.height) draw('circle', { 'class': 'field-me', cx: x, cy: y, r: 11 }, svg);
      draw('path', { 'class': 'map-scale', d: 'M16 ' + (m.height - 20) + 'v6h' + m.scaleWidth + 'v-6' }, svg);
      draw('text', { 'class': 'map-note', x: 16, y: m.height - 26 }, svg, m.scale);
      return svg;
    }

    // locate asks the phone where it is: in WGS-84, which is what the map is drawn in; null: it does not know.
    function locate() {
      return new Promise(function (yes) {
        if (!navigator.geolocation) return yes(null);
        navigator.geolocation.getCurrentPosition(function (at) {
          here = { lon: at.coords.longitude.toFixed(6), lat: at.coords.latitude.toFixed(6) };
          yes(here);
        }, function () { yes(null); }, { enableHighAccuracy: true, timeout: 6000, maximumAge: 15000 });
      });
    }

    byId('me').addEventListener('click', async function () {
      byId('me-where').textContent = say.locating;
      await locate();
      await page.redraw();
      byId('me-where').textContent = !here ? say['no-place'] : byId('day-map').querySelector('.field-me') ? '' : say.outside;
    });

    // --- tasks --------------------------------------------------------------------------------------------------------
    var LIGHTS = { red: 'bad', yellow: 'warn', green: 'good' };

    function task(t, acts) {
      var li = element('li', '', 'field-line');
      var received = of(acts, t.id, 'receive', same);
      var result = of(acts, t.id, 'result', same);
      function same(act) { return act.of === t.of; }
      li.id = 'task-' + (t.of || t.id);
      var head = element('div', '', 'field-head');
      var to = element('a', t['class']);
      to.href = t.href;
      var tags = element('span', '', 'field-tags');
      if (t.light) tags.append(element('span', say['light-' + t.light], 'tag tag-' + LIGHTS[t.light]));
      tags.append(element('span', result ? say['act-result'] : received ? say['act-receive'] : t.state, 'tag tag-neutral'));
      if (result && result.state === 'waiting' || received && received.state === 'waiting') tags.append(element('span', say.waiting, 'tag tag-warn'));
      head.append(to, tags);
      li.append(head, element('p', [t.number, t.place, t.due].filter(Boolean).join(' · '), 'muted'));
      var row = element('div', '', 'row-actions');
      if (t.receive && !received && !result) row.append(page.button(say['act-receive'], function (e) {
        e.currentTarget.disabled = true;
        keep(about(t, 'receive', t.receive, ''));
      }));
      if (t.result && !result) row.append(page.button(say['act-result'], function () { open(about(t, 'result', t.result, 'result')); }));
      if (row.childNodes.length) li.append(row);
      return li;
    }

    function about(t, kind, path, words) {
      return { label: t['class'] + ' · ' + say['act-' + kind], number: t.number, path: path, object: t.id, act: { kind: kind, of: t.of, words: words, photos: kind === 'result', waiting: kind === 'result' && t.waiting },
        fields: t.of ? { assignment: t.of } : {} };
    }

    // --- patrols ------------------------------------------------------------------------------------------------------
    function round(r, acts) {
      var li = element('li', '', 'field-line');
      var finished = of(acts, r.id, 'finish');
      var head = element('div', '', 'field-head');
      var to = element('a', r.title);
      to.href = r.href;
      head.append(to, element('span', finished ? say['act-finish'] : say.until.replace('%s', r.until), 'tag tag-' + (finished ? 'good' : 'neutral')));
      li.append(head, element('p', [r.grid, r.note].filter(Boolean).join(' · '), 'muted'));
      var list = element('ol', '', 'field-points');
      r.points.forEach(function (p, i) { list.append(point(r, p, i + 1, finished)); });
      li.append(list);
      if (finished) return li;
      var row = element('div', '', 'row-actions');
      row.append(page.button(say['act-finish'], function () {
        var amiss = r.points.some(function (p) { return p.found; });
        open(walk(r, 'finish', r.href, 'words', amiss ? { found: 'on' } : {}), amiss || r.points.some(function (p) { return !p.seen; }) ? '' : say.fine);
      }));
      li.append(row);
      return li;
    }

    function point(r, p, n, finished) {
      var li = element('li');
      var label = say.point.replace('%d', n);
      var head = element('div', '', 'field-head');
      head.append(element('strong', label), element('span', p.seen ? say[p.found ? 'found' : 'fine'] : say.unseen, 'tag tag-' + (p.seen ? p.found ? 'warn' : 'good' : 'neutral')));
      li.append(head);
      if (p.seen) li.append(element('p', page.time(p.seen) + (p.waits ? ' · ' + say.waiting : ''), 'muted'));
      else if (!finished) {
        var row = element('div', '', 'row-actions');
        row.append(page.button(say.fine, function (e) {
          e.currentTarget.disabled = true;
          keep(walk(r, 'point', r.href + '/points', '', { point: n }, label));
        }), page.button(say.found, function () { open(walk(r, 'point', r.href + '/points', 'words', { point: n, found: 'on' }, label)); }));
        li.append(row);
      }
      return li;
    }

    function walk(r, kind, path, words, fields, label) {
      return { label: r.title + ' · ' + (label || say['act-finish']), path: path, object: r.id, act: { kind: kind, n: fields.point, words: words, here: kind === 'point' }, fields: fields };
    }

    // --- an act -------------------------------------------------------------------------------------------------------
    function warn(word) {
      byId('act-told').textContent = say[word] || word;
      byId('act-told').hidden = !word;
    }

    function open(act, text, photos) {
      doing = act;
      byId('act-title').textContent = act.label;
      byId('act-photos').hidden = !act.act.photos;
      byId('act-alone').hidden = !act.act.waiting;
      byId('act-waiting').hidden = act.act.waiting === true; // who it is, the server did not say
      byId('act-waiting').textContent = act.act.waiting ? say['at-work'].replace('%s', act.act.waiting) : '';
      form.elements.alone.value = act.fields.alone || '';
      form.elements.words.value = text || '';
      album.set(photos || []);
      warn('');
      if (box.showModal) box.showModal();
      else box.setAttribute('open', '');
      form.elements.words.focus();
    }

    function close() {
      doing = null;
      if (box.open && box.close) box.close();
      else box.removeAttribute('open');
    }

    async function edit(r, words) {
      if (words.errors && words.errors.alone) words.act.waiting = words.act.waiting || true; // co-handlers were added since the copy
      open({ id: r.id, made: r.made, label: words.label, number: words.number, path: words.path, object: words.object, act: words.act, fields: words.fields },
        words.fields[words.act.words], await q.photosOf(r));
      if (words.say) warn([words.say].concat(Object.values(words.errors || {})).join('；'));
    }

    // keep puts an act into the queue, once, as of now: where the phone is comes with it where that is asked for and known.
    async function keep(act, photos) {
      if (act.keeping) return;
      act.keeping = true;
      var made = act.made || Date.now(), shown = doing === act;
      act.id = act.id || q.uuid7();
      try {
        if (act.act.here && !act.made) {
          var at = await locate();
          if (at) Object.assign(act.fields, at, { system: page.system });
          if (shown && doing !== act) return; // taken back meanwhile
        }
        await q.save(page.owner(), act.id, made, { request: q.uuid7(), requestField: page.requestField, fields: act.fields, label: act.label, number: act.number,
          path: act.path, object: act.object, act: act.act }, photos || []);
      } catch (e) {
        act.keeping = false;
        page.tell(e === 'tried' ? 'tried' : 'full', 'bad');
        return warn(e === 'tried' ? 'tried' : 'full');
      }
      close();
      await page.kept();
    }

    form.addEventListener('submit', function (e) {
      e.preventDefault();
      var text = form.elements.words.value.trim();
      if (!text) return warn('needed');
      var why = form.elements.alone.value.trim();
      if (doing.act.waiting) {
        if (!why) return warn('not-waited');
        doing.fields.alone = why;
      }
      doing.fields[doing.act.words] = text;
      keep(doing, album.photos.slice());
    });
    byId('act-cancel').addEventListener('click', close);

    return { load: load, show: show, clear: clear, edit: edit };
  };
})(self);
