// Package auth holds the views of sign-in: password, code by text message, second factor, invitation
// and recovery, and the development page of sent messages. All forms are complete without scripts.
package auth

import (
	"net/url"
	"time"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Form is what every view here shows beside its own fields.
type Form struct {
	Page     layout.Page
	Title    string          // of what was refused; empty when nothing was
	Errors   []ui.FieldError // by field
	Note     string          // a sentence above the form
	ReturnTo string          // own path to go on to
}

// err is the message for a field.
func (f Form) err(name string) string {
	for _, e := range f.Errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// Login is the form for account and password.
type Login struct {
	Form
	Identifier string
	Recovery   bool   // offers the way back by e-mail
	Districts  bool   // offers the districts' own sign-in
	Demo       string // the page of the demo's people; empty outside of development
}

// Code is the sign-in by text message: the phone at first, then the code that counts in Flow.
type Code struct {
	Form
	Phone string
	Flow  string // empty: no code was sent yet
}

// Enrol is what the person brings into an authenticator app.
type Enrol struct {
	Form
	Flow   string
	Secret string
	URL    string
	QR     string // data: URI of a PNG
}

// Codes are recovery codes, shown once.
type Codes struct {
	Form
	Account  string // whose they are, for a printed sheet
	Codes    []string
	Enrolled bool // an authenticator app was set up just now
}

// Account is what somebody may see and do about their own account.
type Account struct {
	Form
	Name, Phone, Email string // masked
	Factor             bool   // an authenticator app is set up
	CodesLeft          int
	Devices            []Device
}

// Device is one of the person's sessions.
type Device struct {
	ID, Name, Via, Network string
	Since                  time.Time
	Here                   bool // the one that looks
}

// Redeem takes the code of an invitation or a recovery, which counts in Flow.
type Redeem struct {
	Form
	Flow   string
	Invite bool
}

// Doors are the ways into the demo, by whose they are.
type Doors struct {
	Page   layout.Page
	Groups []DoorGroup
}

// DoorGroup is the vendor's, the district's, the street's or the residents'.
type DoorGroup struct {
	Title string
	Doors []Door
}

// Door is somebody of the demo, and where their day begins. Without Enter it is only a link to Start.
type Door struct {
	Role, About, Name, Login, Start, Enter string
	Code                                   string // the present one of the authenticator; empty: there is none
}

// Sent is the development page of messages.
type Sent struct {
	Page     layout.Page
	Messages []SentMessage
}

// SentMessage is one message that left, or would have.
type SentMessage struct {
	Via, Recipient, Purpose, State, Subject, Body, Code, Error string
	MadeAt                                                     time.Time
}

// grouped writes a base32 secret in groups of four, for typing.
func grouped(secret string) string {
	var b []byte
	for i := range len(secret) {
		if i > 0 && i%4 == 0 {
			b = append(b, ' ')
		}
		b = append(b, secret[i])
	}
	return string(b)
}

// query carries the way on from one form to another.
func query(f Form) string {
	if f.ReturnTo == "" {
		return ""
	}
	return "?" + url.Values{"return_to": {f.ReturnTo}}.Encode()
}

func goOn(to string) string {
	if to == "" {
		return "/"
	}
	return to
}

// Districts are the districts whose staff may sign in with their own provider.
type Districts struct {
	Form
	List []District
}

// District is one of them and the way there.
type District struct{ Name, Title, Href string }
