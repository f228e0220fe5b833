package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
)

// Uploads is what files have to pass, whatever they are.
type Uploads struct {
	Most int64 // bytes of a file that a Taker gets
	// Look looks through a file before anybody makes anything of it: fault.Invalid for one that is harmful. Nil: nobody looks.
	Look func(ctx context.Context, content []byte) error
}

// upload is what a route takes besides a plain form.
type upload struct {
	most  int64 // bytes of a whole form
	files int   // of a route with a taker
	take  Taker
	may   func(context.Context, tenants.Tx) error // at the residents' door: refuses a sender before his files are read
}

// Upload serves a change that brings files or much text: a form of multipart/form-data (or a plain one) of at most most
// bytes. They stay in memory, so most is a matter of a few megabytes.
func (r Routes) Upload(path, may string, most int64, h Handler) {
	r.uploads(path, may, upload{most: most}, h)
}

// Taker makes of one file of a form what the handler is to have of it, before the handler's transaction: what takes long or
// goes over a network belongs here. A fault.Invalid is told to the person at the file's field.
type Taker func(ctx context.Context, store blobs.Store, tenant tenants.ID, content []byte) (any, error)

// Take serves a change that may bring up to files files, each of Site.Uploads.Most bytes at most. They are read one after
// another, while they arrive, once it is known that the sender may; take has each of them, and the handler gets what it made
// by [Taken].
func (r Routes) Take(path, may string, files int, take Taker, h Handler) {
	r.uploads(path, may, upload{most: int64(files)*r.site.Uploads.Most + maxForm, files: files, take: take}, h)
}

func (r Routes) uploads(path, may string, u upload, h Handler) {
	r.site.takes(http.MethodPost+" /s/{tenant}"+path, u)
	r.site.tenantRoute(http.MethodPost, r.module, path, may, true, h)
}

// takes notes that a route takes files.
func (s *Site) takes(pattern string, u upload) {
	if s.uploads == nil {
		s.uploads = map[string]upload{}
	}
	s.uploads[pattern] = u
}

// FileDigest and a field's name make the field under which the digest of a file stands, so that the request's digest covers it.
const FileDigest = "sha256 of "

func (r *Request) multipart() bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// tooMuch is a form that is too large or none.
func tooMuch(err error) error {
	return fault.New(fault.Invalid, "提交的内容过大或格式有误").Because(err)
}

// receive reads a form with files, once it is known who sends it. admit says whether he may.
func (r *Request) receive(w http.ResponseWriter, s *Site, tenant tenants.ID, u upload, admit func() error) error {
	switch {
	case u.most == 0 || !r.multipart():
		return nil
	case u.take == nil:
		return r.unpack(u.most, s.Uploads)
	}
	if err := admit(); err != nil {
		return err
	}
	rc := http.NewResponseController(w)
	r.Body = &arriving{r.Body, rc, time.Now().Add(arrives)} //nolint:forbidigo // how long to wait, not what time it is
	defer func() { _ = rc.SetReadDeadline(time.Time{}) }()
	return r.take(s, tenant, u)
}

// arrives is how long photos of a whole form may take from a place with a weak network, as long as they do not stand still.
const arrives = 10 * time.Minute

// arriving is a body whose sender is waited for as long as something comes: the server's own limit is for forms.
type arriving struct {
	io.ReadCloser
	rc  *http.ResponseController
	end time.Time
}

func (a *arriving) Read(p []byte) (int, error) {
	until := time.Now().Add(stalled) //nolint:forbidigo // how long to wait, not what time it is
	if until.After(a.end) {
		until = a.end
	}
	_ = a.rc.SetReadDeadline(until)
	return a.ReadCloser.Read(p)
}

// unpack reads a form of at most most bytes into memory.
func (r *Request) unpack(most int64, rules Uploads) error {
	if err := r.ParseMultipartForm(most); err != nil {
		return tooMuch(err)
	}
	for field, files := range r.MultipartForm.File {
		for _, header := range files {
			f, err := header.Open()
			if err != nil {
				return tooMuch(err)
			}
			body, err := io.ReadAll(f)
			if err = errors.Join(err, f.Close()); err != nil {
				return tooMuch(err)
			}
			r.digest(field, sha256.Sum256(body))
			if rules.Look == nil {
				continue
			}
			if err := rules.Look(r.Context(), body); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Request) digest(field string, sum [sha256.Size]byte) {
	r.PostForm.Add(FileDigest+field, hex.EncodeToString(sum[:]))
}

// take reads a form file by file.
func (r *Request) take(s *Site, tenant tenants.ID, u upload) error {
	in, err := r.MultipartReader()
	if err != nil {
		return tooMuch(err)
	}
	r.PostForm, r.taken = url.Values{}, map[string][]any{}
	for text := int64(maxForm); ; {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return tooMuch(err)
		}
		field := part.FormName()
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, text+1))
			if text -= int64(len(value)); err != nil || text < 0 {
				return tooMuch(err)
			}
			r.PostForm.Add(field, string(value))
			continue
		}
		if err := r.takeFile(s, tenant, u, field, part); err != nil {
			return err
		}
	}
	r.Form = r.URL.Query()
	for k, v := range r.PostForm {
		r.Form[k] = append(v[:len(v):len(v)], r.Form[k]...)
	}
	return nil
}

// takeFile has one file taken. What is refused is remembered, and the rest of the form is read all the same: the digest of the
// request needs it, and the person gets his form again.
func (r *Request) takeFile(s *Site, tenant tenants.ID, u upload, field string, part *multipart.Part) error {
	var body bytes.Buffer
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(&body, sum), io.LimitReader(part, s.Uploads.Most+1))
	if err != nil {
		return tooMuch(err)
	}
	if n == 0 { // nothing was chosen
		return nil
	}
	if _, err := io.Copy(sum, part); err != nil {
		return tooMuch(err)
	}
	r.digest(field, [sha256.Size]byte(sum.Sum(nil)))
	if r.untaken == nil {
		err = r.makeOf(s, tenant, u, field, body.Bytes())
	}
	return err
}

// makeOf has the taker make of a file what the handler is to have.
func (r *Request) makeOf(s *Site, tenant tenants.ID, u upload, field string, content []byte) error {
	switch {
	case r.count() == u.files:
		return r.untake(field, fault.New(fault.Invalid, "一次最多上传 %d 个文件", u.files))
	case int64(len(content)) > s.Uploads.Most:
		return r.untake(field, fault.New(fault.Invalid, "文件超过 %d MB，请缩小后上传", s.Uploads.Most>>20))
	}
	if s.Uploads.Look != nil {
		if err := s.Uploads.Look(r.Context(), content); err != nil {
			return r.untake(field, err)
		}
	}
	made, err := u.take(r.Context(), s.DB.Blobs(), tenant, content)
	if err != nil {
		return r.untake(field, err)
	}
	r.taken[field] = append(r.taken[field], made)
	return nil
}

func (r *Request) count() (n int) {
	for _, list := range r.taken {
		n += len(list)
	}
	return n
}

// untake keeps a refusal for the handler; any other failure ends the request.
func (r *Request) untake(field string, err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	r.untaken = fault.New(fault.Invalid, f.Say, f.Args...).Because(f).And(field, "请重新选择照片")
	return nil
}

// Taken are what the route's taker made of the files of a field; the fault of the first file of the form that was refused.
func Taken[T any](r *Request, field string) ([]T, error) {
	if r.untaken != nil {
		return nil, r.untaken
	}
	var out []T
	for _, made := range r.taken[field] {
		out = append(out, made.(T)) //nolint:forcetypeassert // the route's taker makes nothing else
	}
	return out, nil
}
