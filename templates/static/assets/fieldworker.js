// The service worker of the grid worker's page: opens the page without network, and sends what waits when the browser finds
// that there is one again. The first lines of the script, which the server writes, name what the page needs. Nothing with
// a case's data is ever cached here.
(function (self) {
  'use strict';
  var page = self.registration.scope;
  var base = new URL(page).pathname.replace(/\/field\/$/, '');
  var shelf = 'field ' + base + ' ' + self.fieldAssets.edition;

  async function fetchPage() {
    var res = await fetch(page, { credentials: 'same-origin', redirect: 'manual', cache: 'no-store' });
    var kept = await caches.open(shelf);
    if (res.ok) await kept.put(page, res.clone());
    else if (res.status === 403 || res.status === 404) await kept.delete(page);
    return res;
  }

  self.addEventListener('install', function (e) {
    e.waitUntil((async function () {
      var kept = await caches.open(shelf);
      await kept.addAll(self.fieldAssets.files);
      await fetchPage();
      await self.skipWaiting();
    })());
  });

  self.addEventListener('activate', function (e) {
    e.waitUntil((async function () {
      var names = await caches.keys();
      await Promise.all(names.map(function (n) { return n.startsWith('field ' + base + ' ') && n !== shelf && caches.delete(n); }));
      await self.clients.claim();
    })());
  });

  // The page opens from the shelf at once and is fetched anew for the next time; the page itself asks who is signed in.
  self.addEventListener('fetch', function (e) {
    var at = new URL(e.request.url);
    if (e.request.method !== 'GET' || at.origin !== self.location.origin) return;
    if (e.request.mode === 'navigate' && at.href.split(/[?#]/)[0] === page) {
      var fresh = fetchPage();
      e.waitUntil(fresh.catch(function () {}));
      e.respondWith(caches.open(shelf).then(function (kept) { return kept.match(page); }).then(function (was) { return was || fresh; }));
    } else if (at.pathname.startsWith('/static/')) {
      e.respondWith(caches.match(e.request).then(function (was) { return was || fetch(e.request); }));
    }
  });

  self.addEventListener('sync', function (e) {
    if (e.tag !== 'field') return;
    e.waitUntil(self.fieldQueue.send(base, true).then(async function (end) {
      var open = await self.clients.matchAll();
      open.forEach(function (c) { c.postMessage('changed'); });
      if (end.state === 'offline' || end.state === 'busy') throw new Error(end.state); // the browser tries again
    }));
  });
})(self);
