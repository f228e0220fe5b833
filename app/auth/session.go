package auth

import (
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// Kind is what sort of person somebody is, and the name of their identity schema in Kratos.
type Kind string

// The kinds.
const (
	Employee Kind = "staff"
	Resident Kind = "resident"
)

// Session is somebody who is signed in. It never holds the token itself.
type Session struct {
	Key             Key
	ID              string // Kratos's number of the session
	Identity        uuid.UUID
	Kind            Kind
	AAL             int // 1: one factor was shown; 2: two
	AuthenticatedAt time.Time
	IssuedAt        time.Time
	ExpiresAt       time.Time

	Name     string // how an employee is called; empty for residents
	Person   int64  // our own number; what acts are signed with
	Epoch    int32  // ctl.people.epoch when the session was read
	Vouched  bool   // the second factor was shown at the district's provider, not to Kratos
	Enrolled bool   // has a second factor, and so must always show it
}

// Key stands for a session token in memory and messages: its SHA-256.
type Key [sha256.Size]byte

// KeyOf is the key of a token.
func KeyOf(token string) Key { return sha256.Sum256([]byte(token)) }

// Actor is the person as a scope takes them; entering it adds the grants.
func (s Session) Actor() tenants.Actor { return tenants.Actor{Person: s.Person} }

// Short reports whether the session is short of a factor for somebody with these grants. A door
// that sees it sends the person to /second-factor, after asking Keeper.Fresh once: the factor may
// have been shown a moment ago.
func (s Session) Short(upper UpperGrants, grants []tenants.Grant) bool {
	return s.AAL < 2 && (s.Enrolled || NeedsSecondFactor(upper, grants))
}

// errUnsigned is the fault of a request without a living session.
func errUnsigned() error { return fault.New(fault.Unsigned, "请先登录") }

// Cookies writes and reads the one cookie: Kratos's session token under a name that browsers bind
// to this very host, over TLS, on all paths. Chromium takes it from http://127.0.0.1 and
// http://localhost too; Plain is for development on other names without TLS.
// At tells the cookies of two doors on one host apart.
type Cookies struct {
	Plain bool
	At    string // "-resident"; empty: the staff's
}

// Name is the cookie's name.
func (c Cookies) Name() string {
	if c.Plain {
		return "wanjie" + c.At
	}
	return "__Host-wanjie" + c.At
}

// Token is the session token that r carries, or "".
func (c Cookies) Token(r *http.Request) string {
	cookie, err := r.Cookie(c.Name())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Set leaves token with the browser until expires.
func (c Cookies) Set(w http.ResponseWriter, token string, expires time.Time) {
	http.SetCookie(w, c.Of(token, expires))
}

// Of is the cookie that keeps token until expires.
func (c Cookies) Of(token string, expires time.Time) *http.Cookie { return c.cookie(token, expires, 0) }

// Gone is the cookie that takes it back.
func (c Cookies) Gone() *http.Cookie { return c.cookie("", time.Time{}, -1) }

// Clear takes the cookie back.
func (c Cookies) Clear(w http.ResponseWriter) { http.SetCookie(w, c.Gone()) }

func (c Cookies) cookie(value string, expires time.Time, age int) *http.Cookie {
	return &http.Cookie{
		Name: c.Name(), Value: value, Path: "/", Expires: expires, MaxAge: age,
		Secure: !c.Plain, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
