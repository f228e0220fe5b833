// What the residents' pages do in the browser: reading aloud, the place of the device, and questions that are asked after
// certain answers only. Every page works without it. Plain ES2019 for old phones; no inline code.
(function () {
  'use strict';

  // --- reading aloud ----------------------------------------------------------------------------------------------
  var read = document.querySelector('[data-read]');
  if (read && window.speechSynthesis) {
    var start = read.textContent;
    read.hidden = false;
    var still = function () { read.textContent = start; read.setAttribute('aria-pressed', 'false'); };
    read.addEventListener('click', function () {
      if (speechSynthesis.speaking) {
        speechSynthesis.cancel();
        still();
        return;
      }
      var words = document.getElementById('main').innerText;
      var say = new SpeechSynthesisUtterance(words);
      say.lang = document.documentElement.lang;
      say.rate = 0.85;
      say.onend = still;
      say.onerror = still;
      speechSynthesis.speak(say);
      read.textContent = read.dataset.stop;
      read.setAttribute('aria-pressed', 'true');
    });
    window.addEventListener('pagehide', function () { speechSynthesis.cancel(); });
  }

  // --- the place ----------------------------------------------------------------------------------------------------
  // Browsers answer in WGS-84, whatever the map of the phone shows. Asked for only when the button is pressed.
  document.querySelectorAll('[data-locate]').forEach(function (box) {
    var button = box.querySelector('button');
    var say = box.querySelector('.located');
    var set = function (name, value) { box.querySelector('[name="' + name + '"]').value = value; };
    if (!navigator.geolocation) {
      box.hidden = true;
      return;
    }
    button.addEventListener('click', function () {
      say.textContent = box.dataset.wait;
      navigator.geolocation.getCurrentPosition(function (p) {
        set('lon', p.coords.longitude.toFixed(6));
        set('lat', p.coords.latitude.toFixed(6));
        set('system', 'cgcs2000');
        set('place_ok', '1');
        say.textContent = box.dataset.done;
      }, function () {
        say.textContent = box.dataset.fail;
      }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
    });
  });

  // --- questions ----------------------------------------------------------------------------------------------------
  var questions = document.querySelectorAll('[data-when]:not([data-when=""])');
  function ask() {
    questions.forEach(function (q) {
      var answer = document.querySelector('[name="' + q.dataset.when + '"]:checked');
      q.hidden = !answer || q.dataset.is.split(' ').indexOf(answer.value) < 0;
    });
  }
  if (questions.length) {
    document.addEventListener('change', ask);
    ask();
  }
})();
