package keys_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/tenants/keys"
)

var cases = keys.Columns{
	Table:  "cases",
	Plain:  []string{"tenant_id", "id", "state"},
	Sealed: []string{"phone"},
	Blind:  []string{"phone_blind"},
}

var database = []keys.Column{
	{Table: "cases", Name: "tenant_id", Type: "integer"},
	{Table: "cases", Name: "id", Type: "uuid"},
	{Table: "cases", Name: "state", Type: "smallint"},
	{Table: "cases", Name: "phone", Type: "bytea"},
	{Table: "cases", Name: "phone_blind", Type: "bytea"},
}

func TestCheck(t *testing.T) {
	with := func(more ...keys.Column) []keys.Column { return slices.Concat(database, more) }
	retyped := func(name, kind string) []keys.Column {
		d := with()
		for i := range d {
			if d[i].Name == name {
				d[i].Type = kind
			}
		}
		return d
	}
	for _, c := range []struct {
		name     string
		declared []keys.Columns
		actual   []keys.Column
		want     []string
	}{
		{"all is well", []keys.Columns{cases}, database, nil},
		{"nothing of nothing", nil, nil, nil},
		{
			"new columns without a declaration", []keys.Columns{cases},
			with(keys.Column{Table: "cases", Name: "wechat", Type: "text"}, keys.Column{Table: "cases", Name: "note", Type: "text"}),
			[]string{"cases.note, cases.wechat: no feature declares it; say whether it is plain, sealed or blind"},
		},
		{
			"new table", []keys.Columns{cases}, with(keys.Column{Table: "ctl.notes", Name: "text", Type: "text"}, keys.Column{Table: "ctl.notes", Name: "id", Type: "uuid"}),
			[]string{"table ctl.notes is in no catalogue: declare its columns id, text beside its models"},
		},
		{
			"column dropped", []keys.Columns{cases}, database[:4],
			[]string{"cases.phone_blind is declared blind, but the table has no such column"},
		},
		{
			"table dropped", []keys.Columns{cases}, nil,
			[]string{"table cases is declared, but the database has no such table"},
		},
		{
			"sealed as text", []keys.Columns{cases}, retyped("phone", "text"),
			[]string{"cases.phone is declared sealed, but its type is text: it must be bytea"},
		},
		{
			"blind as text", []keys.Columns{cases}, retyped("phone_blind", "text"),
			[]string{"cases.phone_blind is declared blind, but its type is text: it must be bytea"},
		},
		{"plain bytea may be: a digest", []keys.Columns{cases}, retyped("state", "bytea"), nil},
		{
			"table twice", []keys.Columns{cases, {Table: "cases"}}, database,
			[]string{"table cases is declared twice: keep the declaration of the feature that owns it"},
		},
		{
			"column twice",
			[]keys.Columns{{Table: "cases", Plain: []string{"tenant_id", "id", "state", "phone"}, Sealed: []string{"phone"}, Blind: []string{"phone_blind"}}},
			database,
			[]string{"cases.phone is declared twice: a column is plain, sealed or blind"},
		},
		{
			"sealed under no id", []keys.Columns{cases}, retyped("id", "bigint"),
			[]string{"table cases has sealed columns and no column id of type uuid under which they are sealed"},
		},
		{
			"blind of nothing that is kept",
			[]keys.Columns{{Table: "cases", Plain: []string{"tenant_id", "id", "state"}, Sealed: []string{"phone"}, Blind: []string{"phone_blind", "caller_blind"}}},
			with(keys.Column{Table: "cases", Name: "caller_blind", Type: "bytea"}),
			[]string{"cases.caller_blind is blind: call it after the sealed column of the table that it is made of, as phone_blind of phone"},
		},
		{
			"names that would blur addresses",
			[]keys.Columns{{Table: "a|b", Plain: []string{"c|d"}}},
			[]keys.Column{{Table: "a|b", Name: "c|d", Type: "text"}},
			[]string{
				`column "c|d" of a|b: a name in the catalogue is lower-case letters, digits and _`,
				`table "a|b": a name in the catalogue is lower-case letters, digits and _`,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, keys.Check(c.declared, c.actual)); d != "" {
				t.Error(d)
			}
		})
	}
}
