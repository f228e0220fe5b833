package admin

import (
	"time"

	"wanjie/templates/ui"
)

// AccessEntry is one entry of the door's record, in words.
type AccessEntry struct {
	At      time.Time
	Who     string
	Kind    string
	Tone    ui.Tone
	Details []string // "方式：密码"
	Small   string   // what only whoever looks closely needs: the request, the object's number
	Network string
	Href    string // its own page; empty for what has none
}

// AccessRecord is the list with its filters.
type AccessRecord struct {
	Frame
	Path           string // of the list: "/s/fengqiao/admin/access"
	Note           string // whose record it is, and for how long it is kept
	Kind, Person   string
	From, To       string
	Kinds, Persons []ui.Option
	List           []AccessEntry
	Pages          ui.Pages
	Export         string // address of the file with the same filters
}

// AccessDetail is one entry with everything that is known of it.
type AccessDetail struct {
	Frame
	Path    string // of the list
	Here    string // its own address
	Title   string
	Facts   []ui.Fact
	Guard   ui.Guard
	Hidden  bool   // a whole address is kept, and not shown
	Address string // once asked for with a reason
	Reason  string
	Say     string
	Error   string
}

func (d AccessDetail) errors() []ui.FieldError {
	if d.Error == "" {
		return nil
	}
	return []ui.FieldError{{Name: "reason", Text: d.Error}}
}
