// What pages of wanjie do in the browser beyond htmx. Everything works without it; this makes it smoother.
// Plain ES2019 for the officials' desktops; no inline code, so a strict CSP holds. Behaviour hangs on data attributes:
//
//   data-request-id   hidden field: the form's own UUIDv7, so a repeated post is recognised
//   data-confirm      form or submit button: the question asked before an irreversible post
//   data-filters      search form: empty fields stay out of the address
//   data-back         link to a list: returns to it with the filters it had
//   data-menu         checkbox that opens the menu on a phone
//   data-choose       button whose value is chosen in the select with this id; without scripts it submits
//   data-shows        file field: the picture chosen stands in the frame with this id, before it is sent
//   data-picked       list beside file fields: the pictures chosen stand in it, small, before they are sent
//   data-position     button that writes where the device is into the fields with these ids: longitude, latitude, system
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');

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

  function closest(target, selector) {
    return target && target.closest ? target.closest(selector) : null;
  }

  // --- confirmation -----------------------------------------------------------------------------------------------
  // In the capture phase, so that neither the browser nor htmx has sent anything yet.
  var confirmed = null;

  document.addEventListener('submit', function (e) {
    var form = e.target;
    var by = e.submitter;
    var question = (by && by.dataset.confirm) || form.dataset.confirm;
    if (!question) return;
    if (confirmed === form) {
      confirmed = null;
      return;
    }
    e.preventDefault();
    e.stopImmediatePropagation();
    ask(question, by, function () {
      confirmed = form;
      form.requestSubmit(by || undefined);
      confirmed = null;
    });
  }, true);

  function ask(question, by, yes) {
    var box = document.getElementById('confirm');
    if (!box || !box.showModal) {
      if (window.confirm(question)) yes();
      return;
    }
    box.querySelector('[data-confirm-text]').textContent = question;
    box.returnValue = '';
    box.onclose = function () {
      if (box.returnValue === 'yes') yes();
      else if (by) by.focus();
    };
    box.showModal();
  }

  // --- request id -------------------------------------------------------------------------------------------------
  // The server draws one with the form. Sending the same content twice (double click, reload, lost network) keeps it:
  // that is a repeat. Once the content changed after a sending, it is a new request and needs a new id.
  // In the capture phase, because htmx collects the fields before the event bubbles up to here.
  function idField(form) { return form.querySelector('input[data-request-id]'); }

  document.addEventListener('submit', function (e) {
    var field = idField(e.target);
    if (!field) return;
    if (!field.value) field.value = uuid7();
    field.dataset.sent = field.value;
  }, true);

  function changed(e) {
    var form = e.target.form;
    var field = form && idField(form);
    if (field && field.dataset.sent === field.value) field.value = uuid7();
  }
  document.addEventListener('input', changed);
  document.addEventListener('change', changed);

  // --- filters ----------------------------------------------------------------------------------------------------
  // Also reached when htmx collects the form: it builds a FormData too.
  document.addEventListener('formdata', function (e) {
    if (!e.target.matches('form[data-filters]')) return;
    Array.from(e.formData.keys()).forEach(function (name) {
      if (e.formData.getAll(name).every(function (v) { return v === ''; })) e.formData.delete(name);
    });
  });

  function backLinks() {
    if (!document.referrer) return;
    var from = new URL(document.referrer);
    if (from.origin !== location.origin) return;
    document.querySelectorAll('a[data-back]').forEach(function (a) {
      if (a.pathname === from.pathname && !a.search) a.search = from.search;
    });
  }

  // --- menu -------------------------------------------------------------------------------------------------------
  function menu() { return document.querySelector('input[data-menu]'); }

  document.addEventListener('keydown', function (e) {
    var box = menu();
    if (e.key === 'Escape' && box && box.checked) {
      box.checked = false;
      box.focus();
    }
  });

  document.addEventListener('click', function (e) {
    var box = menu();
    if (box && box.checked && closest(e.target, 'main')) box.checked = false;
  });

  // --- choosing and finding ---------------------------------------------------------------------------------------
  document.addEventListener('click', function (e) {
    var by = closest(e.target, '[data-choose]');
    var select = by && document.getElementById(by.dataset.choose);
    if (!select) return;
    e.preventDefault();
    select.value = by.value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
    select.focus();
  });

  document.addEventListener('click', function (e) {
    var by = closest(e.target, '[data-position]');
    if (!by) return;
    var into = by.dataset.position.split(' ').map(function (id) { return document.getElementById(id); });
    by.disabled = true;
    navigator.geolocation.getCurrentPosition(function (at) {
      by.disabled = false;
      into[0].value = at.coords.longitude.toFixed(6);
      into[1].value = at.coords.latitude.toFixed(6);
      if (into[2]) into[2].value = 'cgcs2000'; // browsers answer in WGS-84
      into[1].dispatchEvent(new Event('change', { bubbles: true }));
    }, function () { by.disabled = false; by.hidden = true; }, { enableHighAccuracy: true, timeout: 15000 });
  });

  function positions() {
    if (navigator.geolocation) document.querySelectorAll('[data-position][hidden]').forEach(function (b) { b.hidden = false; });
  }

  // --- a picture before it is sent --------------------------------------------------------------------------------
  // The frame shows a page of this site with the street's mark; each time it is fetched anew, the mark is put in again.
  function show() {
    var field = document.querySelector('input[data-shows]');
    var frame = field && document.getElementById(field.dataset.shows);
    var mark = frame && frame.contentDocument && frame.contentDocument.querySelector('.street img');
    if (!mark) return;
    mark.dataset.was = mark.dataset.was || mark.src;
    if (!field.files.length) {
      mark.src = mark.dataset.was;
      return;
    }
    var reader = new FileReader();
    reader.onload = function () { mark.src = reader.result; };
    reader.readAsDataURL(field.files[0]);
  }
  document.addEventListener('change', function (e) { if (closest(e.target, '[data-shows]')) show(); });
  document.addEventListener('load', function (e) { if (e.target.nodeName === 'IFRAME') show(); }, true);

  function picked(field) {
    var list = field.querySelector('[data-picked]');
    var items = [];
    field.querySelectorAll('input[type="file"]').forEach(function (input) {
      Array.from(input.files).forEach(function (file) {
        var item = document.createElement('li');
        item.textContent = file.name;
        items.push(item);
        if (!self.createImageBitmap) return;
        createImageBitmap(file).then(function (img) {
          var small = document.createElement('canvas');
          small.height = 144;
          small.width = Math.round(img.width * 144 / img.height);
          small.getContext('2d').drawImage(img, 0, 0, small.width, small.height);
          small.setAttribute('role', 'img');
          small.setAttribute('aria-label', file.name);
          item.replaceChildren(small);
        }, function () {}); // no picture: its name stands there, and the server says what is wrong
      });
    });
    list.replaceChildren.apply(list, items);
  }
  document.addEventListener('change', function (e) {
    var field = e.target.type === 'file' && closest(e.target, '.field');
    if (field && field.querySelector('[data-picked]')) picked(field);
  });

  // --- failures that bring no page --------------------------------------------------------------------------------
  // The network is gone or the server silent: say so where messages stand, in words the page brought along.
  document.addEventListener('htmx:error', function () {
    var flash = document.getElementById('flash');
    var lost = document.getElementById('lost');
    if (flash && lost) flash.replaceChildren(lost.content.cloneNode(true));
  });

  function ready() {
    backLinks();
    positions();
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready);
  else ready();
})();
