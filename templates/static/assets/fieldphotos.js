// Photos of the grid worker's page: taken, made small on the phone, shown beside their field, and taken out again.
(function (self) {
  'use strict';
  var LONGEST = 1600; // pixels of a side
  var MOST = 9;       // of one field

  function picture(file) {
    if (self.createImageBitmap) return createImageBitmap(file, { imageOrientation: 'from-image' });
    return new Promise(function (yes, no) {
      var read = new FileReader();
      var img = new Image();
      read.onload = function () { img.src = read.result; };
      read.onerror = img.onerror = no;
      img.onload = function () { yes(img); };
      read.readAsDataURL(file);
    });
  }

  function drawn(img, longest) {
    var scale = Math.min(1, longest / Math.max(img.width, img.height));
    var canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(img.width * scale));
    canvas.height = Math.max(1, Math.round(img.height * scale));
    canvas.getContext('2d').drawImage(img, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  // fieldAlbum holds the photos of one form: {field, blob} each. tell says what went wrong, by its word.
  self.fieldAlbum = function (form, say, tell) {
    var album = { photos: [], set: set, of: of };

    function of(field) { return album.photos.filter(function (p) { return p.field === field; }); }

    function set(photos) {
      album.photos = photos;
      return show();
    }

    async function take(input) {
      var files = Array.from(input.files);
      input.value = '';
      for (var i = 0; i < files.length; i++) {
        if (of(input.name).length >= MOST) {
          tell('many', 'warn');
          break;
        }
        try {
          var canvas = drawn(await picture(files[i]), LONGEST);
          var blob = await new Promise(function (yes) { canvas.toBlob(yes, 'image/jpeg', 0.8); });
          if (!blob) throw new Error('no picture');
          album.photos.push({ field: input.name, blob: blob });
        } catch (e) {
          tell('unreadable', 'bad');
        }
      }
      await show();
    }

    async function show() {
      var rows = {};
      for (var i = 0; i < album.photos.length; i++) {
        var p = album.photos[i];
        var li = document.createElement('li');
        var small = drawn(await picture(p.blob), 160);
        var off = document.createElement('button');
        off.type = 'button';
        off.className = 'btn btn-plain btn-sm';
        off.textContent = '×';
        off.dataset.off = i;
        off.setAttribute('aria-label', say.remove);
        small.setAttribute('role', 'img');
        small.setAttribute('aria-label', say.photo);
        li.append(small, off);
        rows[p.field] = rows[p.field] || document.createDocumentFragment();
        rows[p.field].append(li);
      }
      form.querySelectorAll('[data-taken]').forEach(function (ul) { ul.replaceChildren(rows[ul.dataset.taken] || ''); });
    }

    form.addEventListener('change', function (e) { if (e.target.type === 'file') take(e.target); });
    form.addEventListener('click', function (e) {
      if (e.target.dataset.off === undefined) return;
      album.photos.splice(Number(e.target.dataset.off), 1);
      show();
    });
    return album;
  };
})(self);
