// Maps that the server drew: the reader comes nearer by the buttons, a double click, two fingers or the wheel with Ctrl, and
// moves about by dragging or by the arrow keys on a button. Marks and words keep their size, so that what lies close
// together comes apart. Plain ES2019, no inline code.
(function () {
  'use strict';
  var nearest = 40;
  var kept = '.lamp, .map-dot, .map-pile, .map-label';

  function start(frame) {
    if (frame.dataset.mapOn) return;
    var svg = frame.querySelector('svg.map');
    if (!svg) return;
    frame.dataset.mapOn = '1';
    frame.querySelector('.map-tools').hidden = false;
    var home = svg.getAttribute('viewBox').split(' ').map(Number);
    var view = home.slice();
    var marks = null;
    var scale = svg.querySelector('.map-scale');
    var note = svg.querySelector('.map-note');

    function middle(el) {
      var b = el.getBBox();
      return { el: el, x: b.x + b.width / 2, y: b.y + b.height / 2 };
    }

    function show() {
      var k = view[2] / home[2];
      if (!marks) marks = Array.from(svg.querySelectorAll(kept)).map(middle);
      svg.setAttribute('viewBox', view.join(' '));
      var larger = Math.max(1, home[2] / (svg.clientWidth || home[2]) / 1.6); // a phone shows the map small, and marks not
      marks.forEach(function (m) {
        var s = m.el.matches('.map-label') ? k : k * larger; // words have sizes of their own for phones
        m.el.setAttribute('transform', 'translate(' + m.x * (1 - s) + ' ' + m.y * (1 - s) + ') scale(' + s + ')');
      });
      // The scale stays in its corner and true; where it grows beyond the map it goes.
      [scale, note].forEach(function (el) {
        if (!el) return;
        var left = view[0] - home[0] * k, down = view[1] + view[3] - (home[1] + home[3]) * k;
        el.setAttribute('transform', el === note ? 'translate(' + left + ' ' + down + ') scale(' + k + ')'
          : 'translate(' + (view[0] - home[0] + (1 - k) * -16) + ' ' + (view[1] + view[3] - home[1] - home[3] + (1 - k) * 16) + ')');
        el.style.display = k < 0.3 ? 'none' : '';
      });
      frame.querySelector('[data-zoom=out]').disabled = frame.querySelector('[data-zoom=all]').disabled = k === 1;
      frame.classList.toggle('map-near', k < 1);
    }

    // bound keeps the view within the map.
    function bound() {
      for (var i = 0; i < 2; i++) view[i] = Math.min(Math.max(view[i], home[i]), home[i] + home[i + 2] - view[i + 2]);
      show();
    }

    function zoom(by, around) {
      var w = Math.min(home[2], Math.max(home[2] / nearest, view[2] * by));
      var f = w / view[2];
      var c = around || [view[0] + view[2] / 2, view[1] + view[3] / 2];
      view = w === home[2] ? home.slice() : [c[0] - (c[0] - view[0]) * f, c[1] - (c[1] - view[1]) * f, w, view[3] * f];
      bound();
    }

    function move(dx, dy) {
      view[0] += dx;
      view[1] += dy;
      bound();
    }

    function at(e) {
      var p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return [p.x, p.y];
    }

    frame.addEventListener('click', function (e) {
      var b = e.target.closest('[data-zoom]');
      if (!b) return;
      if (b.dataset.zoom === 'all') {
        view = home.slice();
        show();
      } else zoom(b.dataset.zoom === 'in' ? 1 / 1.6 : 1.6);
      if (b.disabled) frame.querySelector('[data-zoom=in]').focus();
    });
    frame.querySelector('.map-tools').addEventListener('keydown', function (e) {
      var by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
      if (!by || view[2] === home[2]) return;
      e.preventDefault();
      move(by[0] * view[2] / 5, by[1] * view[3] / 5);
    });
    svg.addEventListener('dblclick', function (e) {
      e.preventDefault();
      zoom(1 / 1.6, at(e));
    });
    svg.addEventListener('wheel', function (e) {
      if (!e.ctrlKey && !e.metaKey) return; // the page scrolls
      e.preventDefault();
      zoom(e.deltaY > 0 ? 1.25 : 1 / 1.25, at(e));
    }, { passive: false });

    // Dragging, and two fingers.
    var down = new Map();
    var dragged = false;
    // The window hears what happens beyond the map, and forgets it once the map has left the page.
    function hear(name, act) {
      window.addEventListener(name, function heard(e) {
        if (svg.isConnected) act(e);
        else window.removeEventListener(name, heard);
      });
    }
    svg.addEventListener('pointerdown', function (e) {
      if (e.button) return;
      down.set(e.pointerId, e);
      dragged = false;
    });
    hear('pointermove', function (e) {
      var was = down.get(e.pointerId);
      if (!was) return;
      var a = at(was), b = at(e);
      if (down.size === 2) {
        var other = Array.from(down.values()).find(function (o) { return o.pointerId !== e.pointerId; });
        var before = Math.hypot(was.clientX - other.clientX, was.clientY - other.clientY);
        var now = Math.hypot(e.clientX - other.clientX, e.clientY - other.clientY);
        if (before > 0 && now > 0) zoom(before / now, at(other));
      } else if (view[2] < home[2]) {
        if (!dragged && Math.hypot(e.clientX - was.clientX, e.clientY - was.clientY) < 4) return;
        move(a[0] - b[0], a[1] - b[1]);
      } else return;
      dragged = true;
      down.set(e.pointerId, e);
    });
    ['pointerup', 'pointercancel'].forEach(function (name) {
      hear(name, function (e) { down.delete(e.pointerId); });
    });
    svg.addEventListener('dragstart', function (e) { e.preventDefault(); });
    svg.addEventListener('click', function (e) {
      if (!dragged) return;
      e.preventDefault();
      e.stopPropagation();
      dragged = false;
    }, true);
    show();
  }

  function all() { document.querySelectorAll('[data-map]').forEach(start); }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', all);
  else all();
  document.addEventListener('htmx:after:swap', all);
})();
