package docs

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Kind is the content type of a document.
const Kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

const (
	declared  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordSpace = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"` +
		` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"` +
		` xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
	related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	wordML  = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// WriteTo writes the file. made stands in its properties.
func (d *Document) WriteTo(w io.Writer, made time.Time) error {
	z := zip.NewWriter(w)
	for _, p := range d.parts(made) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: made})
		if err != nil {
			return fmt.Errorf("write %s of a document: %w", p.name, err)
		}
		if _, err := f.Write(p.body); err != nil {
			return fmt.Errorf("write %s of a document: %w", p.name, err)
		}
	}
	return z.Close()
}

type part struct {
	name string
	body []byte
}

func (d *Document) parts(made time.Time) []part {
	text := func(name, body string) part { return part{name, []byte(declared + body)} }
	out := []part{
		text("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`+
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`+
			`<Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/>`+
			override("word/document.xml", wordML+"document.main+xml")+override("word/styles.xml", wordML+"styles+xml")+override("word/fontTable.xml", wordML+"fontTable+xml")+
			override("word/settings.xml", wordML+"settings+xml")+override("word/header1.xml", wordML+"header+xml")+override("word/footer1.xml", wordML+"footer+xml")+
			override("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")+`</Types>`),
		text("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+
			relation("rId1", related+"officeDocument", "word/document.xml")+
			relation("rId2", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml")+`</Relationships>`),
		text("docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"`+
			` xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>`+clean(d.frame.Title)+`</dc:title><dc:creator>`+clean(d.frame.Author)+
			`</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">`+made.UTC().Format(time.RFC3339)+`</dcterms:created></cp:coreProperties>`),
		text("word/document.xml", `<w:document`+wordSpace+`><w:body>`+d.body.String()+`<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>`+
			`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="`+twips(25)+`" w:right="`+twips(margin)+`" w:bottom="`+twips(22)+`" w:left="`+twips(margin)+`" w:header="`+twips(12)+
			`" w:footer="`+twips(12)+`" w:gutter="0"/></w:sectPr></w:body></w:document>`),
		text("word/styles.xml", `<w:styles`+wordSpace+`><w:docDefaults><w:rPrDefault>`+look(Style{Size: 14})+`</w:rPrDefault></w:docDefaults>`+
			`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>`),
		text("word/settings.xml", `<w:settings`+wordSpace+`><w:characterSpacingControl w:val="compressPunctuation"/><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>`),
		text("word/fontTable.xml", fontTable()),
		text("word/header1.xml", d.header()),
		text("word/footer1.xml", d.footer()),
	}
	relations := relation("rId1", related+"styles", "styles.xml") + relation("rId2", related+"settings", "settings.xml") + relation("rId3", related+"fontTable", "fontTable.xml") +
		relation("rId4", related+"header", "header1.xml") + relation("rId5", related+"footer", "footer1.xml")
	for i, file := range d.pictures {
		name := fmt.Sprintf("media/picture%d.%s", i+1, kindOf(file))
		relations += relation(fmt.Sprintf("rIdPicture%d", i+1), related+"image", name)
		out = append(out, part{"word/" + name, file})
	}
	return append(out, text("word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+relations+`</Relationships>`))
}

func override(name, kind string) string {
	return `<Override PartName="/` + name + `" ContentType="` + kind + `"/>`
}

func relation(id, kind, target string) string {
	return `<Relationship Id="` + id + `" Type="` + kind + `" Target="` + target + `"/>`
}

// fontTable names the typefaces with their stand-ins (ECMA-376 part 1, 17.8.3.1).
func fontTable() string {
	out := `<w:fonts` + wordSpace + `>`
	for _, f := range slices.Sorted(maps.Keys(faces)) {
		out += `<w:font w:name="` + faces[f].name + `"><w:altName w:val="` + faces[f].instead + `"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>`
	}
	return out + `</w:fonts>`
}

func (d *Document) header() string {
	var b bytes.Buffer
	paragraph(&b, d.frame.Head, Style{Size: 9, Align: Centre, Small: true})
	if d.frame.Mark != "" {
		b.WriteString(`<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:color w:val="C00000"/><w:sz w:val="18"/></w:rPr><w:t>` + clean(d.frame.Mark) + `</w:t></w:r></w:p>`)
	}
	return `<w:hdr` + wordSpace + `>` + b.String() + `</w:hdr>`
}

func (d *Document) footer() string {
	small := Style{Size: 9}
	run := func(inner string) string { return `<w:r>` + look(small) + inner + `</w:r>` }
	field := func(name string) string {
		return run(`<w:fldChar w:fldCharType="begin"/>`) + run(`<w:instrText xml:space="preserve"> `+name+` </w:instrText>`) + run(`<w:fldChar w:fldCharType="separate"/>`) +
			run(`<w:t>1</w:t>`) + run(`<w:fldChar w:fldCharType="end"/>`)
	}
	return `<w:ftr` + wordSpace + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` + run(`<w:t xml:space="preserve">`+clean(d.frame.Foot)+`　</w:t>`) +
		field("PAGE") + run(`<w:t>/</w:t>`) + field("NUMPAGES") + `</w:p></w:ftr>`
}
