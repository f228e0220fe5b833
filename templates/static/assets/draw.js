// Makes a map of templates/grids a place to draw on: an area, a route or points, written as GeoJSON into the field below
// it. The map itself is an SVG from the server; without this script it stays a picture, and the field is filled by hand.
// Plain ES2019, no inline code. What stands on the element:
//
//   data-draw                  area, route, points, or place: one point
//   data-into                  id of the field; of a place, what the ids of its fields lon, lat and system begin with
//   data-west … data-per-lat   where the picture lies: degrees at its upper left corner, units for a degree
(function () {
  'use strict';
  var NS = 'http://www.w3.org/2000/svg';
  var NEAR = 10; // pixels within which a corner of a neighbour attracts

  function make(name, attrs, parent) {
    var el = document.createElementNS(NS, name);
    Object.keys(attrs).forEach(function (k) { el.setAttribute(k, attrs[k]); });
    parent.appendChild(el);
    return el;
  }

  function start(box) {
    var svg = box.querySelector('svg');
    var what = box.dataset.draw;
    var one = what === 'place';
    var lon = document.getElementById(box.dataset.into + '-lon'), lat = document.getElementById(box.dataset.into + '-lat');
    var field = one ? lon : document.getElementById(box.dataset.into);
    if (!svg || !field || box.dataset.ready) return;
    box.dataset.ready = 'yes';
    var west = +box.dataset.west, north = +box.dataset.north, perLon = +box.dataset.perLon, perLat = +box.dataset.perLat;
    var home = svg.getAttribute('viewBox').split(' ').map(Number);
    var view = home.slice();
    var parts = [];      // lists of points in units of the picture: rings, one line, or one list of points
    var closed = false;  // an area whose ring was closed: further points go into its sides
    var past = [];       // for taking back
    var writing = false;

    var corners = [];
    svg.querySelectorAll('path.grid').forEach(function (p) {
      p.getAttribute('d').replace(/[ML](-?[\d.]+) (-?[\d.]+)/g, function (_, x, y) { corners.push([+x, +y]); return ''; });
    });
    var layer = make('g', { 'class': 'draw-layer' }, svg);
    box.querySelector('.draw-tools').hidden = false;
    svg.classList.add('map-draw');

    // --- places ---------------------------------------------------------------------------------------------------
    function degrees(p) { return [+(west + p[0] / perLon).toFixed(6), +(north - p[1] / perLat).toFixed(6)]; }
    function units(d) { return [(d[0] - west) * perLon, (north - d[1]) * perLat]; }
    // The picture keeps its proportions, so there may be room beside it: the browser knows where a unit lies.
    function pixel() { return 1 / svg.getScreenCTM().a; }

    function at(e) {
      var m = svg.getScreenCTM();
      return [(e.clientX - m.e) / m.a, (e.clientY - m.f) / m.d];
    }

    function distance(a, b) { return Math.hypot(a[0] - b[0], a[1] - b[1]); }

    function snapped(p) {
      var best = NEAR * pixel(), found = p;
      if (what === 'points' || one) return p;
      corners.forEach(function (c) {
        var d = distance(c, p);
        if (d < best) { best = d; found = c.slice(); }
      });
      return found;
    }

    // --- the field ------------------------------------------------------------------------------------------------
    function geometry() {
      var list = parts.filter(function (p) { return p.length > 0; });
      if (what === 'points') return list.length ? { type: 'MultiPoint', coordinates: list[0].map(degrees) } : null;
      if (what === 'route') {
        if (!list.length) return null;
        var line = list[0].map(degrees);
        return line.length === 1 ? { type: 'Point', coordinates: line[0] } : { type: 'LineString', coordinates: line };
      }
      list = list.filter(function (p) { return p.length > 2; }).map(function (p) { return [p.concat([p[0]]).map(degrees)]; });
      if (!list.length) return null;
      return list.length === 1 ? { type: 'Polygon', coordinates: list[0] } : { type: 'MultiPolygon', coordinates: list };
    }

    function write() {
      writing = true;
      if (one) {
        var at = parts.length && parts[0].length ? degrees(parts[0][0]) : ['', ''];
        var of = document.getElementById(box.dataset.into + '-system');
        lon.value = at[0];
        lat.value = at[1];
        if (of) of.value = 'cgcs2000';
        lat.dispatchEvent(new Event('change', { bubbles: true }));
        writing = false;
        return;
      }
      var g = geometry();
      field.value = g ? JSON.stringify(g) : '';
      var system = field.form && field.form.elements.system;
      if (system && what === 'area') system.value = 'cgcs2000'; // what is drawn here is
      field.dispatchEvent(new Event('input', { bubbles: true }));
      writing = false;
    }

    // What stands in the field; a shape with holes is shown and not changed point by point.
    function read() {
      if (one) {
        parts = lon.value && lat.value ? [[units([+lon.value, +lat.value])]] : [];
        return;
      }
      var g = null;
      try { g = JSON.parse(field.value); } catch (_) { g = null; }
      if (g && g.type === 'Feature') g = g.geometry;
      parts = [];
      closed = false;
      if (!g || !Array.isArray(g.coordinates)) return;
      var polygons = g.type === 'Polygon' ? [g.coordinates] : g.type === 'MultiPolygon' ? g.coordinates : null;
      try {
        if (polygons && what === 'area' && polygons.every(function (p) { return p.length === 1; })) {
          parts = polygons.map(function (p) { return p[0].slice(0, -1).map(units); });
          closed = true;
        } else if (g.type === 'LineString' && what === 'route') {
          parts = [g.coordinates.map(units)];
        } else if (g.type === 'MultiPoint' && what !== 'area') {
          parts = [g.coordinates.map(units)];
        } else if (g.type === 'Point' && what !== 'area') {
          parts = [[units(g.coordinates)]];
        }
      } catch (_) { parts = []; }
    }

    // --- drawing --------------------------------------------------------------------------------------------------
    function show() {
      svg.setAttribute('viewBox', view.join(' '));
      layer.textContent = '';
      var px = pixel();
      parts.forEach(function (points, i) {
        if (what !== 'points' && !one && points.length > 1) {
          var d = 'M' + points.map(function (p) { return p[0].toFixed(1) + ' ' + p[1].toFixed(1); }).join('L');
          make('path', { d: d + (what === 'area' && (closed || points.length > 2) ? 'Z' : ''), 'class': what === 'area' ? 'draw-area' : 'draw-line' }, layer);
        }
        points.forEach(function (p, j) {
          var c = make('circle', { cx: p[0], cy: p[1], r: 6 * px, 'class': 'draw-point', 'data-part': i, 'data-point': j }, layer);
          if (what === 'area' && !closed && j === 0 && points.length > 2) c.classList.add('draw-first');
        });
      });
    }

    function change(f) {
      past.push(JSON.stringify([parts, closed]));
      f();
      write();
      show();
    }

    // The side of a ring that a point lies nearest to: where it is put in.
    function side(ring, p) {
      var best = Infinity, found = ring.length;
      ring.forEach(function (a, i) {
        var b = ring[(i + 1) % ring.length];
        var dx = b[0] - a[0], dy = b[1] - a[1];
        var t = Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy || 1)));
        var d = distance(p, [a[0] + t * dx, a[1] + t * dy]);
        if (d < best) { best = d; found = i + 1; }
      });
      return [found, best];
    }

    function add(p) {
      change(function () {
        if (one) parts = [];
        if (!parts.length) parts.push([]);
        if (what !== 'area' || !closed) {
          parts[parts.length - 1].push(p);
          return;
        }
        var into = 0, where = 0, best = Infinity;
        parts.forEach(function (ring, i) {
          var s = side(ring, p);
          if (s[1] < best) { best = s[1]; into = i; where = s[0]; }
        });
        parts[into].splice(where, 0, p);
      });
    }

    function handle(e) {
      var el = e.target;
      return el.dataset && el.dataset.point !== undefined ? [+el.dataset.part, +el.dataset.point] : null;
    }

    var drag = null;
    svg.addEventListener('pointerdown', function (e) {
      if (e.button !== 0) return;
      drag = { on: handle(e), from: [e.clientX, e.clientY], view: view.slice(), moved: false };
      svg.setPointerCapture(e.pointerId);
    });
    svg.addEventListener('pointermove', function (e) {
      if (!drag) return;
      if (!drag.moved && Math.hypot(e.clientX - drag.from[0], e.clientY - drag.from[1]) < 4) return;
      if (!drag.moved && drag.on) past.push(JSON.stringify([parts, closed]));
      drag.moved = true;
      if (drag.on) {
        parts[drag.on[0]][drag.on[1]] = snapped(at(e));
      } else {
        var px = pixel();
        view[0] = drag.view[0] - (e.clientX - drag.from[0]) * px;
        view[1] = drag.view[1] - (e.clientY - drag.from[1]) * px;
      }
      show();
    });
    svg.addEventListener('pointerup', function (e) {
      var d = drag;
      drag = null;
      if (!d) return;
      if (d.moved) {
        if (d.on) write();
        return;
      }
      if (!d.on) {
        add(snapped(at(e)));
      } else if (what === 'points') {
        change(function () { parts[d.on[0]].splice(d.on[1], 1); });
      } else if (what === 'area' && !closed && d.on[1] === 0 && parts[d.on[0]].length > 2) {
        closed = true;
        show();
      }
    });
    svg.addEventListener('dblclick', function (e) {
      var h = handle(e);
      e.preventDefault();
      if (h && parts[h[0]].length > (what === 'area' ? 3 : 1)) change(function () { parts[h[0]].splice(h[1], 1); });
    });
    svg.addEventListener('click', function (e) { e.preventDefault(); }); // grids under the pen are no links

    function zoom(by, around) {
      var w = Math.max(home[2] / 60, Math.min(home[2] * 4, view[2] * by));
      by = w / view[2];
      var c = around || [view[0] + view[2] / 2, view[1] + view[3] / 2];
      view = [c[0] - (c[0] - view[0]) * by, c[1] - (c[1] - view[1]) * by, w, view[3] * by];
      show();
    }
    svg.addEventListener('wheel', function (e) {
      e.preventDefault();
      zoom(e.deltaY > 0 ? 1.2 : 1 / 1.2, at(e));
    }, { passive: false });

    box.addEventListener('click', function (e) {
      var b = e.target.closest('[data-do]');
      if (!b) return;
      switch (b.dataset.do) {
        case 'undo':
          if (past.length) {
            var was = JSON.parse(past.pop());
            parts = was[0];
            closed = was[1];
            write();
            show();
          }
          break;
        case 'clear': change(function () { parts = []; closed = false; }); break;
        case 'in': zoom(1 / 1.5); break;
        case 'out': zoom(1.5); break;
        case 'all': view = home.slice(); show(); break;
      }
    });
    field.addEventListener('input', function () {
      if (writing) return;
      read();
      show();
    });
    read();
    show();
  }

  function all() { document.querySelectorAll('[data-draw]').forEach(start); }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', all);
  else all();
})();
