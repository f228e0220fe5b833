package keys

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Columns says of one table which columns hold what. A feature declares it beside its models, and
// the wiring of the app collects all of them: together they are the column catalogue. A column is
// in exactly one list.
type Columns struct {
	// Table is the table's name; with its schema ("ctl.tenants") when that is not public.
	Table string
	// Plain columns hold nothing that tells who a person is or what they said: keys, codes, states,
	// times, counts, texts of the street itself.
	Plain []string
	// Sealed columns (bytea) hold what Box.Seal made: names, phones, addresses, identifiers, all
	// free text, names of files, tokens.
	Sealed []string
	// Blind columns (bytea) hold what Box.Blind made. Each is named after the sealed column that it is
	// made of, phone_blind of phone, and made as Blind("phone", the value as it is sealed): with a new
	// data key it is computed anew.
	Blind []string
}

// BlindSuffix is what a blind column has more than the name of the sealed column that it is made of.
const BlindSuffix = "_blind"

// Column is one column that the database really has.
type Column struct {
	Table string // as Columns.Table
	Name  string
	Type  string // data_type of information_schema.columns, as in "bytea", "timestamp with time zone"
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$`)

// Check compares the catalogue with the database and returns what is wrong, one sentence per
// finding, sorted; none means that every column is accounted for. It finds columns and tables that
// nobody declared, declared ones that do not exist, sealed or blind columns that are not bytea, ones
// that could not be brought over to a new data key, and double declarations. Leave partitions out of actual: their parent speaks for them.
func Check(declared []Columns, actual []Column) []string {
	var found []string
	say := func(s string, args ...any) { found = append(found, fmt.Sprintf(s, args...)) }

	has := map[string]map[string]string{} // table → column → type
	for _, c := range actual {
		if has[c.Table] == nil {
			has[c.Table] = map[string]string{}
		}
		has[c.Table][c.Name] = c.Type
	}

	known := map[string]map[string]bool{}
	for _, d := range declared {
		if known[d.Table] != nil {
			say("table %s is declared twice: keep the declaration of the feature that owns it", d.Table)
		} else {
			known[d.Table] = map[string]bool{}
		}
		if !plainName.MatchString(d.Table) {
			say("table %q: a name in the catalogue is lower-case letters, digits and _", d.Table)
		}
		if has[d.Table] == nil {
			say("table %s is declared, but the database has no such table", d.Table)
		}
		for _, list := range []struct {
			what  string
			names []string
			bytea bool
		}{{"plain", d.Plain, false}, {"sealed", d.Sealed, true}, {"blind", d.Blind, true}} {
			for _, name := range list.names {
				if !plainName.MatchString(name) || strings.Contains(name, ".") {
					say("column %q of %s: a name in the catalogue is lower-case letters, digits and _", name, d.Table)
				}
				if known[d.Table][name] {
					say("%s.%s is declared twice: a column is plain, sealed or blind", d.Table, name)
				}
				known[d.Table][name] = true
				kind, exists := has[d.Table][name]
				switch {
				case has[d.Table] == nil: // said above
				case !exists:
					say("%s.%s is declared %s, but the table has no such column", d.Table, name, list.what)
				case list.bytea && kind != "bytea":
					say("%s.%s is declared %s, but its type is %s: it must be bytea", d.Table, name, list.what, kind)
				}
			}
		}
	}

	for _, d := range declared {
		if has[d.Table] == nil || strings.Contains(d.Table, ".") { // the deployment's own, under its own key
			continue
		}
		if kind := has[d.Table]["id"]; len(d.Sealed) > 0 && kind != "uuid" {
			say("table %s has sealed columns and no column id of type uuid under which they are sealed", d.Table)
		}
		for _, name := range d.Blind {
			if of, ok := strings.CutSuffix(name, BlindSuffix); !ok || !slices.Contains(d.Sealed, of) {
				say("%s.%s is blind: call it after the sealed column of the table that it is made of, as phone_blind of phone", d.Table, name)
			}
		}
	}

	for table, columns := range has {
		var missing []string
		for name := range columns {
			if !known[table][name] {
				missing = append(missing, name)
			}
		}
		slices.Sort(missing)
		switch {
		case known[table] == nil:
			say("table %s is in no catalogue: declare its columns %s beside its models", table, strings.Join(missing, ", "))
		case len(missing) > 0:
			say("%s.%s: no feature declares it; say whether it is plain, sealed or blind", table, strings.Join(missing, ", "+table+"."))
		}
	}
	slices.Sort(found)
	return found
}
