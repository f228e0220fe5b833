package blobs

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"
)

func name(t *testing.T, tenant int32) Name {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return Name{tenant, id}
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// stores are a folder and a bucket, behind one interface: what holds for the one holds for the other.
func stores(t *testing.T) map[string]Store {
	t.Helper()
	dir, err := Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	b, err := Open("s3://streets/wanjie?plain=yes&path=yes&region=cn-east-1&endpoint=" + strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Store{"folder": dir, "bucket": b}
}

func TestContentComesBack(t *testing.T) {
	for kind, s := range stores(t) {
		mine, other, foreign := name(t, 1_000_001), name(t, 1_000_002), name(t, 2_000_001)
		for _, size := range []int{0, 1, 100_000, piece - 1, piece, piece + 1, 2*piece + 3} {
			n, content := name(t, 1_000_003), noise(size)
			if err := s.Put(t.Context(), n, bytes.NewReader(content)); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			in, err := s.Open(t.Context(), n)
			if err != nil {
				t.Fatalf("%s: %d bytes: %v", kind, size, err)
			}
			got, err := io.ReadAll(in)
			if err != nil || in.Close() != nil || !bytes.Equal(got, content) {
				t.Errorf("%s: %d bytes came back as %d (%v)", kind, size, len(got), err)
			}
			if err := s.Remove(t.Context(), n); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
		for _, n := range []Name{mine, other, foreign} {
			if err := s.Put(t.Context(), n, strings.NewReader("x")); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
		}
		var listed []Name
		if err := s.List(t.Context(), 1, func(n Name) error { listed = append(listed, n); return nil }); err != nil || !slices.Equal(listed, []Name{mine, other}) {
			t.Errorf("%s lists %v (%v), want those of its deployment", kind, listed, err)
		}
		stop := errors.New("enough")
		if err := s.List(t.Context(), 1, func(Name) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("%s goes on listing: %v", kind, err)
		}
		for range 2 { // a second time it is not there, which is no error
			if err := s.Remove(t.Context(), mine); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
		if _, err := s.Open(t.Context(), mine); !errors.Is(err, ErrNone) {
			t.Errorf("%s: what was removed gives %v", kind, err)
		}
		if err := Probe(t.Context(), s, 1); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// Broken off in the middle, nothing is there; after a power cut what was begun is listed and can be swept.
func TestHalfIsNothing(t *testing.T) {
	for kind, s := range stores(t) {
		n := name(t, 1_000_001)
		broken := io.MultiReader(bytes.NewReader(noise(piece+10)), iotest.ErrReader(errors.New("the phone is gone")))
		if err := s.Put(t.Context(), n, broken); err == nil {
			t.Errorf("%s: half is taken for the whole", kind)
		}
		if _, err := s.Open(t.Context(), n); !errors.Is(err, ErrNone) {
			t.Errorf("%s: of half there is something: %v", kind, err)
		}
		dir, ok := s.(folder)
		if !ok {
			continue
		}
		left := filepath.Join(dir.String(), n.String()+begun)
		if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		seen := 0
		if err := s.List(t.Context(), 1, func(Name) error { seen++; return nil }); err != nil || seen != 1 {
			t.Errorf("%d names listed (%v)", seen, err)
		}
		if err := s.Remove(t.Context(), n); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("what was begun is left: %v", err)
		}
	}
}

// What is not ours in the folder stays, and nothing leads out of it.
func TestStrangersInTheFolderStay(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	s, err := Open("file://" + dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"lost+found", "1000001/README", "1000001/0190", "notes"} {
		if err := os.MkdirAll(filepath.Join(dir, p), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.List(t.Context(), 1, func(n Name) error { t.Errorf("listed %s", n); return nil }); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "ftp://x/y", "s3:///prefix", "s3://key:secret@bucket"} {
		if _, err := Open(bad); err == nil {
			t.Errorf("%q is an address", bad)
		}
	}
}

// server is as much of S3 as a store needs, over HTTP: objects, uploads in pieces, a listing in two pages.
type server struct {
	*httptest.Server
	mu      sync.Mutex
	objects map[string][]byte
	uploads map[string]map[string][]byte
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{objects: map[string][]byte{}, uploads: map[string]map[string][]byte{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=key/") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	key, q := strings.TrimPrefix(r.URL.Path, "/streets/"), r.URL.Query()
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		id := fmt.Sprint(len(s.uploads) + 1)
		s.uploads[id] = map[string][]byte{}
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><Bucket>streets</Bucket><Key>%s</Key><UploadId>%s</UploadId></InitiateMultipartUploadResult>", key, id)
	case r.Method == http.MethodPut && q.Has("uploadId"):
		s.uploads[q.Get("uploadId")][q.Get("partNumber")] = unchunked(r)
		w.Header().Set("ETag", `"`+q.Get("partNumber")+`"`)
	case r.Method == http.MethodPost && q.Has("uploadId"):
		var done struct{ Part []struct{ PartNumber string } }
		if err := xml.NewDecoder(r.Body).Decode(&done); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var whole []byte
		for _, p := range done.Part {
			whole = append(whole, s.uploads[q.Get("uploadId")][p.PartNumber]...)
		}
		s.objects[key] = whole
		fmt.Fprintf(w, "<CompleteMultipartUploadResult><Bucket>streets</Bucket><Key>%s</Key><ETag>x</ETag></CompleteMultipartUploadResult>", key)
	case r.Method == http.MethodDelete && q.Has("uploadId"):
		delete(s.uploads, q.Get("uploadId"))
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPut:
		s.objects[key] = unchunked(r)
		w.Header().Set("ETag", `"x"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case q.Has("list-type"):
		s.list(w, q.Get("prefix"), q.Get("continuation-token"))
	default:
		body, ok := s.objects[key]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "<Error><Code>NoSuchKey</Code></Error>")
			return
		}
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Last-Modified", "Mon, 23 Nov 2026 08:00:00 GMT")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
}

func (s *server) list(w io.Writer, prefix, after string) {
	var keys []string
	for k := range s.objects {
		if strings.HasPrefix(k, prefix) && k > after {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	more := len(keys) > 1
	if more {
		keys = keys[:1]
	}
	fmt.Fprintf(w, "<ListBucketResult><IsTruncated>%t</IsTruncated>", more)
	for _, k := range keys {
		fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>%d</Size><LastModified>2026-11-23T08:00:00Z</LastModified></Contents><NextContinuationToken>%s</NextContinuationToken>", k, len(s.objects[k]), k)
	}
	fmt.Fprint(w, "</ListBucketResult>")
}

// unchunked takes a body out of the pieces in which it is signed (aws-chunked).
func unchunked(r *http.Request) (body []byte) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body, _ = io.ReadAll(r.Body)
		return body
	}
	in := bufio.NewReader(r.Body)
	for {
		var n int
		head, err := in.ReadString('\n')
		if err != nil {
			return body
		}
		if _, err := fmt.Sscanf(head, "%x", &n); err != nil || n == 0 {
			_, _ = io.Copy(io.Discard, in)
			return body
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			return body
		}
		body = append(body, chunk[:n]...)
	}
}
