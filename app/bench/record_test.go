package bench

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/tenants"
)

func said(conn uint32, sql string, params ...string) tenants.Statement {
	s := tenants.Statement{Conn: conn, SQL: sql}
	for _, p := range params {
		s.Params = append(s.Params, []byte(p))
	}
	return s
}

// What the recorder makes of three connections that speak at once.
func TestRecorderGroups(t *testing.T) {
	const (
		tenant = "BEGIN; SET LOCAL ROLE wanjie_tenant; SET LOCAL wj.tenant='1000007'; SELECT slug"
		system = "BEGIN; SET LOCAL ROLE wanjie_system"
		read   = "BEGIN READ ONLY; SET LOCAL ROLE wanjie_tenant; SET LOCAL wj.tenant='1000008'; SELECT slug"
	)
	r := &Recorder{}
	r.Hear(said(1, tenant)) // not switched on yet: its rest is nobody's
	r.start()
	for _, s := range []tenants.Statement{
		said(1, "UPDATE before"),
		said(1, "COMMIT"),
		said(1, tenant),
		said(2, system),
		said(1, "UPDATE a"),
		said(3, read),
		said(2, "WITH c AS (SELECT tenant_id, n FROM cursors WHERE follower = 'tally' AND true) SELECT b"),
		said(1, "INSERT c", "1", "2"),
		said(2, "COMMIT"),
		said(1, "COMMIT"),
		said(3, read), // the first was refused by its scope, and the connection used again
		said(3, "ROLLBACK"),
		said(2, system), // still under way at the end
	} {
		r.Hear(s)
	}
	type got struct {
		Conn       uint32
		Key        string
		Statements []string
	}
	var all []got
	for _, x := range r.stop() {
		g := got{Conn: x.conn, Key: x.key()}
		for _, s := range x.statements {
			g.Statements = append(g.Statements, s.SQL)
		}
		all = append(all, g)
	}
	want := []got{
		{2, "follower tally", []string{system, "WITH c AS (SELECT tenant_id, n FROM cursors WHERE follower = 'tally' AND true) SELECT b", "COMMIT"}},
		{1, "tenant 1000007", []string{tenant, "UPDATE a", "INSERT c", "COMMIT"}},
		{3, "tenant 1000008", []string{read, "ROLLBACK"}},
		{3, "tenant 1000008", []string{read, "ROLLBACK"}},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	r.Hear(said(9, tenant))
	r.Hear(said(9, "COMMIT"))
	if len(r.stop()) != len(want) {
		t.Error("it listens after the stop")
	}
}
