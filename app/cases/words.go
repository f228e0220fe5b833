package cases

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Words are what a case's sealed columns say.
type Words struct {
	Title, Description, Address, Petitioner, Phone string
}

// Open opens what people said and who they are. Showing a petitioner in full is a look: see [Petitioner].
func (c *Case) Open(box *keys.Box) (Words, error) {
	var w Words
	for _, f := range []struct {
		column string
		from   []byte
		to     *string
	}{
		{"title", c.Title, &w.Title}, {"description", c.Description, &w.Description}, {"address", c.Address, &w.Address},
		{"petitioner", c.Petitioner, &w.Petitioner}, {"phone", c.Phone, &w.Phone},
	} {
		var err error
		if *f.to, err = box.Open(keys.Addr{Table: "cases", Column: f.column, ID: c.ID}, f.from); err != nil {
			return Words{}, fmt.Errorf("case %s: %w", c.Number, err)
		}
	}
	return w, nil
}

// title opens the title alone, for lists.
func (c *Case) title(box *keys.Box) (string, error) {
	return box.Open(keys.Addr{Table: "cases", Column: "title", ID: c.ID}, c.Title)
}

func (c *Case) seal(box *keys.Box, w Words) {
	at := func(column string) keys.Addr { return keys.Addr{Table: "cases", Column: column, ID: c.ID} }
	phone := keys.NormalPhone(w.Phone)
	c.Title, c.Description = box.Seal(at("title"), w.Title), box.Seal(at("description"), w.Description)
	c.Address, c.Petitioner = box.Seal(at("address"), w.Address), box.Seal(at("petitioner"), w.Petitioner)
	c.Phone, c.PhoneBlind = box.Seal(at("phone"), phone), box.Blind("phone", phone)
}

// Grounds are what an assignment's sealed columns say.
type Grounds struct{ Parties, Designator, Ground, Reason string }

// Open opens the reasons of a dispatch.
func (a *Assignment) Open(box *keys.Box) (Grounds, error) {
	var g Grounds
	for _, f := range []struct {
		column string
		from   []byte
		to     *string
	}{{"parties", a.Parties, &g.Parties}, {"designator", a.Designator, &g.Designator}, {"ground", a.Ground, &g.Ground}, {"reason", a.Reason, &g.Reason}} {
		var err error
		if *f.to, err = box.Open(keys.Addr{Table: "assignments", Column: f.column, ID: a.ID}, f.from); err != nil {
			return Grounds{}, fmt.Errorf("assignment %s: %w", a.ID, err)
		}
	}
	return g, nil
}

func (a *Assignment) seal(box *keys.Box, g Grounds) {
	at := func(column string) keys.Addr { return keys.Addr{Table: "assignments", Column: column, ID: a.ID} }
	a.Parties, a.Designator = box.Seal(at("parties"), g.Parties), box.Seal(at("designator"), g.Designator)
	a.Ground, a.Reason = box.Seal(at("ground"), g.Ground), box.Seal(at("reason"), g.Reason)
}

// Petitioner opens a case for somebody who is about to see its petitioner in full, and writes down
// that he does and why. The transaction must be a writing one. A confidential petitioner is
// fault.Forbidden outside the desk.
func Petitioner(ctx context.Context, tx tenants.Tx, id uuid.UUID, purpose string) (*Case, error) {
	if _, ok := purposes[purpose]; !ok {
		return nil, errPurpose()
	}
	c, _, err := Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if !seesPetitioner(tx.Actor(), c) {
		return nil, errConfidential()
	}
	return c, tx.Looked(ctx, tenants.Look{Object: "case", ObjectID: c.ID, Fields: []string{"petitioner", "phone"}, Purpose: purpose})
}
