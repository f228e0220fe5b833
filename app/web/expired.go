package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"wanjie/app/fault"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Unsent is in the address of a sign-in page that a form led to whose fields could not be kept: the page then says so.
const Unsent = "unsent"

// expired answers a form whose session had ended so that nothing typed is lost, and reports whether it could. A script
// that sent it leaves the form as it stands and shows the words above it; otherwise the page that answers carries the
// fields, under the form's own number, and sends them once more. signIn is opened beside it.
func (s *Site) expired(w http.ResponseWriter, r *Request, signIn string, err error) bool {
	ctx := r.Context()
	again := &layout.Again{SignIn: signIn, Action: r.URL.RequestURI()}
	if !r.Boosted() {
		var read bool
		if again.Fields, again.Files, read = r.typed(w); !read || len(again.Fields) == 0 {
			return false
		}
	}
	text := ui.T(ctx, "登录已过期：请在新窗口登录后再提交")
	if errors.Is(err, ErrWeak) {
		text = ui.T(ctx, "请在新窗口完成二次验证后再提交")
	}
	s.sendFailure(w, r, layout.Failure{Status: fault.Unsigned.Status(), Text: text, Back: safeReferer(r.Request, r.Base), Again: again})
	return true
}

// typed are the fields of a form that nobody has taken yet, without its files, and whether it had any. It reads no more of
// it than of a form without files: whoever sent it is not signed in.
func (r *Request) typed(w http.ResponseWriter) (fields []layout.Typed, files, ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if in, err := r.MultipartReader(); err == nil {
		for {
			part, err := in.NextPart()
			if errors.Is(err, io.EOF) {
				return fields, files, true
			}
			if err != nil {
				return nil, false, false
			}
			var value bytes.Buffer
			n, err := io.Copy(&value, part)
			switch {
			case err != nil:
				return nil, false, false
			case part.FileName() == "" && part.FormName() != "":
				fields = append(fields, layout.Typed{Name: part.FormName(), Value: value.String()})
			default:
				files = files || n > 0
			}
		}
	}
	if r.parse() != nil {
		return nil, false, false
	}
	for name, values := range r.PostForm {
		for _, v := range values {
			if !strings.HasPrefix(name, FileDigest) {
				fields = append(fields, layout.Typed{Name: name, Value: v})
			}
		}
	}
	slices.SortStableFunc(fields, func(a, b layout.Typed) int { return strings.Compare(a.Name, b.Name) })
	return fields, false, true
}
