package bench

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wanjie/tenants"
)

// transaction is what one connection sent from BEGIN to COMMIT or ROLLBACK.
type transaction struct {
	conn       uint32
	surface    string // gateway, tenant …
	tenant     string // empty above the tenants
	ended      time.Time
	statements []tenants.Statement
}

// key says which transactions must keep their order: those of a tenant, those of a follower, which
// takes one bite after the other whatever its connection, and else those of a connection.
func (t *transaction) key() string {
	if t.tenant != "" {
		return "tenant " + t.tenant
	}
	if t.surface == "system" {
		for _, s := range t.statements {
			if m := followerIn.FindStringSubmatch(s.SQL); m != nil {
				return "follower " + m[1]
			}
		}
	}
	return t.surface + " " + strconv.Itoa(int(t.conn))
}

// Recorder hears statements ([tenants.Config].Trace) and keeps them, while it is switched on, as
// transactions in the order of their ends: the order in which they took their tenants' heads.
type Recorder struct {
	on   atomic.Bool
	mu   sync.Mutex
	open map[uint32]*transaction
	done []*transaction
}

// Hear takes one statement. It is safe for concurrent use and does next to nothing while switched off.
func (r *Recorder) Hear(s tenants.Statement) {
	if !r.on.Load() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasPrefix(s.SQL, "BEGIN") {
		if t := r.open[s.Conn]; t != nil { // its scope was refused, which the product ends without a word
			t.statements = append(t.statements, tenants.Statement{Conn: s.Conn, SQL: "ROLLBACK"})
			r.end(t)
		}
		surface, tenant := scopeOf(s.SQL)
		r.open[s.Conn] = &transaction{conn: s.Conn, surface: surface, tenant: tenant, statements: []tenants.Statement{s}}
		return
	}
	t := r.open[s.Conn]
	if t == nil { // begun before we listened
		return
	}
	t.statements = append(t.statements, s)
	if s.SQL == "COMMIT" || s.SQL == "ROLLBACK" {
		r.end(t)
	}
}

func (r *Recorder) end(t *transaction) {
	delete(r.open, t.conn)
	t.ended = time.Now()
	r.done = append(r.done, t)
}

// start forgets what was recorded and listens.
func (r *Recorder) start() {
	r.mu.Lock()
	r.open, r.done = map[uint32]*transaction{}, nil
	r.mu.Unlock()
	r.on.Store(true)
}

// mark is how many transactions have ended so far.
func (r *Recorder) mark() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.done)
}

// stop stops listening and answers the transactions that have ended.
func (r *Recorder) stop() []*transaction {
	r.on.Store(false)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}

var (
	roleIn   = regexp.MustCompile(`SET LOCAL ROLE wanjie_([a-z]+)`)
	tenantIn = regexp.MustCompile(`SET LOCAL wj\.tenant='([0-9]+)'`)
	// As tenants/journal takes a follower's cursors.
	followerIn = regexp.MustCompile(`FROM cursors WHERE follower = '([a-z]+)'`)
)

// scopeOf reads the surface and the tenant from the string that opens a transaction.
func scopeOf(begin string) (surface, tenant string) {
	if m := roleIn.FindStringSubmatch(begin); m != nil {
		surface = m[1]
	}
	if m := tenantIn.FindStringSubmatch(begin); m != nil {
		tenant = m[1]
	}
	return surface, tenant
}

// census counts transactions, statements and connections by surface, for the detail.
func census(txs []*transaction) map[string]any {
	type count struct {
		Transactions int `json:"transactions"`
		Statements   int `json:"statements"`
		Connections  int `json:"connections"`
	}
	by := map[string]*count{}
	conns := map[uint32]bool{}
	for _, t := range txs {
		c := by[t.surface]
		if c == nil {
			c = &count{}
			by[t.surface] = c
		}
		c.Transactions++
		c.Statements += len(t.statements)
		if !conns[t.conn] {
			conns[t.conn] = true
			c.Connections++
		}
	}
	out := map[string]any{}
	for surface, c := range by {
		out[surface] = *c
	}
	return out
}
