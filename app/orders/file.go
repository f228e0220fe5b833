package orders

import (
	"context"
	"slices"

	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/tables"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Upload is a file and how it is to be read.
type Upload struct {
	Map       Map
	Name      string // of the file, for messages
	Raw       []byte
	Otherwise string // class of rows whose own is not known here; empty: they are refused
	DryRun    bool   // check everything, write nothing
}

// Problem is why a row was not taken in. It repeats nothing of the row but its number.
type Problem struct {
	Line    int
	UpperNo string
	Column  string // of the file; empty: the row as a whole
	Say     string // a catalogue key, with what fills its verbs
	Args    []any
}

// Result is what an upload did, or with a dry run would do.
type Result struct {
	Read     int
	Fresh    int // taken in now
	Existing int // here already, by channel and number
	Problems []Problem
}

// Take takes in the orders of a file. It is fault.Forbidden without the capability to accept reports, and
// fault.Invalid for a file that cannot be read at all. Uploads of a channel follow one after the other: an order that
// two of them bring is taken in once.
func Take(ctx context.Context, tx tenants.Tx, in Upload) (Result, error) {
	d, err := deskFor(ctx, tx, in.Map.Channel, in.Map.Types, in.Otherwise)
	if f := fault.Of(err); f != nil && f.Fields["channel"] != "" {
		return Result{}, fault.Field("map", f.Fields["channel"])
	}
	if err != nil {
		return Result{}, err
	}
	s, rows, err := open(in)
	if err != nil {
		return Result{}, err
	}
	if !in.DryRun {
		if err := d.hold(ctx, tx); err != nil {
			return Result{}, err
		}
	}
	read := make([]*cases.Intake, len(rows))
	out := Result{Read: len(rows)}
	for i, r := range rows {
		if r.Bad != nil {
			out.Problems = append(out.Problems, Problem{Line: r.Line, Say: r.Bad.Say, Args: r.Bad.Args})
			continue
		}
		o := s.order(r)
		if read[i], err = d.read(ctx, tx, o); fault.Is(err, fault.Invalid) {
			out.Problems = append(out.Problems, s.problem(r, o, fault.Of(err)))
		} else if err != nil {
			return Result{}, err
		}
	}
	err = d.take(ctx, tx, read, in.DryRun, func(_ *cases.Case, fresh bool) {
		if fresh {
			out.Fresh++
		} else {
			out.Existing++
		}
	})
	return out, err
}

// sheet knows the columns of one file.
type sheet struct {
	Map
	at    map[string]int    // column → place
	names map[string]string // field of an order → column of the file
}

func open(in Upload) (*sheet, []tables.Row, error) {
	header, rows, err := table(in.Name, in.Raw)
	if err != nil {
		return nil, nil, err
	}
	s := &sheet{Map: in.Map, at: map[string]int{}, names: map[string]string{}}
	for i, h := range header {
		if _, twice := s.at[h]; !twice {
			s.at[h] = i
		}
	}
	for _, must := range [][]string{in.Map.Columns.UpperNo, in.Map.Columns.Description} {
		if s.column(must) == "" {
			return nil, nil, fault.New(fault.Invalid, "文件缺少“%s”这一列，请核对所选的来单格式", must[0]).And("file", ui.Key("表头与所选格式不符"))
		}
	}
	c := in.Map.Columns
	for field, columns := range map[string][]string{
		"upper_no": c.UpperNo, "title": c.Title, "description": c.Description, "class": c.Classes, "petitioner": c.Petitioner, "phone": c.Phone,
		"address": c.Address, "community": c.Community, "lon": c.Lon, "lat": c.Lat, "upper_due": c.UpperDue, "reported_at": c.ReportedAt,
	} {
		s.names[field] = s.column(columns)
	}
	return s, rows, nil
}

// column is the first of the names that the file has.
func (s *sheet) column(names []string) string {
	for _, n := range names {
		if _, ok := s.at[n]; ok {
			return n
		}
	}
	return ""
}

func (s *sheet) cell(r tables.Row, names []string) string {
	i, ok := s.at[s.column(names)]
	if !ok || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// order is what a row says.
func (s *sheet) order(r tables.Row) Order {
	c := s.Columns
	o := Order{
		UpperNo: s.cell(r, c.UpperNo), Title: s.cell(r, c.Title), Description: s.cell(r, c.Description), Type: s.cell(r, c.Type),
		Petitioner: s.cell(r, c.Petitioner), Phone: s.cell(r, c.Phone), Address: s.cell(r, c.Address), Community: s.cell(r, c.Community),
		Confidential: slices.Contains(s.Yes, s.cell(r, c.Confidential)), Urgent: slices.Contains(s.Yes, s.cell(r, c.Urgent)),
		Lon: s.cell(r, c.Lon), Lat: s.cell(r, c.Lat), ReportedAt: s.cell(r, c.ReportedAt), UpperDue: s.cell(r, c.UpperDue),
	}
	for _, name := range c.Classes {
		o.Classes = append(o.Classes, s.cell(r, []string{name}))
	}
	return o
}

// problem is the first thing that is wrong with a row.
func (s *sheet) problem(r tables.Row, o Order, f *fault.Error) Problem {
	for _, field := range fields {
		if say, ok := f.Fields[field]; ok {
			return Problem{Line: r.Line, UpperNo: o.UpperNo, Column: s.names[field], Say: say}
		}
	}
	for _, say := range f.Fields {
		return Problem{Line: r.Line, UpperNo: o.UpperNo, Say: say}
	}
	return Problem{Line: r.Line, UpperNo: o.UpperNo, Say: f.Say}
}
