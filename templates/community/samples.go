package community

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/resident"
	"wanjie/templates/ui"
)

// pixel stands for a code in samples.
const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the views: full, empty, refused.
func Samples() []Sample {
	at := time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)
	guard := ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	form := resident.Form{Fresh: func() ui.Guard { return guard }, Values: map[string]string{}, Errors: map[string]string{}}
	refused := form
	refused.Title, refused.Errors = "Please check", map[string]string{"along": "Five at most"}
	tabs := []ui.Tab{{Label: "Review", Href: "/s/fengqiao/community?state=review", Active: true}, {Label: "Places", Href: "/s/fengqiao/places"}}
	row := Row{Title: "Heating is on", Form: "News", Topic: "Daily life", Where: "The whole street", Drafted: "Wu", Until: "2026-12-30", Href: "/s/fengqiao/community/1"}
	event := row
	event.Title, event.Form, event.Event, event.Reviewed = "Calligraphy", "Event", "2026-11-30 09:00", "Li"
	publish := cases.Act{Form: cases.Form{Title: "Publish", Action: "/s/fengqiao/community/1/publish", Guard: guard, Key: "publish", Values: map[string]string{}, Errors: map[string]string{}}, Button: "Publish"}
	picture := Picture{Large: "/r/fengqiao/news/1/picture", Small: "/r/fengqiao/news/1/picture/small", Width: 320, Height: 240}
	options := []ui.Option{{Value: "a", Label: "One"}, {Value: "b", Label: "Another"}}
	blank := Form{Action: "/s/fengqiao/community", Guard: guard, Values: map[string]string{}, Errors: map[string]string{}}
	bad := blank
	bad.Say, bad.Errors = "Please check", map[string]string{"title": "Fill this in", "photo": "No photo"}
	chips := []Chip{{Key: "", Title: "All", Href: "/r/fengqiao/news", Active: true}, {Key: "life", Title: "Daily life", Href: "/r/fengqiao/news?topic=life"}}
	item := Item{ID: "1", Title: "Calligraphy", Form: "Event", Topic: "Daily life", Where: "Sunny", At: at, Begins: at, Venue: "Room 2", Full: true, Picture: picture, Href: "/r/fengqiao/news/1"}
	told := Item{ID: "2", Title: "Heating is on", Form: "News", Topic: "Daily life", Where: "The whole street", At: at, Over: true, Href: "/r/fengqiao/news/2"}
	post := Post{Form: form, Item: told, Base: "/r/fengqiao", Body: "It is warm.\n\nCall us when it is not."}
	open := Post{Form: refused, Item: item, Base: "/r/fengqiao", Body: "Ink and paper are there.", Event: true, Ends: at.Add(2 * time.Hour), Until: at.Add(-time.Hour), Audience: "Everybody", Contact: "0512-00000000", Capacity: 20, Open: true, Signed: true, Along: options}
	stranger := open
	stranger.Form, stranger.Signed, stranger.Full, stranger.Left = form, false, false, 3
	paper := open
	paper.Print, paper.Capacity, paper.Until = true, 0, time.Time{}
	own := Own{ID: "3", Title: "Calligraphy", Begins: at, Ends: at.Add(26 * time.Hour), Venue: "Room 2", Heads: 2, State: "Signed up", Tone: ui.Good, Href: "/r/fengqiao/signups/3"}
	coming := open
	coming.Form, coming.Own = form, &own
	closed := open
	closed.Form, closed.Open = form, false
	lon, lat := 120.55, 31.3
	return []Sample{
		{"desk", DeskPage(Desk{Tabs: tabs, New: "/s/fengqiao/community/new", NewEvent: "/s/fengqiao/community/new?form=event", Rows: []Row{row, event}, Back: "/s/fengqiao/community?page=1", Next: "/s/fengqiao/community?page=3", Review: true})},
		{"desk-empty", DeskPage(Desk{Tabs: tabs, Review: true})}, {"desk-none", DeskPage(Desk{Tabs: tabs})},
		{"sheet", SheetPage(Sheet{Title: "Calligraphy", State: "Waiting", Tone: ui.Warn, Back: "/s/fengqiao/community", Edit: "/s/fengqiao/community/1/edit", Guests: "/s/fengqiao/community/1/guests", Scan: Scan{pixel, "https://fengqiao.jiedao.example/news/019ab000-0000-7000-8000-000000000001", "/s/fengqiao/community/1/poster"}, Facts: []ui.Fact{{Label: "Form", Value: "Event"}},
			Body: "Ink.\nPaper.", Picture: picture, Remark: "Too long", Reason: "The room is closed", Acts: []cases.Act{publish}, Past: []ui.Moment{{At: at, Act: "Drafted", Actor: "Wu"}}})},
		{"edit", EditPage(Edit{Form: blank, Title: "Draft", Back: "/s/fengqiao/community", Fresh: true, Forms: options, Topics: options, Communities: options})},
		{"edit-event", EditPage(Edit{Form: bad, Title: "Draft", Back: "/s/fengqiao/community", Event: true, Picture: picture, Topics: options, Communities: options})},
		{"guests", GuestsPage(Guests{Title: "Calligraphy", Back: "/s/fengqiao/community/1", Facts: []ui.Fact{{Label: "Room for", Value: "20"}}, Guard: form.Fresh, Rows: []Guest{
			{Name: "Wang", Phone: "13900139000", State: "In", Tone: ui.Good, Heads: 2, MadeAt: at, Tick: "/s/fengqiao/community/guests/3/tick"}, {Name: "Chen", Phone: "13900139001", State: "In", Tone: ui.Good, Heads: 1, MadeAt: at, CameAt: at, Tick: "/s/fengqiao/community/guests/4/tick"},
			{State: "Waiting", Tone: ui.Warn, Heads: 1, MadeAt: at},
		}})},
		{"guests-empty", GuestsPage(Guests{Title: "Calligraphy", Back: "/s/fengqiao/community/1"})},
		{"places", PlacesPage(Places{Tabs: tabs, New: "/s/fengqiao/places/new", Rows: []PlaceRow{{Name: "Canteen", Kind: "Canteen", Where: "Sunny", Address: "18 Maple Bridge Road", Hours: "9–17", Phone: "0512-00000000", StepFree: true, OnMap: true, Edit: "/s/fengqiao/places/1/edit"}, {Name: "Hall", Kind: "Shelter", Where: "Sunny", Address: "20 Maple Bridge Road", Retired: true}}})},
		{"places-empty", PlacesPage(Places{Tabs: tabs})},
		{"place", PlacePage(EditPlace{Form: bad, Title: "Canteen", Back: "/s/fengqiao/places", Kinds: options, Communities: options, Systems: options, Retire: &publish})},
		{"news", NewsPage(News{Base: "/r/fengqiao", Words: "ink", Topic: "life", Of: "a", Tabs: chips, Topics: chips, Homes: options, Rows: []Item{item, told}, Signed: true, Next: "/r/fengqiao/news?page=2"})},
		{"news-empty", NewsPage(News{Base: "/r/fengqiao", Events: true, Past: true, Tabs: chips, Topics: chips})},
		{"post", PostPage(post)}, {"event", PostPage(open)}, {"event-stranger", PostPage(stranger)}, {"event-print", PostPage(paper)}, {"event-own", PostPage(coming)}, {"event-closed", PostPage(closed)},
		{"signups", SignupsPage(Signups{Base: "/r/fengqiao", Rows: []Own{own}})}, {"signups-empty", SignupsPage(Signups{Base: "/r/fengqiao"})},
		{"signup", SignupPage(Signup{Form: form, Own: own, Base: "/r/fengqiao", Event: "/r/fengqiao/news/1", Contact: "0512-00000000", Cancel: true, Waits: true})},
		{"signup-off", SignupPage(Signup{Form: form, Own: own, Base: "/r/fengqiao", Contact: "0512-00000000", Reason: "A storm"})},
		{"spots", SpotsPage(Spots{Base: "/r/fengqiao", Words: "hall", Kind: "meal", Kinds: chips, Rows: []Spot{{ID: "1", Name: "Canteen", Kind: "Canteen", Address: "18 Maple Bridge Road", Hours: "9–17", Phone: "0512-00000000", StepFree: true, Lon: &lon, Lat: &lat, Map: "https://uri.amap.com/marker?position=120.550000,31.300000"}}})},
		{"spots-empty", SpotsPage(Spots{Base: "/r/fengqiao", Kinds: chips})},
	}
}
