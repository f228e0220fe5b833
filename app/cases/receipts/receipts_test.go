package receipts

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/auth/courier"
	"wanjie/app/cases"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The people of a test street.
const (
	clerk  = 101 // 受理员
	worker = 103 // 承办联络员 of the sanitation station
	caller = 107 // 回访员
)

type street struct {
	*testing.T
	*tenantstest.World
	tenants.Tenant
	c *cases.Case
}

func openStreet(t *testing.T) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{T: t, World: w, Tenant: w.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })}
	s.as(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		for person, g := range map[int64]tenants.Grant{clerk: {Role: auth.Intake}, worker: {Role: auth.Handler, Unit: "sanitation"}, caller: {Role: auth.Caller}} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		if s.c, err = cases.Report(ctx, tx, cases.Intake{Channel: "hotline", UpperNo: "1", Class: "matter-06010", Community: "320505003001",
			Words: cases.Words{Title: "垃圾", Description: "东门垃圾", Address: "东门", Petitioner: "周某", Phone: "13912345678"}}); err != nil {
			return err
		}
		s.c, err = cases.Dispatch(ctx, tx, s.c.ID, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
		return err
	})
	return s
}

// as works in the street as a person; 0 is the product.
func (s *street) as(person int64, f func(context.Context, tenants.Tx) error) {
	s.Helper()
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	if err := s.DB.Write(s.Context(), s.ID, actor, f); err != nil {
		s.Fatal(err)
	}
}

func (s *street) hears(t courier.Told) {
	s.Helper()
	s.as(0, func(ctx context.Context, tx tenants.Tx) error { return Note(ctx, tx, t) })
}

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// What is told about a message comes late, twice and in any order, and the case says the same in the end.
func TestToldInAnyOrder(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	told := func(state string, r courier.ReceiptState) courier.Told {
		out := courier.Told{About: s.c.ID, Purpose: "notice.closed", State: state, At: noon, Receipt: courier.Receipt{State: r}}
		if r != "" && r != courier.Waiting {
			out.Receipt.At = noon.Add(time.Minute)
		}
		return out
	}
	left, given := told(courier.Sent, courier.Waiting), told(courier.Failed, "")
	came, missed := told(courier.Sent, courier.Delivered), told(courier.Sent, courier.Undelivered)
	for name, story := range map[string]struct {
		hears []courier.Told
		want  courier.Told
	}{
		"in order":                         {[]courier.Told{left, came}, came},
		"twice":                            {[]courier.Told{left, came, left, came}, came},
		"the receipt before the sending":   {[]courier.Told{came, left}, came},
		"not yet":                          {[]courier.Told{left, left}, left},
		"a second word after the first":    {[]courier.Told{left, missed, came}, missed},
		"given up":                         {[]courier.Told{given}, given},
		"given up, and tried again later":  {[]courier.Told{given, left, came}, came},
		"given up, heard after it arrived": {[]courier.Told{left, came, given}, came},
		"given up, heard after it left":    {[]courier.Told{left, given}, left},
	} {
		id := tenants.NewID()
		for _, h := range story.hears {
			h.ID = id
			s.hears(h)
		}
		s.as(0, func(ctx context.Context, tx tenants.Tx) error {
			list, err := Of(ctx, tx, s.c.ID)
			if !slices.ContainsFunc(list, func(m Message) bool { return m.ID == id }) {
				t.Errorf("%s: the case does not know of the message", name)
			}
			for _, m := range list {
				if m.ID == id && (m.State != story.want.State || m.Receipt != story.want.Receipt.State || !m.ReceiptAt.Equal(story.want.Receipt.At)) {
					t.Errorf("%s: %s, receipt %q at %v", name, m.State, m.Receipt, m.ReceiptAt)
				}
			}
			return err
		})
	}
}

// Whoever talks to the petitioner reads that the text did not arrive and why, and telephones; the unit does not read it.
func TestTheSheetSaysToTelephone(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	sheet := func(person int64) string {
		var b bytes.Buffer
		s.as(person, func(ctx context.Context, tx tenants.Tx) error {
			c, rules, err := cases.Find(ctx, tx, s.c.ID)
			if err != nil {
				return err
			}
			parts, err := Panel(ctx, tx, nil, c, rules, cases.Tried{})
			for _, p := range parts {
				if err := p.Render(ctx, &b); err != nil {
					return err
				}
			}
			return err
		})
		return b.String()
	}
	unreached := func() (yes bool) {
		s.as(caller, func(ctx context.Context, tx tenants.Tx) error {
			got, err := Unreached(ctx, tx, []uuid.UUID{s.c.ID, tenants.NewID()})
			yes = got[s.c.ID]
			if len(got) > 1 {
				t.Errorf("more than one case: %v", got)
			}
			return err
		})
		return yes
	}
	if sheet(clerk) != "" || unreached() {
		t.Error("a case without a message says something of messages")
	}
	extended := courier.Told{ID: tenants.NewID(), About: s.c.ID, Purpose: "case.extended", State: courier.Sent, At: noon, Receipt: courier.Receipt{State: courier.Delivered, At: noon.Add(time.Minute), Said: "DELIVERED"}}
	s.hears(extended)
	if got := sheet(clerk); !strings.Contains(got, "已送达") || !strings.Contains(got, "2026-11-23 12:01") || strings.Contains(got, "请改为电话告知") || unreached() {
		t.Errorf("it arrived, and the sheet says %s", got)
	}
	closed := courier.Told{ID: tenants.NewID(), About: s.c.ID, Purpose: "notice.closed", State: courier.Sent, At: noon.Add(time.Hour),
		Receipt: courier.Receipt{State: courier.Undelivered, At: noon.Add(time.Hour), Said: "MOBILE_NOT_ON_SERVICE"}}
	s.hears(closed)
	for _, person := range []int64{clerk, caller} {
		if got := sheet(person); !strings.Contains(got, "办结短信") || !strings.Contains(got, "未送达") || !strings.Contains(got, "号码停机或空号") || !strings.Contains(got, "请改为电话告知") ||
			strings.Contains(got, "13912345678") {
			t.Errorf("%d reads %s", person, got)
		}
	}
	if got := sheet(worker); got != "" {
		t.Errorf("the unit reads %s", got)
	}
	if !unreached() {
		t.Error("the caller does not hear that the last message did not arrive")
	}
	closed.ID, closed.At, closed.Receipt = tenants.NewID(), noon.Add(2*time.Hour), courier.Receipt{State: courier.Waiting}
	s.hears(closed)
	if got := sheet(clerk); !strings.Contains(got, "对方未告知") || strings.Contains(got, "请改为电话告知") || unreached() {
		t.Errorf("a newer one waits for days, and the sheet says %s", got)
	}
	// Another street has no such case, and nothing of it.
	other := s.Street(t)
	if err := s.DB.Write(t.Context(), other.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		list, err := Of(ctx, tx, s.c.ID)
		if len(list) != 0 {
			t.Errorf("a neighbour reads %v", list)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := s.DB.Write(t.Context(), other.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return Note(ctx, tx, closed) }); err == nil {
		t.Error("a neighbour notes a message about a case that it does not have")
	}
}
