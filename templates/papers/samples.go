package papers

import "github.com/a-h/templ"

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

const sampleCode = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

// Samples lists the views.
func Samples() []Sample {
	order := Sheet{
		Title: "Fengqiao order", Signs: []string{"Sent by", "Received by"}, Note: "The first receiver answers.",
		Rows: [][]Cell{
			{{Label: "Number", Value: "20261123-00042", Span: 4}, {Label: "Deadline", Value: "2026-11-23 15:30", Span: 4}},
			{{Label: "What", Value: "Rubbish at the east gate", Span: 10, Tall: true}},
			{{Label: "Before", Span: 4, Tall: true, Photos: []Photo{{Address: "/s/fengqiao/photos/1/small", Name: "Before", Width: 320, Height: 240}}}, {Label: "After", Span: 4, Tall: true}},
			{{Label: "Filed", Value: "10:00"}, {Label: "Due", Value: "15:30"}, {Label: "Handled", Value: "14:00"}, {Label: "Closed", Value: "15:00"}},
		},
	}
	record := Sheet{Title: "Fengqiao record", Record: [][4]string{{"2026-11-23 10:00", "Report", "No. 101", ""}, {"2026-11-23 14:00", "Handled", "No. 103", "Cleared"}}}
	p := Print{Back: "/s/fengqiao/papers/1", Code: sampleCode, Number: "No. 20261123-00042", Printed: "Printed 2026-11-23 16:00", Sheets: []Sheet{order}}
	file := p
	file.Demo, file.Sheets, file.RecordHead = true, []Sheet{order, record}, [4]string{"When", "What", "Who", "Words"}
	return []Sample{
		{"list", ListPage(List{Number: "20261123-00042", Back: "/s/fengqiao/cases/1", Choices: []Choice{
			{Title: "Order", About: "Sanitation", Print: "/s/fengqiao/papers/1/dispatch", Word: "/s/fengqiao/papers/1/dispatch?as=docx"},
		}})},
		{"order", PrintPage(p)},
		{"receipt", PrintPage(Print{Back: p.Back, Code: sampleCode, Scan: "Scan to see how far it has come", Number: p.Number, Printed: p.Printed, Sheets: p.Sheets})},
		{"file", PrintPage(file)},
	}
}
