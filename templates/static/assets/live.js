// A page that shows what others change hears that something moved, asks its own address again, and says what is new.
// Nothing jumps away under the mouse, and what somebody is typing or has ticked stays. Without this script, without
// Redis or while the network is gone, the page is as it was made. Plain ES2019, no inline code, words from the page:
//
//   data-live          where to hear, on the place for the bar; data-page: the page's own address, else the browser's
//   data-live-list     a list with an id: a bar offers its new rows
//   data-live-row      key of a row, with data-live-mark: what changes when the row does
//   data-live-part     a part with an id and a data-live-mark: replaced at once unless somebody works in it
(function () {
  'use strict';
  var place = document.querySelector('[data-live]');
  if (!place || !window.EventSource || !window.fetch) return;

  // --- hearing ----------------------------------------------------------------------------------------------------
  // A window out of sight hears nothing: browsers have few lines to one host, and nobody looks.
  var stream = null;
  var over = false;
  var tries = 0;
  var retry = 0;
  var silence = 0;
  var leaving = 0;

  function listen() {
    clearTimeout(retry);
    clearTimeout(leaving);
    if (stream || over || document.hidden) return;
    stream = new EventSource(place.dataset.live);
    stream.onopen = function () {
      tries = 0;
      alive();
    };
    stream.onerror = again;
    stream.addEventListener('beat', alive);
    stream.addEventListener('moved', function () {
      alive();
      soon();
    });
    stream.addEventListener('end', gone);
  }

  function gone() {
    over = true;
    hush();
    say(place.dataset.gone);
  }

  function hush() {
    clearTimeout(silence);
    if (stream) stream.close();
    stream = null;
  }

  // The line may die without a word; the server gives a sign every twenty seconds.
  function alive() {
    clearTimeout(silence);
    silence = setTimeout(again, 60000);
  }

  // After a loss not everybody comes back in the same second.
  function again() {
    hush();
    clearTimeout(retry);
    retry = setTimeout(listen, Math.min(300000, 2000 * Math.pow(2, tries++)) * (0.5 + Math.random()));
  }

  document.addEventListener('visibilitychange', function () {
    if (document.hidden) {
      leaving = setTimeout(hush, 20000);
      return;
    }
    tries = 0;
    listen();
  });
  window.addEventListener('pagehide', hush);
  window.addEventListener('pageshow', function (e) { if (e.persisted) listen(); });

  // --- asking -----------------------------------------------------------------------------------------------------
  // Soon after the first word; while the bar already stands, now and then.
  var waiting = 0;
  var asking = false;
  var asked = 0;

  function soon() {
    if (waiting) return;
    var wait = 200 + Math.random() * 800;
    if (place.firstChild) wait = Math.max(wait, asked + 15000 - Date.now());
    waiting = setTimeout(function () {
      waiting = 0;
      if (asking) soon();
      else ask(false);
    }, wait);
  }

  function ask(now) {
    asking = true;
    asked = Date.now();
    var address = place.dataset.page || location.pathname + location.search;
    fetch(address, { headers: { 'HX-Request': 'true' }, credentials: 'same-origin', cache: 'no-store' }).then(function (res) {
      var lost = res.headers.has('HX-Redirect') || res.status === 403 || res.status === 404;
      if (lost) gone();
      else if (res.ok) return res.text().then(function (text) { compare(new DOMParser().parseFromString(text, 'text/html'), now); });
      else if (now) location.reload();
    }).catch(function () {
      if (now) location.reload(); // the browser says better what is wrong
    }).then(function () { asking = false; });
  }

  function compare(fresh, now) {
    var held = false;
    document.querySelectorAll('[data-live-part]').forEach(function (part) {
      var next = fresh.getElementById(part.id);
      if (!next || next.dataset.liveMark === part.dataset.liveMark) return;
      if (!now && busy(part)) held = true;
      else swap(part, next);
    });
    var list = document.querySelector('[data-live-list]');
    var next = list && fresh.getElementById(list.id);
    var rows = next ? changed(list, next) : 0;
    if (rows && now) swap(list, next);
    if (held) say(place.dataset.held);
    else if (rows && !now) say(rows === 1 ? place.dataset.one : place.dataset.many.replace('#', rows));
    else clear();
  }

  // changed marks the rows that are new or other than they stand here, and counts them. Rows that only left count
  // where nothing came instead.
  function changed(list, next) {
    var here = {};
    var left = 0;
    var n = 0;
    list.querySelectorAll('[data-live-row]').forEach(function (row) {
      here[row.dataset.liveRow] = row.dataset.liveMark;
      left++;
    });
    next.querySelectorAll('[data-live-row]').forEach(function (row) {
      var key = row.dataset.liveRow;
      if (key in here) left--;
      if (here[key] !== row.dataset.liveMark) {
        row.classList.add('live-new');
        n++;
      }
    });
    return n || left;
  }

  // --- replacing --------------------------------------------------------------------------------------------------
  function swap(old, next) {
    var focus = old.contains(document.activeElement) ? document.activeElement : null;
    var twin = null;
    fields(old).forEach(function (field) {
      var other = twinOf(field, next);
      if (!other) return;
      if (field === focus) twin = other;
      if (!touched(field)) return;
      if (field.type === 'checkbox' || field.type === 'radio') other.checked = field.checked;
      else other.value = field.value;
      var fold = other.closest('details');
      if (fold) fold.open = true;
    });
    if (focus && !twin && focus.href) twin = Array.from(next.querySelectorAll('a')).find(function (a) { return a.getAttribute('href') === focus.getAttribute('href'); });
    next = document.adoptNode(next);
    if (old.hasAttribute('data-live-part')) next.classList.add('live-new');
    old.replaceWith(next);
    if (window.htmx) window.htmx.process(next);
    if (twin) twin.focus({ preventScroll: true });
  }

  function fields(part) {
    return Array.from(part.querySelectorAll('input[name]:not([type=hidden]), select[name], textarea[name]'));
  }

  function twinOf(field, next) {
    return fields(next).find(function (f) {
      if (f.name !== field.name || f.id !== field.id || f.type !== field.type) return false;
      return f.type !== 'checkbox' && f.type !== 'radio' || f.value === field.value;
    });
  }

  function touched(field) {
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
    if (field.options) {
      var first = 0;
      Array.from(field.options).forEach(function (o, i) { if (o.defaultSelected) first = i; });
      return field.selectedIndex !== first;
    }
    return field.value !== field.defaultValue;
  }

  function busy(part) {
    return fields(part).some(function (f) { return f === document.activeElement || touched(f); });
  }

  // --- the bar ----------------------------------------------------------------------------------------------------
  function say(text) {
    var bar = place.firstChild;
    if (!bar) {
      bar = document.createElement('div');
      bar.className = 'alert alert-info live-bar';
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-primary btn-sm';
      button.textContent = place.dataset.refresh;
      button.addEventListener('click', function () {
        if (over) location.reload();
        else ask(true);
      });
      bar.append(document.createElement('span'), button);
      place.append(bar);
    }
    if (bar.firstChild.textContent !== text) bar.firstChild.textContent = text;
  }

  function clear() { place.replaceChildren(); }

  // Somebody filtered or leafed: what stands there is new.
  document.addEventListener('htmx:after:swap', function () { if (!over && document.querySelector('[data-live-list]')) clear(); });

  listen();
})();
