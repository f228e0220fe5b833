package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"

	"wanjie/app/fault"
)

// Upload serves a change that brings files or much text: a form of multipart/form-data (or a plain one) of at most most
// bytes. They stay in memory, so most is a matter of a few megabytes.
func (r Routes) Upload(path, may string, most int64, h Handler) {
	if r.site.uploads == nil {
		r.site.uploads = map[string]int64{}
	}
	r.site.uploads[http.MethodPost+" /s/{tenant}"+path] = most
	r.site.tenantRoute(http.MethodPost, r.module, path, may, true, h)
}

// fileDigest is the field under which unpack puts the digest of a file, so that the request's digest covers it.
const fileDigest = "sha256 of "

// unpack reads a multipart form of at most most bytes, once it is known who sends it.
func (r *Request) unpack(most int64) error {
	if most == 0 || !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return nil
	}
	tooMuch := func(err error) error {
		return fault.New(fault.Invalid, "提交的内容过大或格式有误").Because(err)
	}
	if err := r.ParseMultipartForm(most); err != nil {
		return tooMuch(err)
	}
	for field, files := range r.MultipartForm.File {
		for _, header := range files {
			f, err := header.Open()
			if err != nil {
				return tooMuch(err)
			}
			sum := sha256.New()
			_, err = io.Copy(sum, f)
			_ = f.Close()
			if err != nil {
				return tooMuch(err)
			}
			r.PostForm.Add(fileDigest+field, hex.EncodeToString(sum.Sum(nil)))
		}
	}
	return nil
}
