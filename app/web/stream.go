package web

import (
	"context"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// stream is a download that is made while it leaves, after the transaction that authorised it.
type stream struct {
	name, kind string
	size       int64
	body       func(ctx context.Context, w io.Writer) error
	shown      bool // in the page, not saved
	lasting    bool // the address never means anything else, and everybody may see it
}

// Stream answers with a download too large for memory. body runs after the transaction has committed; it
// must bring exactly size bytes. When it fails in the middle the connection breaks, so that
// nobody takes a part for the whole.
func Stream(name, kind string, size int64, body func(ctx context.Context, w io.Writer) error) Reply {
	return Reply{stream: &stream{name: name, kind: kind, size: size, body: body}}
}

// Made answers with a download that is made in memory once the transaction has committed, because it needs what lies
// elsewhere.
func Made(name, kind string, body func(ctx context.Context) ([]byte, error)) Reply {
	return Stream(name, kind, unknown, func(ctx context.Context, w io.Writer) error {
		b, err := body(ctx)
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	})
}

// unknown is the size of a stream that is told in pieces, whose end says that it is whole.
const unknown = -1

// Picture is Stream for a picture that is shown in a page. The browser may keep it for a while, for this session alone.
func Picture(name, kind string, size int64, body func(ctx context.Context, w io.Writer) error) Reply {
	r := Stream(name, kind, size, body)
	r.stream.shown = true
	return r
}

// Emblem is Picture for one that everybody may see at an address that never means another: browsers keep it for a year.
func Emblem(name, kind string, size int64, body func(ctx context.Context, w io.Writer) error) Reply {
	r := Picture(name, kind, size, body)
	r.stream.lasting = true
	return r
}

// beside are the headers of what people brought and others see: it is a picture whatever is in it, it runs nothing and loads
// nothing, and no other site may show it.
func (o rendered) beside(h http.Header) {
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": o.name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if o.stream.lasting {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Del("Vary")
		return
	}
	h.Set("Cache-Control", "private, max-age=600")
	h.Set("Vary", "Cookie")
}

// stalled is how long a receiver may take for one piece before it is given up: it keeps a seat.
const stalled = time.Minute

// pour streams. It is not compressed on the way, because then its end could not be told from a break.
func (o rendered) pour(w http.ResponseWriter, r *Request) {
	h := w.Header()
	h.Set(gzhttp.HeaderNoCompression, "1")
	if o.stream.size != unknown {
		h.Set("Content-Length", strconv.FormatInt(o.stream.size, 10))
	}
	w.WriteHeader(o.status)
	if r.Method == http.MethodHead {
		return
	}
	out := patient{w, http.NewResponseController(w)}
	if err := o.stream.body(r.Context(), out); err != nil {
		o.log.LogAttrs(r.Context(), slog.LevelWarn, "download broke off", slog.String("request", r.number), slog.String("route", r.Pattern), slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	_ = out.rc.SetWriteDeadline(time.Time{}) // another request may follow on the connection
}

type patient struct {
	w  io.Writer
	rc *http.ResponseController
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(stalled)) //nolint:forbidigo // how long to wait, not what time it is
	return p.w.Write(b)
}
