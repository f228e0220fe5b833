package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/journal/hint"
	"wanjie/tenants/tenantstest"
)

// wall is a site with screens: the header X-Person says who, and whoever is gone has no session any more.
type wall struct {
	t      *testing.T
	world  *tenantstest.World
	redis  *miniredis.Miniredis
	client redis.UniversalClient
	live   *Live
	server *httptest.Server
	stop   context.CancelFunc

	mu     sync.Mutex
	gone   map[int64]bool // the session is over
	barred map[int64]bool // the grants are
}

func openWall(t *testing.T, tune func(*Live)) *wall {
	t.Helper()
	r := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: r.Addr(), DialTimeout: time.Second, MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	w := &wall{t: t, world: tenantstest.Open(t), redis: r, client: client, gone: map[int64]bool{}, barred: map[int64]bool{}}
	log := slog.New(slog.DiscardHandler)
	w.live = NewLive(client, log)
	w.live.pace, w.live.spread = 50*time.Millisecond, 50*time.Millisecond
	if tune != nil {
		tune(w.live)
	}
	site := &Site{
		DB: w.world.DB, Log: log,
		Visitor: func(r *http.Request) (Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("X-Person"), 10, 64)
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.gone[n] {
				n = 0
			}
			return Visitor{Person: n, Session: n}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *Request, _, _ string) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if p := tx.Actor().Person; w.barred[p] || p >= 900 {
				return fault.New(fault.NotFound, "页面不存在")
			}
			return nil
		},
	}
	site.OpenLive(w.live)
	site.Module("").Get("/page", "", func(context.Context, tenants.Tx, *Request) (Reply, error) { return See("/there"), nil })
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.live.Run(ctx)
	}()
	w.stop = func() { stop(); <-ended }
	w.server = httptest.NewServer(site.Handler(Limits{AtOnce: 1, Wait: 2 * time.Second}))
	t.Cleanup(func() { w.stop(); w.server.Close() })
	return w
}

// seat is one open stream.
type seat struct {
	t      *testing.T
	status int
	events chan string
	close  func()
}

// watch opens a stream of a tenant.
func (w *wall) watch(client *http.Client, slug string, person int64, query string) *seat {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/s/"+slug+LivePath+"?"+query, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("X-Person", fmt.Sprint(person))
	res, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	s := &seat{t: w.t, status: res.StatusCode, events: make(chan string, 100), close: cancel}
	w.t.Cleanup(cancel)
	go func() {
		defer close(s.events)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if name, is := strings.CutPrefix(lines.Text(), "event: "); is {
				s.events <- name
			}
		}
	}()
	return s
}

// opens a stream that must be let in and whose tenant is heard.
func (w *wall) open(slug string, id tenants.ID, person int64, query string) *seat {
	w.t.Helper()
	s := w.watch(w.server.Client(), slug, person, query)
	if s.status != http.StatusOK {
		w.t.Fatalf("person %d at %s: %d", person, slug, s.status)
	}
	w.until("Redis has the subscription", func() bool {
		w.live.mu.Lock()
		defer w.live.mu.Unlock()
		return w.live.rooms[id] != nil && w.live.rooms[id].open
	})
	return s
}

func (w *wall) until(what string, ok func() bool) {
	w.t.Helper()
	for range 200 {
		if ok() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	w.t.Fatalf("%s: not within 5 s", what)
}

func (w *wall) hint(id tenants.ID, object string, of uuid.UUID) {
	w.t.Helper()
	body, err := json.Marshal(hint.Hint{Object: object, ID: of, Kind: object + ".moved"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.redis.Publish(hint.Channel(id), string(body))
}

// hears wants the event next, within five seconds.
func (s *seat) hears(want string) {
	s.t.Helper()
	select {
	case got, ok := <-s.events:
		if got != want {
			s.t.Fatalf("heard %q (open: %t), want %q", got, ok, want)
		}
	case <-time.After(5 * time.Second):
		s.t.Fatalf("%q did not come", want)
	}
}

// hearsNothing wants silence for a while.
func (s *seat) hearsNothing() {
	s.t.Helper()
	select {
	case got, ok := <-s.events:
		s.t.Fatalf("heard %q (open: %t), want nothing", got, ok)
	case <-time.After(300 * time.Millisecond):
	}
}

// ends wants the stream to end.
func (s *seat) ends() {
	s.t.Helper()
	for {
		select {
		case _, ok := <-s.events:
			if !ok {
				return
			}
		case <-time.After(5 * time.Second):
			s.t.Fatal("the stream did not end")
		}
	}
}

func TestHintsReachTheScreensOfTheirStreetAlone(t *testing.T) {
	t.Parallel()
	w := openWall(t, nil)
	a, b := w.world.Street(t), w.world.Street(t)
	one := tenants.NewID()
	list, page := w.open(a.Slug, a.ID, 1, "of=case"), w.open(a.Slug, a.ID, 2, "of=case/"+one.String())
	other := w.open(a.Slug, a.ID, 2, "of=grid&of=patrol")
	neighbour, twin := w.open(b.Slug, b.ID, 1, "of=case"), w.open(b.Slug, b.ID, 3, "of=case/"+one.String())
	w.hint(a.ID, "case", one)
	list.hears("moved")
	page.hears("moved")
	w.hint(a.ID, "case", tenants.NewID())
	list.hears("moved")
	w.hint(a.ID, "patrol", tenants.NewID())
	other.hears("moved")
	for _, s := range []*seat{page, neighbour, twin} {
		s.hearsNothing()
	}
	w.hint(b.ID, "case", one)
	neighbour.hears("moved")
	twin.hears("moved")
	list.hearsNothing()
	if n := len(w.redis.PubSubChannels("*")); n != 2 {
		t.Errorf("%d subscriptions for five screens of two streets", n)
	}
}

// A busy moment is one word, and the last of it is not swallowed.
func TestABusyMomentIsOneWord(t *testing.T) {
	t.Parallel()
	w := openWall(t, func(l *Live) { l.pace = 400 * time.Millisecond })
	a := w.world.Street(t)
	s := w.open(a.Slug, a.ID, 1, "of=case")
	w.hint(a.ID, "case", tenants.NewID())
	s.hears("moved")
	begin := time.Now()
	for range 50 {
		w.hint(a.ID, "case", tenants.NewID())
	}
	s.hears("moved")
	if took := time.Since(begin); took < 300*time.Millisecond {
		t.Errorf("the second word came after %v", took)
	}
	s.hearsNothing()
	s.hearsNothing()
}

func TestOnlyWhoMaySeeTheStreetListens(t *testing.T) {
	t.Parallel()
	w := openWall(t, nil)
	a := w.world.Street(t)
	for _, c := range []struct {
		what, slug, query string
		person            int64
		want              int
	}{
		{"nobody", a.Slug, "of=case", 0, http.StatusNoContent},
		{"a stranger", a.Slug, "of=case", 900, http.StatusNotFound},
		{"an unknown street", "none", "of=case", 1, http.StatusNotFound},
		{"for nothing", a.Slug, "of=&of=case/x", 1, http.StatusNotFound},
	} {
		if got := w.watch(w.server.Client(), c.slug, c.person, c.query).status; got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
	res, err := http.DefaultClient.Do(must(http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/s/"+a.Slug+"/live?of=case", nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if !strings.Contains(res.Request.URL.Path, "/login") {
		t.Errorf("opened by hand without a session it leads to %s", res.Request.URL)
	}
	if w.live.count != 0 {
		t.Errorf("%d screens are counted", w.live.count)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAnEndedSessionEndsItsStreams(t *testing.T) {
	t.Parallel()
	w := openWall(t, nil)
	a := w.world.Street(t)
	gone, stays, barred := w.open(a.Slug, a.ID, 1, "of=case"), w.open(a.Slug, a.ID, 2, "of=case"), w.open(a.Slug, a.ID, 3, "of=case")
	w.mu.Lock()
	w.gone[1], w.barred[3] = true, true
	w.mu.Unlock()
	begin := time.Now()
	w.live.Recheck(func(v Visitor) bool { return v.Session == int64(1) })
	gone.hears("end")
	gone.ends()
	w.hint(a.ID, "grant", tenants.NewID())
	barred.hears("end")
	barred.ends()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	w.hint(a.ID, "case", tenants.NewID())
	stays.hears("moved")
}

// Without any word of it, an end shows at the next look, and at the time that the session itself names.
func TestAnEndNobodyTellsShowsAtTheNextLook(t *testing.T) {
	t.Parallel()
	w := openWall(t, func(l *Live) { l.look = 300 * time.Millisecond })
	a := w.world.Street(t)
	s := w.open(a.Slug, a.ID, 1, "of=case")
	w.mu.Lock()
	w.gone[1] = true
	w.mu.Unlock()
	s.hears("end")
	s.ends()
	if got := left(Visitor{Until: time.Now().Add(time.Hour)}); got < 59*time.Minute || got > time.Hour {
		t.Errorf("a session of an hour is asked about after %v", got)
	}
}

// What was recorded after the page was made, and before its stream stood, is told at once.
func TestNothingIsMissedBetweenPageAndStream(t *testing.T) {
	t.Parallel()
	w := openWall(t, nil)
	a := w.world.Street(t)
	if err := w.world.DB.Write(t.Context(), a.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		tx.Record(tenants.Act{Kind: "test.done", Version: 1, Object: "test", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx)})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.open(a.Slug, a.ID, 1, fmt.Sprintf("of=case&since=%d", time.Now().Add(-time.Minute).Unix())).hears("moved")
	w.open(a.Slug, a.ID, 1, fmt.Sprintf("of=case&since=%d", time.Now().Add(time.Minute).Unix())).hearsNothing()
	w.open(a.Slug, a.ID, 1, "of=case").hearsNothing()
}

func TestScreensAreBounded(t *testing.T) {
	t.Parallel()
	w := openWall(t, func(l *Live) { l.each, l.most = 2, 3 })
	a := w.world.Street(t)
	first := w.open(a.Slug, a.ID, 1, "of=case")
	w.open(a.Slug, a.ID, 1, "of=case")
	if got := w.watch(w.server.Client(), a.Slug, 1, "of=case").status; got != http.StatusTooManyRequests {
		t.Errorf("a person's third screen: %d", got)
	}
	w.open(a.Slug, a.ID, 2, "of=case")
	if got := w.watch(w.server.Client(), a.Slug, 3, "of=case").status; got != http.StatusServiceUnavailable {
		t.Errorf("a fourth screen of three: %d", got)
	}
	// The one seat for requests is free, although three screens listen.
	r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/s/"+a.Slug+"/page", nil))
	r.Header.Set("X-Person", "1")
	res, err := (&http.Transport{}).RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther {
		t.Errorf("a page beside them: %v %v", res, err)
	}
	_ = res.Body.Close()
	first.close()
	w.until("one left", func() bool { w.live.mu.Lock(); defer w.live.mu.Unlock(); return w.live.count == 2 })
	w.open(a.Slug, a.ID, 1, "of=case")
}

// pipes is a network without buffers: who does not read stops whoever writes to him, at once.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func TestASlowScreenIsDroppedAndKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	w := openWall(t, func(l *Live) { l.patience = 300 * time.Millisecond })
	a := w.world.Street(t)
	line := pipes{make(chan net.Conn)}
	server := &http.Server{Handler: w.server.Config.Handler, ReadHeaderTimeout: time.Second, ReadTimeout: time.Second}
	go func() { _ = server.Serve(line) }()
	defer server.Close()
	defer close(line.conns)

	quick := w.open(a.Slug, a.ID, 2, "of=case")
	ours, theirs := net.Pipe()
	line.conns <- theirs
	fmt.Fprintf(ours, "GET /s/%s/live?of=case HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nX-Person: 1\r\n\r\n", a.Slug)
	in := bufio.NewReader(ours)
	for text := ""; !strings.Contains(text, "listening"); {
		var err error
		if text, err = in.ReadString('\n'); err != nil {
			t.Fatalf("the slow screen is not let in: %v", err)
		}
	}
	w.until("both listen", func() bool { w.live.mu.Lock(); defer w.live.mu.Unlock(); return w.live.count == 2 })
	time.Sleep(1200 * time.Millisecond) // longer than a request may be read: a stream outlives it
	for range 5 {
		begin := time.Now()
		w.hint(a.ID, "case", tenants.NewID())
		quick.hears("moved")
		if took := time.Since(begin); took > 250*time.Millisecond {
			t.Errorf("the quick screen waited %v", took)
		}
		time.Sleep(2 * w.live.pace)
	}
	w.until("the slow one is dropped", func() bool { w.live.mu.Lock(); defer w.live.mu.Unlock(); return w.live.count == 1 })
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Logf("its line: %v", err)
	}
}

func TestRedisAwayIsOnlySilence(t *testing.T) {
	t.Parallel()
	w := openWall(t, nil)
	a := w.world.Street(t)
	before := w.open(a.Slug, a.ID, 1, "of=case")
	w.redis.Close()
	during := w.watch(w.server.Client(), a.Slug, 2, "of=case")
	if during.status != http.StatusOK {
		t.Errorf("without Redis a screen gets %d", during.status)
	}
	before.hearsNothing()
	if err := w.redis.Restart(); err != nil {
		t.Fatal(err)
	}
	w.until("subscribed again", func() bool { return len(w.redis.PubSubChannels("*")) == 1 })
	w.until("a hint arrives", func() bool {
		w.hint(a.ID, "case", tenants.NewID())
		return len(before.events) > 0 && len(during.events) > 0
	})
}

func TestNobodyStaysBehind(t *testing.T) {
	t.Parallel()
	w := openWall(t, func(l *Live) { l.linger = 100 * time.Millisecond; l.each = 100 })
	a, b := w.world.Street(t), w.world.Street(t)
	var seats []*seat
	for range 20 {
		seats = append(seats, w.open(a.Slug, a.ID, 1, "of=case"), w.open(b.Slug, b.ID, 1, "of=case"))
	}
	follows := func() bool {
		var stacks strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&stacks, 2)
		return strings.Contains(stacks.String(), fmt.Sprintf("(*Live).follow(%p", w.live)) || strings.Contains(stacks.String(), fmt.Sprintf("(*Live).Run(%p", w.live))
	}
	if !follows() {
		t.Error("twenty screens listen, and no goroutine is seen to follow them")
	}
	for _, s := range seats[:20] {
		s.close()
	}
	w.until("half of them left", func() bool { w.live.mu.Lock(); defer w.live.mu.Unlock(); return w.live.count == 20 })
	w.stop()
	for _, s := range seats[20:] {
		s.ends()
	}
	w.until("all of them left", func() bool {
		w.live.mu.Lock()
		defer w.live.mu.Unlock()
		return w.live.count == 0 && len(w.live.people) == 0
	})
	if got := w.watch(w.server.Client(), a.Slug, 1, "of=case").status; got != http.StatusServiceUnavailable {
		t.Errorf("after the stop a screen gets %d", got)
	}
	w.until("no goroutine is left", func() bool { return !follows() })
}

func TestAStreetNobodyLooksAtIsNotHeard(t *testing.T) {
	t.Parallel()
	w := openWall(t, func(l *Live) { l.linger = 100 * time.Millisecond })
	a := w.world.Street(t)
	w.open(a.Slug, a.ID, 1, "of=case").close()
	w.until("the subscription is given up", func() bool { return len(w.redis.PubSubChannels("*")) == 0 })
	s := w.open(a.Slug, a.ID, 1, "of=case")
	w.hint(a.ID, "case", tenants.NewID())
	s.hears("moved")
}
