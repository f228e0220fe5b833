// The dispatcher's desk: rows are walked by keys, a case opens in a drawer beside the list, rows are ticked for a batch.
// Without this script every link opens a page and every button posts. Plain ES2019, no inline code, words from the page:
//
//   data-live-row, data-accept     a row of the list; its button that takes the proposed unit
//   #drawer, data-drawer-close     where a sheet is shown
//   #keys                          the list of keys: data-key with data-verbs is a key that opens a form of the case
//   data-pick-all, data-batch      ticks all rows; the bar that acts on what is ticked
(function () {
  'use strict';
  var drawer = document.getElementById('drawer');
  var help = document.getElementById('keys');
  if (!drawer || !drawer.showModal || !window.fetch) return;

  function closest(target, selector) { return target && target.closest ? target.closest(selector) : null; }
  function list() { return document.getElementById('list'); }
  function rows() { return Array.from(document.querySelectorAll('#list [data-live-row]')); }
  function link(row) { return row && row.querySelector('a[href]'); }

  // --- rows -------------------------------------------------------------------------------------------------------
  var here = -1; // the row last in hand, for when it leaves the list

  function current() {
    var all = rows();
    var row = closest(document.activeElement, '[data-live-row]');
    if (row) here = all.indexOf(row);
    return row;
  }

  function go(row) {
    var a = link(row);
    if (!a) return;
    a.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    here = rows().indexOf(row);
  }

  function step(by) {
    var all = rows();
    var row = current();
    var next = row ? here + by : Math.max(here, 0);
    go(all[Math.min(Math.max(next, 0), all.length - 1)]);
  }

  // The next case that waits for dispatch, from the row in hand on; beyond the last of this page, the list of them.
  function waiting() {
    var all = rows().filter(function (r) { return r.querySelector('[data-waiting]'); });
    var row = current();
    var next = all.find(function (r) { return !row || row.compareDocumentPosition(r) & Node.DOCUMENT_POSITION_FOLLOWING; }) || all[0];
    if (next && next !== row) go(next);
    else if (!next) location.href = help.dataset.waiting;
  }

  // --- asking the server ------------------------------------------------------------------------------------------
  function ask(address, how) {
    how = how || {};
    how.headers = Object.assign({ 'HX-Request': 'true' }, how.headers);
    how.credentials = 'same-origin';
    how.cache = 'no-store';
    return fetch(address, how).then(function (res) {
      var to = res.headers.get('HX-Redirect');
      if (to && /^\/(login|second-factor)/.test(to)) location.href = to;
      return res.text().then(function (text) { return { ok: res.ok, to: to, text: text, status: res.status }; });
    });
  }

  function say(text, tone, undo) {
    var flash = document.getElementById('flash');
    var box = document.createElement('div');
    box.className = 'alert alert-' + tone + ' desk-said';
    box.setAttribute('role', tone === 'bad' ? 'alert' : 'status');
    box.textContent = text;
    if (undo) box.append(' ', undoing(undo));
    flash.replaceChildren(box);
  }

  // The button that takes back what was just done; z presses it.
  function undoing(undo) {
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-plain btn-sm';
    button.dataset.undo = '';
    button.textContent = undo.label;
    button.setAttribute('aria-label', undo.about);
    button.addEventListener('click', function () {
      var body = new URLSearchParams();
      body.append(undo.field, undo.request);
      button.disabled = true;
      ask(undo.action, { method: 'POST', body: body, headers: { Accept: 'application/json', 'HX-Request': 'false' } }).then(function (got) {
        say(got.ok ? undo.done : JSON.parse(got.text).error, got.ok ? 'good' : 'bad');
        refresh(function () { go(rows()[Math.min(Math.max(here, 0), rows().length - 1)]); });
      }).catch(function () {
        button.disabled = false;
        lost();
      });
    });
    return button;
  }

  function lost() { say(help.dataset.lost, 'bad'); }

  // The list anew, with what was ticked and the place of the focus kept.
  function refresh(then) {
    ask(location.pathname + location.search).then(function (got) {
      if (!got.ok || got.to) return;
      var next = new DOMParser().parseFromString(got.text, 'text/html').getElementById('list');
      if (!next) return;
      next = document.adoptNode(next);
      var ticked = {};
      picks().forEach(function (p) { if (p.checked) ticked[p.value] = true; });
      list().replaceWith(next);
      picks().forEach(function (p) { p.checked = !!ticked[p.value]; });
      counted();
      if (window.htmx) window.htmx.process(next);
      if (then) then();
    }).catch(lost);
  }

  // --- taking the proposed unit -----------------------------------------------------------------------------------
  function accept(button) {
    var row = closest(button, '[data-live-row]');
    var form = button.form;
    if (!form || button.disabled) return;
    button.disabled = true;
    var all = rows();
    here = all.indexOf(row);
    var after = all[here + 1] ? all[here + 1].dataset.liveRow : '';
    var body = new URLSearchParams(new FormData(form));
    body.append(button.name, button.value);
    ask(form.action, { method: 'POST', body: body, headers: { Accept: 'application/json', 'HX-Request': 'false' } }).then(function (got) {
      var told = JSON.parse(got.text);
      say(told.say || told.error, told.went ? 'good' : 'bad', told.undo);
      refresh(function () {
        var now = rows();
        go(now.find(function (r) { return r.dataset.liveRow === after; }) || now[Math.min(here, now.length - 1)]);
      });
    }).catch(function () {
      button.disabled = false;
      lost();
    });
  }

  // --- the drawer -------------------------------------------------------------------------------------------------
  var shown = '';   // address of the sheet in the drawer
  var moved = false; // something was done in it
  var asked = 0;     // how often a sheet was asked for: only the last answer is shown, whichever comes last

  function show(address, then) {
    var mine = ++asked;
    ask(address, { headers: { 'HX-Target': 'drawer' } }).then(function (got) {
      if (mine === asked) put(address, got, then);
    }).catch(lost);
  }

  function put(address, got, then) {
    if (got.to) { // done: the case as it stands now
      moved = true;
      show(got.to, then);
      return;
    }
    var page = new DOMParser().parseFromString(got.text, 'text/html');
    shown = address.split('?')[0];
    drawer.replaceChildren.apply(drawer, Array.from(page.body.childNodes).map(function (n) { return document.adoptNode(n); }));
    if (window.htmx) window.htmx.process(drawer);
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
    var title = drawer.querySelector('h1');
    title.tabIndex = -1;
    title.focus();
    var wrong = drawer.querySelector('[role=alert]');
    if (wrong) wrong.scrollIntoView({ block: 'nearest' });
    if (then) then();
  }

  function open(row, then) {
    var a = link(row);
    if (!a) return;
    here = rows().indexOf(row);
    show(a.getAttribute('href'), then);
  }

  // another shows the case before or after the one in the drawer.
  function another(by) {
    var next = rows()[here + by];
    if (next) open(next);
  }

  drawer.addEventListener('close', function () {
    asked++;
    drawer.replaceChildren();
    function back() { if (!typing(document.activeElement)) go(rows()[Math.min(here, rows().length - 1)]); } // who types by now goes on
    if (moved) refresh(back);
    else back();
    moved = false;
  });

  drawer.addEventListener('click', function (e) {
    if (e.target === drawer || closest(e.target, '[data-drawer-close]')) drawer.close();
  });

  // A form of the sheet is sent from the drawer and answered in it. What htmx sends, it sends itself.
  drawer.addEventListener('submit', function (e) {
    var form = e.target;
    if (e.defaultPrevented || form.method !== 'post' || form.hasAttribute('hx-post')) return;
    e.preventDefault();
    var body = new FormData(form);
    if (e.submitter && e.submitter.name) body.append(e.submitter.name, e.submitter.value);
    if (form.enctype !== 'multipart/form-data') body = new URLSearchParams(body);
    var buttons = Array.from(form.querySelectorAll('button'));
    buttons.forEach(function (b) { b.disabled = true; });
    ask(form.action, { method: 'POST', body: body, headers: { 'HX-Target': 'drawer' } }).then(function (got) {
      if (got.to || got.status === 422) put(shown, got);
      else refused(form, Array.from(new DOMParser().parseFromString(got.text, 'text/html').body.childNodes).map(function (n) { return document.adoptNode(n); }));
    }).catch(function () {
      var box = document.createElement('div');
      box.className = 'alert alert-bad';
      box.setAttribute('role', 'alert');
      box.textContent = help.dataset.lost;
      refused(form, [box]);
    }).then(function () { buttons.forEach(function (b) { b.disabled = false; }); });
  });

  // refused says at the head of a form why it did not go, in place of what was said before.
  function refused(form, words) {
    var box = form.querySelector('[data-refused]') || document.createElement('div');
    box.setAttribute('data-refused', '');
    box.replaceChildren.apply(box, words);
    form.prepend(box);
  }

  // form brings the first form of the verbs into sight and its first field into hand.
  function form(verbs) {
    var found = null;
    verbs.some(function (v) {
      found = drawer.querySelector('form[action$="/' + v + '"]');
      return found;
    });
    if (!found) {
      var head = drawer.querySelector('.drawer-body');
      var box = document.createElement('div');
      box.className = 'alert alert-warn';
      box.setAttribute('role', 'status');
      box.textContent = help.dataset.none;
      var old = head.querySelector('.alert-warn[role=status]');
      if (old) old.remove();
      head.prepend(box);
      return;
    }
    var fold = closest(found, 'details');
    if (fold) fold.open = true;
    var field = found.querySelector('select, textarea, input:not([type=hidden]):not([type=radio]), input[type=radio]:checked, input[type=radio]') || found.querySelector('button');
    (closest(found, '.card') || found).scrollIntoView({ block: 'start' });
    field.focus({ preventScroll: true });
  }

  // --- ticking ----------------------------------------------------------------------------------------------------
  function picks() { return Array.from(document.querySelectorAll('#list .pick input[name]')); }

  function counted() {
    var bar = document.querySelector('[data-batch]');
    if (!bar) return;
    var n = picks().filter(function (p) { return p.checked; }).length;
    bar.classList.toggle('batch-on', n > 0);
    var words = bar.querySelector('[data-picked]');
    words.textContent = words.dataset.picked.replace('#', n);
    var all = document.querySelector('[data-pick-all]');
    if (all) {
      all.checked = n > 0 && n === picks().length;
      all.indeterminate = n > 0 && !all.checked;
    }
  }

  document.addEventListener('change', function (e) {
    if (e.target.matches('[data-pick-all]')) picks().forEach(function (p) { p.checked = e.target.checked; });
    if (closest(e.target, '.pick')) counted();
  });

  // --- clicks -----------------------------------------------------------------------------------------------------
  document.addEventListener('click', function (e) {
    if (e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    var button = closest(e.target, '[data-accept]');
    var a = closest(e.target, '#list [data-live-row] a[href]');
    if (button) {
      e.preventDefault();
      accept(button);
    } else if (a) {
      e.preventDefault();
      open(closest(a, '[data-live-row]'));
    } else if (closest(e.target, '[data-keys-open]')) {
      help.showModal();
    } else if (closest(e.target, '[data-unpick]')) {
      picks().forEach(function (p) { p.checked = false; });
      counted();
    }
  });

  // --- keys -------------------------------------------------------------------------------------------------------
  // Whoever speaks to the computer switches the single keys off; this browser remembers it.
  var on = help.querySelector('[data-keys-on]');
  try { on.checked = localStorage.getItem('desk-keys') !== 'off'; } catch (e) { on.checked = true; }
  on.addEventListener('change', function () {
    try { localStorage.setItem('desk-keys', on.checked ? 'on' : 'off'); } catch (e) { return; }
  });

  function typing(el) {
    return el && (el.isContentEditable || /^(SELECT|TEXTAREA)$/.test(el.tagName) || el.tagName === 'INPUT' && !/^(checkbox|radio|button|submit)$/.test(el.type));
  }

  document.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return;
    var asking = document.getElementById('confirm');
    if (help.open || asking && asking.open) return;
    var arrow = e.key === 'ArrowDown' || e.key === 'ArrowUp';
    if (!on.checked && !arrow) return;
    if (pressed(e)) e.preventDefault();
  });

  function pressed(e) {
    var entry = Array.from(help.querySelectorAll('[data-key]')).find(function (k) { return k.dataset.key === e.key; });
    if (e.key === '?') {
      help.showModal();
      return true;
    }
    if (drawer.open) {
      if (e.key === 'j' || e.key === 'k') another(e.key === 'j' ? 1 : -1);
      else if (entry) form(entry.dataset.verbs.split(' '));
      else return false;
      return true;
    }
    var row = current();
    switch (e.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        if (!row && document.activeElement !== document.body) return false;
        step(e.key === 'ArrowDown' ? 1 : -1);
        return true;
      case 'j':
      case 'k':
        step(e.key === 'j' ? 1 : -1);
        return true;
      case 'n':
        waiting();
        return true;
      case '/':
        var first = document.querySelector('form[data-filters] input:not([type=hidden]), form[data-filters] select');
        if (first) first.focus();
        return !!first;
      case 'x':
        var pick = row && row.querySelector('.pick input');
        if (pick) pick.click();
        return !!pick;
      case 'z':
        var undo = document.querySelector('#flash [data-undo]');
        if (undo) undo.click();
        return !!undo;
      case 'a':
        var button = row && row.querySelector('[data-accept]');
        if (button) accept(button);
        return !!button;
    }
    if (entry && row) {
      open(row, function () { form(entry.dataset.verbs.split(' ')); });
      return true;
    }
    return false;
  }

  counted();
  document.addEventListener('htmx:after:swap', counted);
})();
