package orders

import (
	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the views: empty, refused, tried and taken in.
func Samples() []Sample {
	p := Upload{Action: "/s/fengqiao/orders", Back: "/s/fengqiao/cases", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"},
		Maps: []ui.Option{{Value: "hotline", Label: "12345 orders"}}, Classes: []ui.Option{{Value: "a", Label: "Advice", Group: "Others"}}}
	refused, tried, taken := p, p, p
	refused.Say, refused.Errors, refused.Map = "Please check", map[string]string{"file": "The file is empty"}, "hotline"
	tried.Result = &Result{DryRun: true, Any: true, Read: "3", Fresh: "1", Existing: "1", Refused: "1", Problems: []Problem{{"4", "12345-3", "Deadline", "Not a time"}}}
	taken.Result = &Result{Any: true, Read: "2", Fresh: "1", Existing: "1", Refused: "0"}
	return []Sample{{"upload", UploadPage(p)}, {"upload-refused", UploadPage(refused)}, {"upload-tried", UploadPage(tried)}, {"upload-taken", UploadPage(taken)}}
}
