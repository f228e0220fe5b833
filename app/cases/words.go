package cases

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/cases/noted"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Words are what a case's sealed columns say.
type Words struct {
	Title, Description, Address, Petitioner, Phone string
	Subject                                        string // 被反映主体
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
		{"petitioner", c.Petitioner, &w.Petitioner}, {"phone", c.Phone, &w.Phone}, {"subject", c.Subject, &w.Subject},
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
	c.Subject = box.Seal(at("subject"), w.Subject)
	c.Phone, c.PhoneBlind = box.Seal(at("phone"), phone), box.Blind("phone", phone)
}

// Filled opens what was filled in for the case's class (登记项).
func (c *Case) Filled(box *keys.Box) (noted.Values, error) {
	text, err := box.Open(keys.Addr{Table: "cases", Column: "noted", ID: c.ID}, c.Noted)
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", c.Number, err)
	}
	return noted.Parse(text)
}

func (c *Case) fill(box *keys.Box, v noted.Values) {
	c.Noted = box.Seal(keys.Addr{Table: "cases", Column: "noted", ID: c.ID}, v.Text())
}

// fillMore puts what was filled in on an occasion over what the case has; nil: the occasion had no form to fill in.
func (s *step) fillMore(w *change, at blueprint.Filled, more noted.Values) error {
	if more == nil {
		return nil
	}
	have, err := s.c.Filled(s.box)
	if err != nil {
		return err
	}
	s.c.fill(s.box, have.Over(more, s.rules.FieldsAt(s.c.Class, at)))
	w.columns = append(w.columns, "noted")
	return nil
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
func Petitioner(ctx context.Context, tx tenants.Tx, id uuid.UUID, purpose string) (*Case, *blueprint.Config, error) {
	if _, ok := purposes[purpose]; !ok {
		return nil, nil, errPurpose()
	}
	c, rules, err := Find(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if !seesPetitioner(tx.Actor(), c) {
		return nil, nil, errConfidential()
	}
	seen := []string{"petitioner", "phone"}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, nil, err
	}
	v, err := c.Filled(box)
	if err != nil {
		return nil, nil, err
	}
	if v.Personal(rules.FieldsOf(c.Class)) {
		seen = append(seen, "noted")
	}
	return c, rules, tx.Looked(ctx, tenants.Look{Object: "case", ObjectID: c.ID, Fields: seen, Purpose: purpose})
}
