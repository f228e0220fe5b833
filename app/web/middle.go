package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"

	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

var (
	requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "wanjie_http_request_seconds", Help: "Time to answer a request, by route and status.",
		Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"route", "status"})
	shed = prometheus.NewCounter(prometheus.CounterOpts{Name: "wanjie_http_shed_total", Help: "Requests refused with 503 because too many were waiting."})
)

// Collectors are web's metrics.
func Collectors() []prometheus.Collector {
	return []prometheus.Collector{requests, shed, listening, lost}
}

// trail is what a request leaves for its log line.
type trail struct {
	number string
	person int64
	tenant string
	seat   func() // gives the request's seat back before it ends
	stream bool   // it lasts as long as somebody looks
}

type trailKey struct{}

// Number is the request's number, shown on error pages and written into every log line.
func Number(ctx context.Context) string {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		return t.number
	}
	return ""
}

func noteWho(ctx context.Context, person int64, tenant string) {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		t.person, t.tenant = person, tenant
	}
}

// vacate gives the request's seat back: from here on it only waits, like the many others of its kind.
func vacate(ctx context.Context) {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok && t.seat != nil {
		t.stream = true
		t.seat()
	}
}

// Limits bound what the server takes on at once.
type Limits struct {
	AtOnce int           // requests being answered; 0 = 64
	Wait   time.Duration // how long one more may wait for its turn; 0 = 500 ms
}

// csp allows our own files and nothing else: no inline script, no inline style, no frame.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"

// framed is for a document that pages of our own show in a frame: to look at, with nothing to run or to send.
const framed = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// Handler is the whole site: numbers, log, headers, load shedding, cross-site protection, compression.
func (s *Site) Handler(l Limits) http.Handler {
	if l.AtOnce == 0 {
		l.AtOnce = 64
	}
	if l.Wait == 0 {
		l.Wait = 500 * time.Millisecond
	}
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "跨站请求已拒绝", http.StatusForbidden)
	}))
	// The fastest level: pages are small and made anew each time, and the processor is what runs out.
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		panic(err) // the level is one of the package's own
	}
	return s.logged(compress(cross.Handler(shedding(l, s.byHost(http.HandlerFunc(s.serve))))))
}

// serve is the mux, with a page of the house for addresses that no route has.
func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	mux := s.muxed()
	if h, pattern := mux.Handler(r); pattern == "" {
		answer := unheard{header: http.Header{}}
		if h.ServeHTTP(&answer, r); answer.status == http.StatusNotFound { // else another method would do
			q := &Request{Request: r.WithContext(ui.WithLocale(r.Context(), LocaleOf(r))), number: Number(r.Context()), site: s.URL}
			s.fail(w, q, fault.New(fault.NotFound, "页面不存在"))
			return
		}
	}
	mux.ServeHTTP(w, r)
}

// unheard takes an answer's status and nothing else of it.
type unheard struct {
	header http.Header
	status int
}

func (u *unheard) Header() http.Header         { return u.header }
func (u *unheard) WriteHeader(status int)      { u.status = status }
func (u *unheard) Write(b []byte) (int, error) { return len(b), nil }

// shedding answers 503 with Retry-After once waiting would only make everybody late.
func shedding(l Limits, next http.Handler) http.Handler {
	seats := make(chan struct{}, l.AtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case seats <- struct{}{}:
		default:
			wait := time.NewTimer(l.Wait)
			defer wait.Stop()
			select {
			case seats <- struct{}{}:
			case <-r.Context().Done():
				return
			case <-wait.C:
				shed.Inc()
				w.Header().Set("Retry-After", "2")
				http.Error(w, "系统繁忙，请稍候几秒再试", http.StatusServiceUnavailable)
				return
			}
		}
		leave := sync.OnceFunc(func() { <-seats })
		defer leave()
		if t, ok := r.Context().Value(trailKey{}).(*trail); ok {
			t.seat = leave
		}
		next.ServeHTTP(w, r)
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logged numbers the request, writes one line about it without personal data, and turns a panic
// into a 500 that says nothing.
func (s *Site) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		t := &trail{number: tenants.NewID().String()}
		r = r.WithContext(context.WithValue(r.Context(), trailKey{}, t))
		h := w.Header()
		h.Set("X-Request-Id", t.number)
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		sw := &statusWriter{ResponseWriter: w}
		defer func() {
			v := recover()
			if err, _ := v.(error); v != nil && !errors.Is(err, http.ErrAbortHandler) {
				s.Log.ErrorContext(r.Context(), "panic", "request", t.number, "panic", v, "stack", string(debug.Stack()))
				if sw.status == 0 {
					http.Error(sw, "系统繁忙，请稍后重试", http.StatusInternalServerError)
				}
			}
			took := time.Since(start)
			route := r.Pattern
			if route == "" {
				route = "-"
			}
			if !t.stream {
				requests.WithLabelValues(route, strconv.Itoa(sw.status)).Observe(took.Seconds())
			}
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request", t.number), slog.String("method", r.Method),
				slog.String("route", route), slog.Int("status", sw.status), slog.Int64("ms", took.Milliseconds()),
				slog.String("tenant", t.tenant), slog.Int64("person", t.person))
		}()
		next.ServeHTTP(sw, r)
	})
}
