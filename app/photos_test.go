package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// photo is a file of a form.
type photo struct {
	field, name string
	content     []byte
}

// bring posts a form with files as a browser does; number is the request's own, made when empty.
func (h *house) bring(t *testing.T, person int64, path, number string, form map[string]string, files ...photo) (*http.Response, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if number == "" {
		number = tenants.NewID().String()
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.WriteField(ui.RequestField, number))
	for k, v := range form {
		must(w.WriteField(k, v))
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		must(err)
		_, err = part.Write(f.content)
		must(err)
	}
	must(w.Close())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+path, &body)
	must(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return h.do(t, person, r)
}

// get asks for a page or a picture.
func (h *house) get(t *testing.T, person int64, path string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h.do(t, person, r)
}

func (h *house) do(t *testing.T, person int64, r *http.Request) (*http.Response, string) {
	t.Helper()
	r.Header.Set(who, fmt.Sprint(person))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

// contents are how many files' content lies in the store for a tenant.
func (h *house) contents(t *testing.T, id tenants.ID) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(h.Files, id.String()))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return len(entries)
}

func (h *house) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

var shownPhoto = regexp.MustCompile(`/photos/[0-9a-f-]{36}`)

// reported is what a report form says of rubbish.
func reported(id uuid.UUID) map[string]string {
	return map[string]string{"id": id.String(), "channel": "phone", "class": "matter-06010", "community": "320505003001", "description": "小区东门垃圾堆放三天"}
}

// A report comes with two photos, the result with one more. They stand on the sheet by phase, and what is stored and shown
// holds nothing of where the phone was.
func TestPhotosComeWithTheWork(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, _ := h.street(t, "戊"+uuid.NewString()[:6], 50_000)
	intake, handler := roleAt(t, 50_000, auth.Intake), roleAt(t, 50_000, auth.Handler)
	phone := phonePhoto(t)
	if !bytes.Contains(phone, []byte("SECRET-NAME")) {
		t.Fatal("the phone's photo says nothing of its own")
	}
	id, number := tenants.NewID(), tenants.NewID().String()
	sent := []photo{{"photos", "IMG_1.jpg", phone}, {"photos", "IMG_2.jpg", append(bytes.Clone(phone), "more"...)}, {"photos", "", nil}}
	res, body := h.bring(t, intake, "/s/"+s.Slug+"/cases", number, reported(id), sent...)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", res.StatusCode, body)
	}
	// The same again is the same answer; another photo under the number is another matter.
	if again, _ := h.bring(t, intake, "/s/"+s.Slug+"/cases", number, reported(id), sent...); again.StatusCode != http.StatusSeeOther || again.Header.Get("Location") != res.Header.Get("Location") {
		t.Errorf("the same again: %d to %s", again.StatusCode, again.Header.Get("Location"))
	}
	if other, _ := h.bring(t, intake, "/s/"+s.Slug+"/cases", number, reported(id), sent[0]); other.StatusCode != http.StatusConflict {
		t.Errorf("another photo under the same number: %d", other.StatusCode)
	}
	if n := h.number(t, "SELECT count(*) FROM case_photos WHERE tenant_id = $1 AND case_id = $2 AND phase = 'before'", int32(s.ID), id); n != 2 {
		t.Fatalf("%d photos before the work", n)
	}

	_, page := h.get(t, intake, "/s/"+s.Slug+"/cases/"+id.String())
	at := shownPhoto.FindAllString(page, -1)
	if len(at) < 4 || !strings.Contains(page, "处置前") || !strings.Contains(page, "上传照片") {
		t.Fatalf("the sheet shows %d photos", len(at))
	}
	for _, path := range []string{at[0], at[0] + "/small"} {
		res, picture := h.get(t, intake, "/s/"+s.Slug+path)
		if _, err := jpeg.Decode(strings.NewReader(picture)); err != nil || strings.Contains(picture, "SECRET") || strings.Contains(picture, "Exif") {
			t.Errorf("%s holds more than can be seen, or no picture (%v)", path, err)
		}
		for key, want := range map[string]string{
			"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline; filename=photo.jpg", "Cache-Control": "private, max-age=600",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "same-origin", "Content-Length": fmt.Sprint(len(picture)), "Vary": "Cookie",
		} {
			if got := res.Header.Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", path, key, got, want)
			}
		}
	}
	if n := h.number(t, "SELECT count(*) FROM looks WHERE tenant_id = $1 AND actor = $2 AND object_id = $3 AND fields = 'photo'", int32(s.ID), intake, id); n != 2 {
		t.Errorf("%d looks are recorded of 2", n)
	}
	for _, blob := range h.everyContent(t, s.ID) {
		if bytes.Contains(blob, []byte("SECRET")) || bytes.Contains(blob, []byte("JFIF")) || bytes.HasPrefix(blob, []byte{0xff, 0xd8}) {
			t.Error("what lies in the store can be read")
		}
	}

	within(t, h.App, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.File(ctx, tx, id, cases.Filing{})
		if err == nil {
			_, err = cases.Dispatch(ctx, tx, id, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
		}
		return err
	})
	if res, body := h.bring(t, handler, "/s/"+s.Slug+"/cases/"+id.String()+"/handle", "", map[string]string{"result": "已清运"}, photo{"photos", "after.jpg", phone}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("handing in: %d %s", res.StatusCode, body)
	}
	_, page = h.get(t, handler, "/s/"+s.Slug+"/cases/"+id.String())
	if before, after := strings.Index(page, `aria-label="处置前"`), strings.Index(page, `aria-label="处置后"`); before < 0 || after < before {
		t.Errorf("the phases stand at %d and %d", before, after)
	}
}

// A grid worker clears the stairs he walks by and reports both in one, with the place as he found it and as he left it.
func TestMendedOnTheSpotWithPhotos(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, _ := h.street(t, "壬"+uuid.NewString()[:6], 54_000)
	const walker = 54_900
	if err := h.Employ(t.Context(), s.ID, walker, "卫网格", "13900000001", auth.Give{Role: auth.GridWorker, Community: "320505003001"}); err != nil {
		t.Fatal(err)
	}
	id := tenants.NewID()
	form := map[string]string{"id": id.String(), "channel": "grid", "class": "matter-06036", "community": "320505003001", "description": "楼道堆物", "fixed": "已清走"}
	phone := phonePhoto(t)
	if res, body := h.bring(t, walker, "/s/"+s.Slug+"/cases", "", form, photo{"photos", "1.jpg", phone}, photo{"photos_fixed", "2.jpg", phone}, photo{"photos_fixed", "3.jpg", phone}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", res.StatusCode, body)
	}
	for phase, want := range map[string]int{"before": 1, "after": 2} {
		if n := h.number(t, "SELECT count(*) FROM case_photos WHERE tenant_id = $1 AND case_id = $2 AND phase = $3 AND added_by = $4", int32(s.ID), id, phase, walker); n != want {
			t.Errorf("%d photos %s the work, want %d", n, phase, want)
		}
	}
}

// The doctor writes to the place of files and reads it again: one that is gone is found before a photo is lost.
func TestTheDoctorTriesThePlaceOfFiles(t *testing.T) {
	t.Parallel()
	cfg := openHouse(t).App.Config
	cfg.Files = filepath.Join(t.TempDir(), "files")
	a, err := app.New(t.Context(), cfg, app.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	files := func() (found app.Finding) {
		for _, f := range a.Doctor(t.Context()) {
			if f.Part == "files" {
				found = f
			}
		}
		return found
	}
	if f := files(); f.Bad || f.Subject != cfg.Files {
		t.Errorf("a good folder: %+v", f)
	}
	if err := os.RemoveAll(cfg.Files); err != nil {
		t.Fatal(err)
	}
	if f := files(); !f.Bad || f.Mend == "" {
		t.Errorf("a folder that is gone: %+v", f)
	}
}

// everyContent is what lies in the store for a tenant.
func (h *house) everyContent(t *testing.T, id tenants.ID) (out [][]byte) {
	t.Helper()
	dir := filepath.Join(h.Files, id.String())
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatalf("nothing lies in %s (%v)", dir, err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// What is no photo is said at its field, the words that were typed are still there, and nothing was reported.
func TestWhatIsNoPhotoComesBackWithAWord(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, _ := h.street(t, "己"+uuid.NewString()[:6], 51_000)
	intake := roleAt(t, 51_000, auth.Intake)
	phone := phonePhoto(t)
	var many []photo
	for range 19 {
		many = append(many, photo{"photos", "x.jpg", phone})
	}
	h.Site.Uploads.Look = func(_ context.Context, content []byte) error {
		if bytes.Contains(content, []byte("EICAR")) {
			return fault.New(fault.Invalid, "文件含有病毒，已拒收")
		}
		return nil
	}
	for what, c := range map[string]struct {
		files []photo
		says  string
	}{
		"a page":           {[]photo{{"photos", "photo.jpg", []byte("<html><script>alert(1)</script>")}}, "不是可以识别的照片"},
		"of an iPhone":     {[]photo{{"photos", "photo.jpg", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1")}}, "不支持 HEIC 格式"},
		"a paper":          {[]photo{{"photos", "photo.pdf", []byte("%PDF-1.7")}}, "只接收照片"},
		"the second is no": {[]photo{{"photos", "1.jpg", phone}, {"photos", "2.jpg", phone[:100]}}, "已损坏"},
		"too large":        {[]photo{{"photos", "1.jpg", append(bytes.Clone(phone), make([]byte, 10<<20)...)}}, "超过 10 MB"},
		"too many":         {many, "一次最多上传 18 个文件"},
		"ten of a phase":   {many[:10], "每个环节最多 9 张照片"},
		"harmful":          {[]photo{{"photos", "1.jpg", append(bytes.Clone(phone), "EICAR"...)}}, "含有病毒"},
	} {
		res, body := h.bring(t, intake, "/s/"+s.Slug+"/cases", "", reported(tenants.NewID()), c.files...)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, c.says) || !strings.Contains(body, "小区东门垃圾堆放三天") || !strings.Contains(body, `enctype="multipart/form-data"`) {
			t.Errorf("%s: %d, or the form does not come back with %q", what, res.StatusCode, c.says)
		}
	}
	// Refused for another field, the form says that its photos are to be chosen again.
	without := reported(tenants.NewID())
	without["class"] = ""
	for say, files := range map[string][]photo{"选好的照片没有保留": {{"photos", "1.jpg", phone}}, "": nil} {
		res, body := h.bring(t, intake, "/s/"+s.Slug+"/cases", "", without, files...)
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, "选好的照片没有保留") != (say != "") {
			t.Errorf("without a class and with %d photos: %d, or it says of them what is not so", len(files), res.StatusCode)
		}
	}
	if n := h.number(t, "SELECT count(*) FROM cases WHERE tenant_id = $1", int32(s.ID)); n != 1 {
		t.Errorf("%d cases, the one of before was 1", n)
	}
	if n := h.number(t, "SELECT count(*) FROM files WHERE tenant_id = $1", int32(s.ID)); n != 0 {
		t.Errorf("%d files are known of refused forms", n)
	}
}

// Whoever may not hand in does not get as far as having a photo taken in.
func TestStrangersPhotosAreNotTakenIn(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, c := h.street(t, "庚"+uuid.NewString()[:6], 52_000)
	for _, person := range []int64{0, 99, roleAt(t, 52_000, auth.Caller)} {
		if res, _ := h.bring(t, person, "/s/"+s.Slug+"/cases", "", reported(tenants.NewID()), photo{"photos", "1.jpg", phonePhoto(t)}); res.StatusCode < 303 || res.Header.Get("Location") != "" && person != 0 {
			t.Errorf("person %d: %d", person, res.StatusCode)
		}
	}
	if n := h.contents(t, s.ID); n != 0 {
		t.Errorf("%d contents were written for people who may not report", n)
	}
	if res, _ := h.bring(t, roleAt(t, 52_000, auth.Checker), "/s/"+s.Slug+"/cases/"+c.ID.String()+"/handle", "", map[string]string{"result": "x"}, photo{"photos", "1.jpg", phonePhoto(t)}); res.StatusCode < 400 {
		t.Errorf("a checker hands in: %d", res.StatusCode)
	}
	if n := h.number(t, "SELECT count(*) FROM files WHERE tenant_id = $1", int32(s.ID)); n != 0 {
		t.Errorf("%d files are known", n)
	}
}

// Who brought a photo, or the shift's lead, takes it away with a reason. It is gone for everybody at once; that it was there,
// who removed it and why is not.
func TestARemovedPhotoLeavesARecord(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, c := h.street(t, "辛"+uuid.NewString()[:6], 53_000)
	h.photographed(t, s, c)
	checker, lead, handler := roleAt(t, 53_000, auth.Checker), roleAt(t, 53_000, auth.ShiftLead), roleAt(t, 53_000, auth.Handler)
	_, page := h.get(t, lead, "/s/"+s.Slug+"/cases/"+c.ID.String())
	path := "/s/" + s.Slug + shownPhoto.FindString(page)
	for person, why := range map[int64]string{checker: "拍到路人", handler: "拍到路人", lead: ""} {
		if status, _ := h.ask(t, person, http.MethodPost, path+"/remove", map[string][]string{"reason": {why}}); status != http.StatusForbidden && status != http.StatusUnprocessableEntity {
			t.Errorf("person %d removes it with %q: %d", person, why, status)
		}
	}
	if status, body := h.ask(t, lead, http.MethodPost, path+"/remove", map[string][]string{"reason": {"拍到路人"}}); status != http.StatusSeeOther {
		t.Fatalf("removing: %d %s", status, body)
	}
	for _, gone := range []string{path, path + "/small"} {
		res, body := h.get(t, lead, gone)
		none, ghost := h.get(t, lead, "/s/"+s.Slug+"/photos/"+uuid.NewString()+strings.TrimPrefix(gone, path))
		if res.StatusCode != http.StatusNotFound || none.StatusCode != http.StatusNotFound || blank(body) != blank(ghost) {
			t.Errorf("%s: %d, one that never was: %d", gone, res.StatusCode, none.StatusCode)
		}
	}
	if n := h.number(t, "SELECT count(*) FROM files WHERE tenant_id = $1", int32(s.ID)); n != 0 {
		t.Errorf("%d files are left", n)
	}
	_, page = h.get(t, handler, "/s/"+s.Slug+"/cases/"+c.ID.String())
	if !strings.Contains(page, "删除照片") || !strings.Contains(page, "：拍到路人") {
		t.Error("the sheet does not say that a photo was removed, and why")
	}
}
