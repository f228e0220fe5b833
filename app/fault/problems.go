package fault

import (
	"strings"
	"unicode/utf8"
)

// Problems gathers what is wrong with a form, field by field, so that a person hears of all of it at once.
//
//	var f fault.Problems
//	f.Need("reason", in.Reason, 4000)
//	return f.Fault()
type Problems struct {
	Found *Error // so far; nil: nothing is wrong
}

// Add says what is wrong with a field, a catalogue key.
func (p *Problems) Add(field, say string) {
	if p.Found == nil {
		p.Found = Field(field, say)
		return
	}
	p.Found.And(field, say)
}

// Fault is the fault of the form, of kind Invalid; nil when nothing is wrong.
func (p *Problems) Fault() error {
	if p.Found == nil {
		return nil
	}
	return p.Found
}

// Need asks for a text of at most most characters.
func (p *Problems) Need(field, value string, most int) {
	if strings.TrimSpace(value) == "" {
		p.Add(field, "请填写此项")
	}
	p.Fit(field, value, most)
}

// Fit refuses a text that is longer than most characters or no text.
func (p *Problems) Fit(field, value string, most int) {
	if utf8.RuneCountInString(value) > most {
		p.Add(field, "内容过长，请精简")
	}
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		p.Add(field, "含有无法识别的字符")
	}
}
