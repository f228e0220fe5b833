package resident

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
	Page bool // a whole document
}

// Samples lists the views: empty and full, refused, in elder mode. Words that people said are data and stay as they are.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	form := Form{Fresh: func() ui.Guard { return ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"} }, Values: map[string]string{}, Errors: map[string]string{}}
	refused := form
	refused.Title, refused.Errors = "Please check", map[string]string{"description": "Please fill this in", "address": "Where is it?", "phone": "Not a number", "code": "Wrong"}
	sos := []Line{{Title: "Fire", Number: "119", Text: "Call 119 at once."}, {Title: "Police", Number: "110", Text: "Call 110 at once."}}
	rows := []Row{
		{ID: "1", Number: "20261123-00001", Icon: "bin", Title: "Rubbish", Words: "Three bags at the east gate", State: "Under way", Tone: ui.Info, At: at, Due: at.Add(48 * time.Hour), Href: "/r/fengqiao/matters/1"},
		{ID: "2", Number: "20261120-00002", Icon: "lamp", Title: "Street light", Words: "The second lamp at the north gate is dark", State: "Done", Tone: ui.Good, At: at, Rate: true, Href: "/r/fengqiao/matters/2"},
	}
	steps := []ui.Step{{Label: "Received", Note: ui.Time(at), State: ui.Done}, {Label: "Passed to Sanitation", State: ui.Done}, {Label: "Under way", State: ui.Now}, {Label: "Done"}, {Label: "Your rating"}}
	record := []ui.Moment{{At: at, Act: "You reported it", Tone: ui.Info}, {At: at.Add(time.Hour), Act: "The street took it on", Detail: "Expected to be done by 2026-11-25", Tone: ui.Good}}
	matter := Matter{Form: form, Base: "/r/fengqiao", ID: "1", Number: "20261123-00001", Icon: "bin", Title: "Rubbish", Words: "Three bags at the east gate", Address: "18 Maple Bridge Road", Community: "Sunny", Photos: 2,
		State: "Under way", Tone: ui.Info, At: at, Due: at.Add(48 * time.Hour), Steps: steps, Record: record, Open: true, Again: "/r/fengqiao/report?class=matter-06010", Hotline: "12345"}
	fresh, late, done, merged := matter, matter, matter, matter
	fresh.Receipt, fresh.Accept = "We have your report.", at.Add(time.Hour)
	late.Late, late.Urged, late.Form = true, true, refused
	done.Open, done.State, done.Tone, done.Result, done.Rate, done.Due = false, "Done", ui.Good, "Cleared away,\nand a bin with a lid set up.", "/r/fengqiao/matters/1/rate", time.Time{}
	merged.Open, merged.Into, merged.IntoState, merged.Due = false, "20261122-00009", "Under way", time.Time{}
	report := Report{Form: form, Base: "/r/fengqiao", ID: "019ab000-0000-7000-8000-000000000002", Class: "matter-06010", Icon: "bin", Title: "Rubbish", Name: "Grandma", Phone: "13900139000",
		Communities: []ui.Option{{Value: "320505003001", Label: "Sunny"}}}
	again := report
	again.Form, again.PlaceAgreed = refused, true
	twice := report
	twice.Alike = &rows[0]
	frame := Frame{Street: "Maple Bridge", Base: "/r/fengqiao", Here: "/", Hotline: "12345", Page: layout.Page{Title: "Maple Bridge", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}}}
	elder := frame
	elder.Elder, elder.Contrast, elder.Signed, elder.Demo, elder.Unread, elder.Theme, elder.Tab = true, true, true, true, 120, "/r/fengqiao/theme.css?c=b01e17", "matters"
	elder.Page.Flash = layout.Flash{Tone: ui.Good, Text: "Saved"}
	yes := []ui.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
	return []Sample{
		{"frame", within(frame, HomePage(Home{Base: "/r/fengqiao", Street: "Maple Bridge", Welcome: "Welcome", Hotline: "12345", Emergencies: sos})), true},
		{"frame-elder", within(elder, MattersPage(Matters{Base: "/r/fengqiao", Rows: rows})), true},
		{"failure", FailurePage(frame, layout.Failure{Status: 404, Text: "Nothing here", Advice: "Check the address.", Number: "019ab", Back: "/r/fengqiao"}), true},
		{"home-signed", HomePage(Home{Base: "/r/fengqiao", Street: "Maple Bridge", Hotline: "12345", Signed: true, Paused: true, Matters: rows, Fresh: &Fresh{
			Posts: []FreshRow{{Title: "Heating is on", Note: "The whole street", Tag: "Daily life", Href: "/r/fengqiao/news/1"}}, Events: []FreshRow{{Title: "Calligraphy", Note: "Room 2", Tag: "Party", Href: "/r/fengqiao/news/2"}},
		}}), false},
		{"sign-in", SignInPage(SignIn{Form: form, Base: "/r/fengqiao", ReturnTo: "/r/fengqiao/report", Version: "2026-11"}), false},
		{"sign-in-refused", SignInPage(SignIn{Form: refused, Base: "/r/fengqiao", ReturnTo: "/r/fengqiao/", Phone: "139", Version: "2026-11"}), false},
		{"code", SignInPage(SignIn{Form: refused, Base: "/r/fengqiao", ReturnTo: "/r/fengqiao/", Phone: "13900139000", Flow: "flow", Version: "2026-11", Messages: true}), false},
		{"choose", ChoosePage(Choose{Base: "/r/fengqiao", All: "/r/fengqiao/report?all=1", Emergencies: sos, Outside: []Line{{Title: "Courts", Number: "12348", Text: "Go to the court."}},
			Tiles: []Tile{{Class: "matter-06010", Icon: "bin", Title: "Rubbish", Such: "Piled up", Href: "/r/fengqiao/report?class=matter-06010"}}}), false},
		{"choose-all", ChoosePage(Choose{Base: "/r/fengqiao", Groups: []Group{{Title: "Surroundings", Tiles: []Tile{{Class: "matter-06010", Title: "Exposed rubbish", Href: "/r/fengqiao/report?class=matter-06010"}}}}}), false},
		{"report", ReportPage(report), false},
		{"report-refused", ReportPage(again), false},
		{"report-alike", ReportPage(twice), false},
		{"matters-empty", MattersPage(Matters{Base: "/r/fengqiao"}), false},
		{"matter-new", MatterPage(fresh), false},
		{"matter-late", MatterPage(late), false},
		{"matter-done", MatterPage(done), false},
		{"matter-merged", MatterPage(merged), false},
		{"rate", RatePage(Rate{Form: form, Base: "/r/fengqiao", ID: "1", Number: "20261123-00001", Title: "Rubbish", Reopens: true, Questions: []Question{
			{Name: "q_solved", Title: "Is it solved?", Required: true, Options: yes},
			{Name: "q_why", Title: "What is missing?", Options: yes, When: "q_solved", Is: "no", After: "If you answered “No” above"},
			{Name: "q_words", Title: "Anything else?", Words: true},
		}}), false},
		{"follow", FollowPage(Follow{Form: form, Base: "/r/fengqiao", Number: "20261123-00001", State: "Under way", Tone: ui.Info, Steps: steps, Due: at}), false},
		{"messages", MessagesPage(Messages{Form: form, Base: "/r/fengqiao", Unread: true, List: []Message{{Title: "Done", Text: "On time", About: "Rubbish", Number: "20261123-00001", Href: "/r/fengqiao/matters/1", At: at, Fresh: true, Tone: ui.Good}}}), false},
		{"messages-empty", MessagesPage(Messages{Form: form, Base: "/r/fengqiao"}), false},
		{"me", MePage(Me{Form: form, Base: "/r/fengqiao", Name: "Grandma", Phone: "13900139000", Since: at, Matters: 2, Version: "2026-11", Consents: []Consent{
			{Purpose: "service", Title: "Using this service", About: "Signing in", Fixed: true, Given: at, Version: "2026-11"}, {Purpose: "place", Title: "Place", About: "Locating"},
			{Purpose: "messages", Title: "Text messages", About: "Progress", Given: at, Version: "2026-11"},
		}, Looks: []Look{{At: at, Who: "Intake", Purpose: "To call back", What: "Name, telephone", Number: "20261123-00001"}}}), false},
		{"me-unseen", MePage(Me{Form: form, Base: "/r/fengqiao", Phone: "13900139000", Since: at, Version: "2026-11"}), false},
		{"leave", LeavePage(Leave{Form: form, Base: "/r/fengqiao", Tail: "9000", Open: 2}), false},
		{"leave-code", LeavePage(Leave{Form: refused, Base: "/r/fengqiao", Tail: "9000", Flow: "flow"}), false},
		{"notice", NoticePage(Notice{Base: "/r/fengqiao", Street: "Maple Bridge", Hotline: "12345", Version: "2026-11"}), false},
	}
}
