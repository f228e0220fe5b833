package papers

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/docs"
	"wanjie/app/qr"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/papers"
)

// Print is what was printed: papers of one case, by somebody, at a time.
type Print struct {
	Office  string // above every page
	Title   string // of the paper, or of the case file
	Number  string
	Papers  []Paper
	Address string // of the case; the code at the foot leads there
	Follow  bool   // it leads to where petitioners see how far it has come
	At      time.Time
	Demo    bool
	Base    string // before the addresses of photos on a page
}

// The forms in which a paper leaves.
const (
	onScreen = "print"
	asWord   = "docx"
)

// Make lays out a paper of a case for its actor, and writes down who printed it and whom it names. The transaction must be a
// writing one. address is that of the case.
func Make(ctx context.Context, tx tenants.Tx, id uuid.UUID, d blueprint.Document, of uuid.UUID, format, address string) (Print, error) {
	k, err := gather(ctx, tx, id)
	if err != nil {
		return Print{}, err
	}
	choice, err := k.choose(d, of)
	if err != nil {
		return Print{}, err
	}
	p := Print{Office: tx.Tenant().Name, Title: tx.Tenant().Name + choice.Title, Number: k.c.Number, Address: address, At: clock.Now(ctx), Demo: tx.Tenant().Demo}
	if p.Papers, err = k.make(ctx, p.Office, choice); err != nil {
		return Print{}, err
	}
	fields, err := p.photographed(ctx, tx, k.c)
	if err != nil {
		return Print{}, err
	}
	for _, paper := range p.Papers {
		for _, f := range paper.Personal {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	if len(fields) > 0 {
		if err := tx.Looked(ctx, tenants.Look{Object: "case", ObjectID: id, Fields: fields, Purpose: "print"}); err != nil {
			return Print{}, err
		}
	}
	tx.Record(tenants.Act{Kind: "paper.printed", Version: 1, Object: "paper", ObjectID: id, HappenedAt: p.At,
		After: tenants.Dims{"paper": string(d), "paper_name": choice.Title, "format": format}})
	return p, nil
}

// mostPhotos is how many photos of a phase stand on a paper.
const mostPhotos = 4

// photographed puts the photos of a case where its papers have a place for them. fields: they are to be looked at.
func (p Print) photographed(ctx context.Context, tx tenants.Tx, c *cases.Case) (fields []string, err error) {
	for _, paper := range p.Papers {
		for _, row := range paper.Rows {
			for i := range row {
				if row[i].Phase == "" {
					continue
				}
				if row[i].Photos, err = photos.Show(ctx, tx, c, row[i].Phase, mostPhotos); err != nil {
					return nil, err
				}
				if len(row[i].Photos) > 0 {
					fields = []string{"photo"}
				}
			}
		}
	}
	return fields, nil
}

// dot is how many pixels a module of the code at the foot is wide.
const dot = 4

func (p Print) printed() string {
	return "打印时间：" + p.At.In(clock.Zone).Format("2006年1月2日 15:04")
}

// Page is the print as a page shows it.
func (p Print) Page() (view.Print, error) {
	code, err := qr.Data(p.Address, dot)
	if err != nil {
		return view.Print{}, err
	}
	out := view.Print{Demo: p.Demo, Code: code, Number: "编号：" + p.Number, Printed: p.printed()}
	if p.Follow {
		out.Scan = "扫码查询办理进度，须填登记手机的后四位"
	}
	for _, paper := range p.Papers {
		s := view.Sheet{Title: paper.Title, Signs: paper.Signs, Note: paper.Note}
		for _, row := range paper.Rows {
			var cells []view.Cell
			for _, c := range row {
				cell := view.Cell{Label: c.Label, Value: c.Value, Tall: c.Tall, Span: span(len(row))}
				for _, one := range c.Photos {
					cell.Photos = append(cell.Photos, view.Photo{Address: p.Base + "/photos/" + one.ID.String() + "/small", Name: c.Label, Width: one.Width, Height: one.Height})
				}
				cells = append(cells, cell)
			}
			s.Rows = append(s.Rows, cells)
		}
		for _, l := range paper.Record {
			s.Record = append(s.Record, [4]string{when(l.At), l.Act, l.Who, l.Words})
		}
		out.Sheets = append(out.Sheets, s)
	}
	out.RecordHead = recordHead
	return out, nil
}

// span is how many of twelve columns a value takes in a row of n cells, whose label takes as many as are left.
func span(n int) int { return map[int]int{1: 10, 2: 4, 3: 2}[n] }

var recordHead = [4]string{"时间", "环节", "经办人", "内容"}

// Word is the print as a Word document. It reads photos from where they lie: call it outside of transactions.
func (p Print) Word(ctx context.Context) ([]byte, error) {
	mark := ""
	if p.Demo {
		mark = "演示数据"
	}
	d := docs.New(docs.Frame{Title: p.Title + " " + p.Number, Author: p.Office, Head: p.Office, Foot: "编号：" + p.Number + "　" + p.printed(), Mark: mark})
	code, err := qr.PNG(p.Address, dot)
	if err != nil {
		return nil, err
	}
	for i, paper := range p.Papers {
		if i > 0 {
			d.Break()
		}
		if err := paper.write(ctx, d); err != nil {
			return nil, err
		}
		if i == len(p.Papers)-1 {
			d.Pictures(docs.Right, docs.Picture{Name: "扫码查看案卷", File: code, Width: 22, Height: 22})
		}
	}
	var out bytes.Buffer
	err = d.WriteTo(&out, p.At)
	return out.Bytes(), err
}

// photoWidth is how wide a photo stands on a paper, in mm, so that two fit into the narrowest cell of a row of one.
const photoWidth = 44.0

// pictures reads the photos of a cell.
func (c Cell) pictures(ctx context.Context) (out []docs.Picture, err error) {
	for _, one := range c.Photos {
		var body bytes.Buffer
		if err := one.Copy(ctx, &body); err != nil {
			return nil, err
		}
		p := docs.Picture{Name: c.Label, File: body.Bytes(), Width: photoWidth, Height: photoWidth * float64(one.Height) / float64(one.Width)}
		if one.Height > one.Width { // an upright one is as high as the others are wide
			p.Width, p.Height = photoWidth*float64(one.Width)/float64(one.Height), photoWidth
		}
		out = append(out, p)
	}
	return out, nil
}

func (paper Paper) write(ctx context.Context, d *docs.Document) error {
	d.Title(paper.Title)
	d.Line("编号："+paper.Number, docs.Style{Size: 12, Align: docs.Right, Small: true})
	if len(paper.Rows) > 0 {
		var rows []docs.Row
		for _, row := range paper.Rows {
			var cells docs.Row
			for _, c := range row {
				value := max(span(len(row)), 1)
				pictures, err := c.pictures(ctx)
				if err != nil {
					return err
				}
				cells = append(cells, docs.Cell{Text: c.Label, Head: true, Weight: 2}, docs.Cell{Text: c.Value, Weight: value, Tall: c.Tall, Pictures: pictures})
			}
			rows = append(rows, cells)
		}
		d.Table(rows, 0)
	}
	if len(paper.Record) > 0 {
		rows := []docs.Row{{}}
		weights := [4]int{4, 3, 3, 8}
		for i, h := range recordHead {
			rows[0] = append(rows[0], docs.Cell{Text: h, Head: true, Weight: weights[i]})
		}
		for _, l := range paper.Record {
			var row docs.Row
			for i, s := range []string{when(l.At), l.Act, l.Who, strings.TrimSpace(l.Words)} {
				row = append(row, docs.Cell{Text: s, Weight: weights[i]})
			}
			rows = append(rows, row)
		}
		d.Table(rows, 1)
	}
	if len(paper.Signs) > 0 {
		var line []string
		for _, s := range paper.Signs {
			line = append(line, s+"：＿＿＿＿＿＿")
		}
		d.Line(strings.Join(append(line, "　　年　　月　　日"), "　"), docs.Style{Size: 12})
	}
	if paper.Note != "" {
		d.Line("注："+paper.Note, docs.Style{Size: 10.5, Small: true})
	}
	return nil
}
