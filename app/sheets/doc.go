// Package sheets writes tables as files, row by row: CSV for programs and Excel for people. Neither holds more
// than a row in memory nor touches a disk, so a street's whole year may leave through it and nothing of it stays
// behind in a temporary folder.
//
// What people wrote is never run: a cell that a spreadsheet would take for a formula is made text (OWASP, CSV
// injection). In CSV an apostrophe goes before it, which is seen; in Excel the cell says by itself that it is text.
//
//	w, err := sheets.New(out, sheets.Excel, "案卷", []sheets.Column{{Title: "编号"}, {Title: "上报时间", Width: 17}})
//	err = w.Row("20261123-00042", c.ReportedAt)
//	err = w.Close()
package sheets
