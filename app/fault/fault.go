// Package fault holds the failures that a person should hear about: what is wrong, in the
// person's words, and of which kind. Everything else is a plain wrapped error, which is logged
// whole once and shown as 系统繁忙 with the request's number.
package fault

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Kind says what sort of failure it is; web turns it into a status.
type Kind int

// The kinds. NotFound is also the answer for another tenant's row, with the same body.
const (
	Invalid     Kind = iota + 1 // the input breaks a rule: 422, with messages by field
	NotFound                    // nothing there, or nothing of yours: 404
	Conflict                    // somebody was faster, or the state no longer allows it: 409
	Forbidden                   // signed in, but not allowed: 403
	Unsigned                    // not signed in: 401
	Unavailable                 // try again soon: 503
	TooMany                     // too often: 429
)

// Status is the HTTP status of the kind.
func (k Kind) Status() int {
	switch k {
	case Invalid:
		return http.StatusUnprocessableEntity
	case NotFound:
		return http.StatusNotFound
	case Conflict:
		return http.StatusConflict
	case Forbidden:
		return http.StatusForbidden
	case Unsigned:
		return http.StatusUnauthorized
	case Unavailable:
		return http.StatusServiceUnavailable
	case TooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// String is the kind as programs read it; "failed" for what is no fault of theirs.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not_found"
	case Conflict:
		return "conflict"
	case Forbidden:
		return "forbidden"
	case Unsigned:
		return "unsigned"
	case Unavailable:
		return "unavailable"
	case TooMany:
		return "too_many"
	}
	return "failed"
}

// Error is a failure with a sentence for the person who caused or met it. Say is a catalogue key
// (Chinese); Args fill its verbs after translation.
type Error struct {
	Kind   Kind
	Say    string
	Args   []any
	Fields map[string]string // field name → what is wrong with it (catalogue keys)
	Wait   time.Duration     // after which it may be tried again; zero: nobody says
	cause  error
}

// New makes a fault of kind k. say is a Chinese sentence, with fmt verbs for args.
func New(k Kind, say string, args ...any) *Error { return &Error{Kind: k, Say: say, Args: args} }

// Field makes an Invalid fault about one field; more may be added with And.
func Field(name, say string) *Error {
	return (&Error{Kind: Invalid, Say: "请检查标红的内容"}).And(name, say)
}

// And adds a message for a field and returns the same fault. The first message of a field stays.
func (e *Error) And(name, say string) *Error {
	if e.Fields == nil {
		e.Fields = map[string]string{}
	}
	if _, has := e.Fields[name]; !has {
		e.Fields[name] = say
	}
	return e
}

// After says when to try again and returns the same fault.
func (e *Error) After(wait time.Duration) *Error { e.Wait = wait; return e }

// Because keeps the technical cause for the log; people do not see it.
func (e *Error) Because(err error) *Error { e.cause = err; return e }

func (e *Error) Error() string {
	s := fmt.Sprintf(e.Say, e.Args...)
	for f, m := range e.Fields {
		s += "; " + f + ": " + m
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.cause }

// Of finds the fault in err's chain, or returns nil.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is reports whether err carries a fault of kind k.
func Is(err error, k Kind) bool {
	e := Of(err)
	return e != nil && e.Kind == k
}
