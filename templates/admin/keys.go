package admin

import (
	"time"

	"wanjie/templates/ui"
)

// Key is a program's key in the list.
type Key struct {
	ui.Guard
	Name, Hint, Channel, Otherwise string
	From                           []string // addresses; none: from everywhere
	Until, Last, Made, Revoked     string
	State                          string
	Tone                           ui.Tone
	Living                         bool // may be revoked
	Calls, Revoke                  string
}

// KeyForm asks for a new key.
type KeyForm struct {
	ui.Guard
	Name, Channel, Otherwise, Networks, Until string
	Say                                       string
	Errors                                    map[string]string
}

func (f KeyForm) errors() (out []ui.FieldError) {
	for _, name := range []string{"name", "channel", "until", "networks", "otherwise"} {
		if text := f.Errors[name]; text != "" {
			out = append(out, ui.FieldError{Name: name, Text: text})
		}
	}
	return out
}

// Keys are the keys of a street, with the one that was just made.
type Keys struct {
	Frame
	Path              string // "/s/fengqiao/admin/keys"
	MayGive           bool
	List              []Key
	Form              KeyForm
	Channels, Classes []ui.Option
	Secret            string // shown once
	Address           string // where programs call
	Description       string // address of the OpenAPI description
	Often             string // calls a minute
}

// Call is one call of a program.
type Call struct {
	At                time.Time
	Key, What, Number string
	End, Status, Note string
	Tone              ui.Tone
	Network           string
}

// Calls is the record of calls with its filters.
type Calls struct {
	Frame
	Path, Keys       string // of this page, and of the keys
	Key, Ended       string
	Number, From, To string
	AllKeys, Ends    []ui.Option
	List             []Call
	Pages            ui.Pages
}
