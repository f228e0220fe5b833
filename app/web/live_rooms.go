package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/journal/hint"
)

// How many screens may listen at once. A screen that sleeps costs a goroutine and two buffers, some 20 kB.
const (
	mostScreens = 4000 // of this process
	mostOfOne   = 12   // of one person: windows in sight, on all machines
	mostOnWalls = 24   // of one tenant: screens at which nobody sits
)

var (
	listening = prometheus.NewGauge(prometheus.GaugeOpts{Name: "wanjie_live_screens", Help: "Screens that listen for changes."})
	lost      = prometheus.NewCounter(prometheus.CounterOpts{Name: "wanjie_live_lost_total", Help: "Screens dropped because they did not take an event in time."})
)

// Live passes the hints of the journal on to the screens of this process. It has one connection to Redis and on it
// one subscription for each tenant that anybody looks at, however many screens those are. Hints may be lost, and
// while Redis is away nothing is heard: pages work as they do without scripts.
type Live struct {
	redis redis.UniversalClient
	log   *slog.Logger

	most, each int
	pace       time.Duration // between two words to one screen
	beat       time.Duration // between signs of life, under the minute after which proxies hang up
	look       time.Duration // between questions whether the person may still listen; words of an end come at once
	spread     time.Duration // over which screens ask at once what they missed
	patience   time.Duration // for a screen to take an event
	linger     time.Duration // for which a tenant that nobody looks at stays subscribed: a page follows a page

	mu      sync.Mutex
	rooms   map[tenants.ID]*room
	people  map[int64]int
	count   int
	stopped bool
	change  chan struct{} // the rooms are others than those subscribed
}

// room is the screens of one tenant.
type room struct {
	screens map[*screen]bool
	open    bool      // Redis has confirmed the subscription
	left    time.Time // when the last screen left
}

// screen is one page that listens. Its channels hold one word each, so whoever speaks never waits for it.
type screen struct {
	tenant  tenants.ID
	visitor Visitor
	topics  []topic

	moved   chan struct{} // something that it listens for
	again   chan struct{} // words may have been lost
	recheck chan struct{} // the session or grant may have ended
	out     chan struct{} // closed: the process stops
}

// NewLive makes the screens' ear; Run must run for them to hear anything.
func NewLive(client redis.UniversalClient, log *slog.Logger) *Live {
	return &Live{
		redis: client, log: log, most: mostScreens, each: mostOfOne,
		pace: time.Second, beat: 20 * time.Second, look: 30 * time.Second, spread: 3 * time.Second, patience: 10 * time.Second, linger: 30 * time.Second,
		rooms: map[tenants.ID]*room{}, people: map[int64]int{}, change: make(chan struct{}, 1),
	}
}

// nudge leaves a word unless one lies there already.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// enter lets a screen listen to a tenant. full is the fault of one too many; leave it all the same.
func (l *Live) enter(id tenants.ID, v Visitor, topics []topic) (sc *screen, full error) {
	word := func() chan struct{} { return make(chan struct{}, 1) }
	sc = &screen{tenant: id, visitor: v, topics: topics, moved: word(), again: word(), recheck: word(), out: word()}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.stopped || l.count >= l.most:
		return sc, fault.New(fault.Unavailable, "系统繁忙，请稍候几秒再试")
	case v.Person != 0 && l.people[v.Person] >= l.each, v.Person == 0 && l.walls(id) >= mostOnWalls:
		return sc, fault.New(fault.TooMany, "同时打开的页面过多，请关闭一些再试")
	}
	r := l.rooms[id]
	if r == nil {
		r = &room{screens: map[*screen]bool{}}
		l.rooms[id] = r
		nudge(l.change)
	}
	r.screens[sc] = true
	l.people[v.Person]++
	l.count++
	listening.Inc()
	return sc, nil
}

// walls counts the tenant's screens at which nobody sits.
func (l *Live) walls(id tenants.ID) (n int) {
	if r := l.rooms[id]; r != nil {
		for sc := range r.screens {
			if sc.visitor.Person == 0 {
				n++
			}
		}
	}
	return n
}

// leave undoes enter.
func (l *Live) leave(sc *screen) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.rooms[sc.tenant]
	if r == nil || !r.screens[sc] {
		return
	}
	delete(r.screens, sc)
	r.left = time.Now() //nolint:forbidigo // how long ago, not what time it is
	if l.people[sc.visitor.Person]--; l.people[sc.visitor.Person] == 0 {
		delete(l.people, sc.visitor.Person)
	}
	l.count--
	listening.Dec()
}

// Recheck makes every screen whose visitor is one of who ask anew whether it may listen.
func (l *Live) Recheck(who func(Visitor) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.rooms {
		for sc := range r.screens {
			if who(sc.visitor) {
				nudge(sc.recheck)
			}
		}
	}
}

// Run hears hints until ctx ends, then sends every screen away. It connects again by itself.
func (l *Live) Run(ctx context.Context) error {
	defer l.stop()
	sub := l.redis.Subscribe(ctx)
	defer func() { _ = sub.Close() }()
	heard := sub.ChannelWithSubscriptions(redis.WithChannelHealthCheckInterval(3 * time.Second))
	sweep := time.NewTicker(l.linger)
	defer sweep.Stop()
	channels := map[string]tenants.ID{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.change:
			l.subscribe(ctx, sub, channels)
		case <-sweep.C:
			l.unsubscribe(ctx, sub, channels)
		case m, ok := <-heard:
			if !ok {
				return nil
			}
			switch m := m.(type) {
			case *redis.Subscription:
				if id, is := channels[m.Channel]; is && m.Kind == "subscribe" {
					l.opened(id)
				}
			case *redis.Message:
				var h hint.Hint
				if id, is := channels[m.Channel]; is && json.Unmarshal([]byte(m.Payload), &h) == nil {
					l.hear(id, h)
				}
			}
		}
	}
}

// subscribe asks Redis for the tenants that are looked at and not heard yet.
func (l *Live) subscribe(ctx context.Context, sub *redis.PubSub, channels map[string]tenants.ID) {
	var fresh []string
	l.mu.Lock()
	for id := range l.rooms {
		if c := hint.Channel(id); channels[c] == 0 {
			channels[c] = id
			fresh = append(fresh, c)
		}
	}
	l.mu.Unlock()
	if len(fresh) == 0 {
		return
	}
	if err := sub.Subscribe(ctx, fresh...); err != nil && ctx.Err() == nil {
		l.log.Warn("live screens hear nothing until Redis is back", "err", err)
	}
}

// unsubscribe gives up the tenants that nobody has looked at for a while.
func (l *Live) unsubscribe(ctx context.Context, sub *redis.PubSub, channels map[string]tenants.ID) {
	var stale []string
	l.mu.Lock()
	for id, r := range l.rooms {
		if len(r.screens) == 0 && time.Since(r.left) > l.linger {
			delete(l.rooms, id)
			stale = append(stale, hint.Channel(id))
		}
	}
	l.mu.Unlock()
	for _, c := range stale {
		delete(channels, c)
	}
	if len(stale) > 0 {
		_ = sub.Unsubscribe(ctx, stale...)
	}
}

// opened: from now on the tenant is heard; what came before may have been lost. After a break all ask, and not all
// at once.
func (l *Live) opened(id tenants.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.rooms[id]
	if r == nil {
		return
	}
	for sc := range r.screens {
		if r.open {
			nudge(sc.again)
		} else {
			nudge(sc.recheck)
		}
	}
	r.open = true
}

// hear passes a hint on to the screens that listen for it.
func (l *Live) hear(id tenants.ID, h hint.Hint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.rooms[id]
	if r == nil {
		return
	}
	for sc := range r.screens {
		if h.Object == "grant" {
			nudge(sc.recheck)
		}
		if slices.ContainsFunc(sc.topics, func(t topic) bool { return t.object == h.Object && (t.id == h.ID || t.id == uuid.Nil) }) {
			nudge(sc.moved)
		}
	}
}

// stop sends every screen away and lets no other in.
func (l *Live) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	for _, r := range l.rooms {
		for sc := range r.screens {
			close(sc.out)
		}
	}
}
