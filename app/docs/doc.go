// Package docs writes Word documents (.docx, ECMA-376 WordprocessingML) as Chinese offices hand them in: A4, the title in
// 方正小标宋, the text in 仿宋, ruled tables of label and value, the name of the office above and number, time and page below
// every sheet.
//
//	d := docs.New(docs.Frame{Title: "交办单", Head: "枫桥街道办事处", Foot: "20261123-00042"})
//	d.Title("枫桥街道交办单")
//	d.Table([]docs.Row{{docs.Label("编号"), docs.Value("20261123-00042")}})
//	err := d.WriteTo(w)
//
// The typefaces are named, not embedded: they are not ours to hand on. Every one has its usual stand-ins beside it, so that a
// machine without it (Kylin, UOS, a phone) takes one of the same kind.
//
// No library of Go that is looked after and freely licensed writes East Asian typefaces, spanning cells and page fields; what
// is needed of the format is a few hundred lines.
package docs
