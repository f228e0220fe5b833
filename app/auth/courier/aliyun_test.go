package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The provider's own example of a signed request, as its manual gives it.
func TestSignatureIsThatOfTheManual(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "https://ecs.cn-shanghai.aliyuncs.com/?"+canonical(url.Values{"ImageId": {"win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}, "RegionId": {"cn-shanghai"}}), nil)
	r.Header.Set("x-acs-version", "2014-05-26")
	signACS3(r, "RunInstances", "YourAccessKeyId", "YourAccessKeySecret", "3156853299f313e23d1673dc12e1703d", time.Date(2023, 10, 26, 10, 22, 32, 0, time.UTC))
	const want = "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("signed %s\nwant   %s", got, want)
	}
}

// provider answers like the provider, by the telephone that is asked for; what it is asked must be signed and whole.
type provider struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	nonces map[string]bool
	asked  []url.Values
	status map[string]int // of the receipt, by BizId
}

const (
	goodPhone, busyPhone, badPhone, brokenPhone, slowPhone = "13800000001", "13800000002", "13800000003", "13800000004", "13800000005"
)

func newProvider(t *testing.T) (*provider, *Aliyun) {
	t.Helper()
	p := &provider{t: t, nonces: map[string]bool{}, status: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	a, err := OpenAliyun("aliyun://AKID:s3cret@" + strings.TrimPrefix(p.URL, "http://") + "?tls=none&sign=" + url.QueryEscape("万街") + "&login_code_valid=SMS_1&notice.closed=SMS_2")
	must(t, err)
	a.client.Timeout = 300 * time.Millisecond
	return p, a
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	say := func(status int, v any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", r.Header.Get("x-acs-date"))
	if err != nil || time.Since(at).Abs() > 15*time.Minute || p.nonces[r.Header.Get("x-acs-signature-nonce")] {
		say(400, map[string]string{"Code": "SignatureNonceUsed"})
		return
	}
	p.nonces[r.Header.Get("x-acs-signature-nonce")] = true
	again := httptest.NewRequest(r.Method, "http://"+r.Host+"/?"+r.URL.RawQuery, nil)
	signACS3(again, r.Header.Get("x-acs-action"), "AKID", "s3cret", r.Header.Get("x-acs-signature-nonce"), at)
	if r.Header.Get("Authorization") != again.Header.Get("Authorization") || r.Header.Get("x-acs-version") != "2017-05-25" {
		say(400, map[string]string{"Code": "SignatureDoesNotMatch", "Message": "of " + r.URL.RawQuery})
		return
	}
	q := r.URL.Query()
	p.asked = append(p.asked, q)
	if r.Header.Get("x-acs-action") == "QuerySendDetails" {
		status := p.status[q.Get("BizId")]
		say(200, map[string]any{"Code": "OK", "TotalCount": 1, "SmsSendDetailDTOs": map[string]any{"SmsSendDetailDTO": []map[string]any{
			{"SendStatus": status, "ErrCode": map[int]string{2: "MK:0012", 3: "DELIVERED"}[status], "ReceiveDate": "2026-11-23 15:04:05", "PhoneNum": q.Get("PhoneNumber")}}}})
		return
	}
	switch q.Get("PhoneNumbers") {
	case busyPhone:
		say(200, map[string]string{"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控Permits:1 " + busyPhone})
	case badPhone:
		say(400, map[string]string{"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": badPhone + "invalid mobile number"})
	case brokenPhone:
		http.Error(w, "upstream "+brokenPhone, http.StatusBadGateway)
	case slowPhone:
		p.mu.Unlock()
		time.Sleep(time.Second)
		p.mu.Lock()
	default:
		say(200, map[string]string{"Code": "OK", "BizId": fmt.Sprintf("%d^0", len(p.asked)), "Message": "OK"})
	}
}

func TestTheProvidersContract(t *testing.T) {
	t.Parallel()
	p, a := newProvider(t)
	m := text("+86" + goodPhone)
	number, err := a.Send(t.Context(), m)
	must(t, err)
	asked := p.asked[0]
	for name, want := range map[string]string{"PhoneNumbers": goodPhone, "SignName": "万街", "TemplateCode": "SMS_1", "TemplateParam": `{"code":"408219"}`, "OutId": m.ID.String()} {
		if asked.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, asked.Get(name), want)
		}
	}
	if number == "" {
		t.Error("no number to ask for the receipt")
	}
	told := Message{ID: tenants.NewID(), Recipient: "+86" + goodPhone, Purpose: "notice.closed", Blanks: map[string]string{"street": "枫桥街道", "number": "20261123-0001"}}
	_, err = a.Send(t.Context(), told)
	must(t, err)
	if got := p.asked[1].Get("TemplateParam"); got != `{"number":"20261123-0001","street":"枫桥街道"}` || p.asked[1].Get("TemplateCode") != "SMS_2" {
		t.Errorf("blanks %s of %s", got, p.asked[1].Get("TemplateCode"))
	}
	for _, c := range []struct {
		phone, says string
		never       bool
	}{
		{busyPhone, "isv.BUSINESS_LIMIT_CONTROL", false}, {badPhone, "isv.MOBILE_NUMBER_ILLEGAL", true}, {brokenPhone, "502", false}, {slowPhone, "", false},
	} {
		_, err := a.Send(t.Context(), text("+86"+c.phone))
		if err == nil || errors.Is(err, ErrNever) != c.never || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), c.phone) {
			t.Errorf("%s: %v", c.phone, err)
		}
	}
	if _, err := a.Send(t.Context(), Message{Recipient: "+86" + goodPhone, Purpose: "unheard"}); !errors.Is(err, ErrNever) || !strings.Contains(err.Error(), "unheard") {
		t.Errorf("without a template: %v", err)
	}
	a.secret = "another"
	if _, err := a.Send(t.Context(), text("+86"+goodPhone)); err == nil || !strings.Contains(err.Error(), "SignatureDoesNotMatch") || strings.Contains(err.Error(), goodPhone) {
		t.Errorf("with another secret: %v", err)
	}
	for _, bad := range []string{"aliyun://host?sign=a", "https://k:s@host", "aliyun://k:s@host?sign=a", "aliyun://k:s3cret@host?login_code_valid=SMS_1", "aliyun://k:s3cret@ho st"} {
		if _, err := OpenAliyun(bad); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// silent is a provider that sends and cannot be asked for a while.
type silent struct{ Sender }

func (silent) Receipt(context.Context, Message) (Receipt, error) {
	return Receipt{}, errors.New("connection reset")
}

// A message leaves at the second try, and the house asks until the provider knows what became of it.
func TestAReceiptComes(t *testing.T) {
	t.Parallel()
	s := store(t)
	p, a := newProvider(t)
	senders := map[string]Sender{SMS: a}
	m := text("+86" + busyPhone)
	id, err := s.Send(t.Context(), m)
	must(t, err)
	if deliver(t, s, senders, id, 1) == nil {
		t.Error("a limit of the provider is no failure")
	}
	bad, err := s.Send(t.Context(), text("+86"+badPhone))
	must(t, err)
	must(t, deliver(t, s, senders, bad, 1))
	if got, _ := s.one(t.Context(), bad); got.State != Failed || !strings.Contains(got.Error, "MOBILE_NUMBER_ILLEGAL") {
		t.Errorf("a number that is none: %s, %q", got.State, got.Error)
	}
	if n, err := s.Refused(t.Context(), time.Now().Add(-time.Hour)); err != nil || n < 1 {
		t.Errorf("%d messages did not arrive, %v", n, err)
	}
	if n, err := s.Refused(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("%d messages of the future, %v", n, err)
	}

	about := tenants.NewID()
	m = text("+86" + goodPhone)
	m.Tenant, m.About = 12, about
	var told []Told
	deaf := true
	s.Heard = func(_ context.Context, w Told) error {
		if w.Receipt.State == Delivered && deaf {
			return errors.New("the tenant's database is away")
		}
		told = append(told, w)
		return nil
	}
	must(t, s.SendNow(t.Context(), senders, m, 1))
	sent, err := s.one(t.Context(), m.ID)
	must(t, err)
	if sent.State != Sent || sent.Receipt.State != Waiting || sent.Number == "" {
		t.Fatalf("sent as %s, receipt %q, number %q", sent.State, sent.Receipt.State, sent.Number)
	}
	questions := func() (n int) {
		must(t, tenantstest.Open(t).Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM outbox WHERE kind = $1 AND payload->>'ID' = $2 AND next_at > now()", ReceiptKind, m.ID.String()).Scan(&n))
		return n
	}
	if questions() != 1 {
		t.Fatalf("%d questions after the sending", questions())
	}
	ask := func(n int) Receipt {
		t.Helper()
		payload, err := json.Marshal(question{m.ID, n})
		must(t, err)
		must(t, Receipts(s, senders).Outside(t.Context(), jobs.Env{DB: s.db}, payload))
		got, err := s.one(t.Context(), m.ID)
		must(t, err)
		return got.Receipt
	}
	p.status[sent.Number] = 1
	if got := ask(0); got.State != Waiting || questions() != 2 {
		t.Errorf("the provider does not know yet: %+v, %d questions", got, questions())
	}
	asked := senders[SMS]
	senders[SMS] = silent{asked}
	if got := ask(1); got.State != Waiting || questions() != 3 {
		t.Errorf("the provider cannot be asked: %+v, %d questions", got, questions())
	}
	senders[SMS] = asked
	p.status[sent.Number] = 3
	payload, err := json.Marshal(question{m.ID, 1})
	must(t, err)
	if Receipts(s, senders).Outside(t.Context(), jobs.Env{DB: s.db}, payload) == nil {
		t.Error("a receipt that the tenant does not hear of is no failure")
	}
	deaf = false
	if got := ask(1); got.State != Delivered || got.Said != "DELIVERED" || !got.At.Equal(time.Date(2026, 11, 23, 15, 4, 5, 0, clock.Zone)) {
		t.Errorf("receipt %+v", got)
	}
	last := p.asked[len(p.asked)-1]
	if last.Get("BizId") != sent.Number || last.Get("PhoneNumber") != goodPhone || last.Get("SendDate") != sent.SentAt.In(clock.Zone).Format("20060102") {
		t.Errorf("asked with %v", last)
	}
	p.status[sent.Number] = 2
	if got := ask(2); got.State != Delivered {
		t.Errorf("a receipt changes: %+v", got)
	}
	if len(told) != 2 || told[0].State != Sent || told[0].Receipt.State != Waiting || told[1].Receipt.State != Delivered || told[1].ID != m.ID || told[1].Tenant != 12 || told[1].About != about {
		t.Errorf("the tenant was told %+v", told)
	}

	silent := text("+86" + goodPhone)
	must(t, s.SendNow(t.Context(), senders, silent, 1))
	m = silent
	if got := ask(len(asks) - 1); got.State != Unknown || got.At.IsZero() {
		t.Errorf("after a day without a word: %+v", got)
	}
}
