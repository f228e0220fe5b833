// Package static carries the stylesheet, scripts and pictures of every door inside the binary and serves them so that a
// browser fetches each of them once: the address contains a digest of the whole set, so it may be kept for ever.
//
// assets/wanjie.css and htmx.js are built by build.sh and committed; the rest is written by hand, the residents' stylesheet too.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Prefix is where Handler expects to be mounted.
const Prefix = "/static/"

//go:embed assets
var embedded embed.FS

type file struct {
	kind        string // Content-Type
	plain, gzip []byte // gzip is nil where it would not be smaller
}

// bundle is read once: every file of assets and the digest over all of them, which stands in each address. One digest
// for the set lets the stylesheet name its pictures by relative address.
var bundle = sync.OnceValue(func() (b struct {
	digest string
	files  map[string]file
}) {
	entries, err := fs.ReadDir(embedded, "assets") // sorted by name, so the digest is stable
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	sum := sha256.New()
	b.files = make(map[string]file, len(entries))
	for _, e := range entries {
		data, err := fs.ReadFile(embedded, "assets/"+e.Name())
		if err != nil {
			panic(err)
		}
		sum.Write([]byte(e.Name() + "\x00" + strconv.Itoa(len(data)) + "\x00"))
		sum.Write(data)
		b.files[e.Name()] = file{kind: contentType(e.Name()), plain: data, gzip: compressed(data)}
	}
	b.digest = hex.EncodeToString(sum.Sum(nil)[:6])
	return b
})

// contentType does not ask the machine's mime tables, which differ from one server to the next.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func compressed(data []byte) []byte {
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if _, err := w.Write(data); err != nil {
		return nil
	}
	if w.Close() != nil {
		return nil
	}
	if buf.Len() >= len(data) {
		return nil
	}
	return buf.Bytes()
}

// Path is the address of a file of assets, such as "wanjie.css". An unknown name is a slip in a view and panics, so the
// first test that renders the view finds it.
func Path(name string) string {
	if _, ok := bundle().files[name]; !ok {
		panic("static: no asset " + name)
	}
	return Prefix + bundle().digest + "/" + name
}

// Handler serves the files under Prefix, compressed where the browser takes it. The address with the current digest may
// be kept for a year. During a roll-out a page of the other release may ask with its own digest: it gets our file,
// not to be kept, rather than a page without its looks.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		digest, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		f, ok := bundle().files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Encoding")
		if digest == bundle().digest {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		body := f.plain
		if f.gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.gzip
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			w.Write(body)
		}
	})
}

// Weight is how many bytes the named files take on the wire where the browser accepts gzip.
func Weight(names ...string) (total int) {
	for _, name := range names {
		f := bundle().files[name]
		if f.gzip != nil {
			total += len(f.gzip)
		} else {
			total += len(f.plain)
		}
	}
	return total
}
