// The board on the wall: the clock, a stream that says when something moved, and a key that stands after # in the address,
// which no server and no log ever sees.
(function () {
  'use strict';
  function clock() {
    var at = document.querySelector('[data-clock]');
    if (at) at.textContent = new Date(Date.now() + 8 * 3600e3).toISOString().slice(11, 19);
  }
  setInterval(clock, 1000);
  clock();

  // Hints come as often as people work; the board follows them every five seconds. Where the stream breaks, it is opened
  // anew after a while, and until then the board asks once a minute by itself.
  var pace = 5000, patience = 60000;
  var stream = null, due = 0, asked = 0, retry = 0, silence = 0;

  function board() { return document.querySelector('main[data-live]'); }

  function follow() {
    if (due) return;
    due = setTimeout(function () {
      due = 0;
      asked = Date.now();
      var at = board();
      if (at && window.htmx) window.htmx.trigger(at, 'moved');
    }, Math.max(0, asked + pace - Date.now()));
  }

  function alive() {
    clearTimeout(silence);
    silence = setTimeout(again, patience);
  }

  function again() {
    clearTimeout(silence);
    if (stream) stream.close();
    stream = null;
    clearTimeout(retry);
    retry = setTimeout(listen, 5000 + Math.random() * 10000);
  }

  function listen() {
    var at = board();
    if (!at || stream || !window.EventSource) return;
    stream = new EventSource(at.dataset.live);
    stream.onopen = alive;
    stream.onerror = again;
    stream.addEventListener('beat', alive);
    stream.addEventListener('moved', function () {
      alive();
      follow();
    });
    stream.addEventListener('end', function () {
      again();
      follow(); // it says why
    });
  }
  window.addEventListener('pageshow', listen);
  window.addEventListener('pagehide', function () { if (stream) stream.close(); stream = null; });

  var key = location.hash.slice(1);
  var field = document.getElementById('key');
  if (!key) return;
  history.replaceState(null, '', location.pathname);
  if (!field) return;
  field.value = key;
  field.form.submit();
})();
