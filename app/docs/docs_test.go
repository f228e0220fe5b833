package docs

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
	"testing"
	"time"
)

// opened is a document as whoever reads it finds it: every part well formed, every part that is named there, and the text.
func opened(t *testing.T, file []byte) (text string, parts map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	for name, body := range parts {
		if ext := path.Ext(name); ext != ".xml" && ext != ".rels" {
			continue
		}
		inText := false
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				inText = e.Name.Local == "t" && name == "word/document.xml"
				for _, a := range e.Attr {
					if e.Name.Local == "Relationship" && a.Name.Local == "Target" {
						if at := path.Join(path.Dir(path.Dir(name)), a.Value); parts[at] == nil {
							t.Errorf("%s leads to %s, which is not there", name, at)
						}
					}
					if e.Name.Local == "Override" && a.Name.Local == "PartName" && parts[strings.TrimPrefix(a.Value, "/")] == nil {
						t.Errorf("%s is named and not there", a.Value)
					}
				}
			case xml.CharData:
				if inText {
					b.Write(e)
					b.WriteByte('\n')
				}
			case xml.EndElement:
				inText = false
			}
		}
	}
	return b.String(), parts
}

var made = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func TestADocumentIsWhole(t *testing.T) {
	t.Parallel()
	d := New(Frame{Title: "交办单", Author: "枫桥街道", Head: "枫桥街道", Foot: "20261123-00001", Mark: "演示数据"})
	d.Title("枫桥街道交办单")
	d.Table([]Row{{Label("编号"), Value("20261123-00001"), Label("期限"), Value("2026-11-23 14:00")}, {Label("问题"), Cell{Text: "第一行\n第二行 <b>&\"\x01", Weight: 17, Tall: true}}}, 1)
	png := []byte("\x89PNG\r\n\x1a\nrest")
	d.Pictures(Right, Picture{Name: "码", File: png, Width: 20, Height: 20}, Picture{Name: "no picture", File: []byte("text")})
	d.Break()
	d.Heading("办理记录")
	d.Text("无")
	var out bytes.Buffer
	if err := d.WriteTo(&out, made); err != nil {
		t.Fatal(err)
	}
	text, parts := opened(t, out.Bytes())
	for _, want := range []string{"枫桥街道交办单", "2026-11-23 14:00", "第一行\n第二行 <b>&\"\uFFFD", "办理记录"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	if !bytes.Equal(parts["word/media/picture1.png"], png) || parts["word/media/picture2.png"] != nil {
		t.Error("the picture is not there, or what is none was taken for one")
	}
	body := string(parts["word/document.xml"])
	if !strings.Contains(body, `w:eastAsia="方正小标宋简体"`) || !strings.Contains(string(parts["word/fontTable.xml"]), "FZXiaoBiaoSong-B05S") {
		t.Error("the title's typeface or its stand-ins are not named")
	}
}

// Rows of different widths share one grid of columns: whatever their cells, every row spans all of it.
func TestRowsFillTheTable(t *testing.T) {
	t.Parallel()
	d := New(Frame{})
	d.Table([]Row{{Cell{Weight: 1}}, {Cell{Weight: 2}, Cell{Weight: 4}, Cell{Weight: 2}, Cell{Weight: 4}}, {Cell{Weight: 2}, Cell{Weight: 10}}, {Cell{}, Cell{}, Cell{}}}, 0)
	var doc struct {
		Columns []struct{} `xml:"tbl>tblGrid>gridCol"`
		Rows    []struct {
			Spans []struct {
				N int `xml:"val,attr"`
			} `xml:"tc>tcPr>gridSpan"`
		} `xml:"tbl>tr"`
	}
	if err := xml.Unmarshal([]byte(`<x `+wordSpace+`>`+d.body.String()+`</x>`), &doc); err != nil {
		t.Fatal(err)
	}
	for i, r := range doc.Rows {
		sum := 0
		for _, s := range r.Spans {
			sum += s.N
		}
		if sum != len(doc.Columns) || sum == 0 {
			t.Errorf("row %d spans %d of %d columns", i, sum, len(doc.Columns))
		}
	}
}
