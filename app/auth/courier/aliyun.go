package courier

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
)

// Aliyun sends text messages by Alibaba Cloud's short message service (dysmsapi, 2017-05-25). Requests are signed here, by
// the published rule of its third version: the vendor's own library brings forty thousand lines for two calls.
type Aliyun struct {
	base, host  string
	key, secret string
	sign        string            // 短信签名
	templates   map[string]string // approved template by the purpose of a message
	client      *http.Client
}

// OpenAliyun reads aliyun://KEY:SECRET@dysmsapi.aliyuncs.com?sign=万街&login_code_valid=SMS_1&invite=SMS_2…: the signature
// under which messages come, and for each purpose the number of its approved template. ?tls=none is for tests. Nothing is
// connected yet. Errors never show the secret.
func OpenAliyun(raw string) (*Aliyun, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "aliyun" || u.Host == "" || u.User == nil {
		return nil, errors.New("courier: not of the form aliyun://KEY:SECRET@dysmsapi.aliyuncs.com?sign=…&login_code_valid=SMS_…")
	}
	a := &Aliyun{base: "https://" + u.Host, host: u.Host, key: u.User.Username(), templates: map[string]string{}, client: &http.Client{Timeout: 15 * time.Second}}
	a.secret, _ = u.User.Password()
	for name, values := range u.Query() {
		switch value := values[0]; name {
		case "sign":
			a.sign = value
		case "tls":
			if value == "none" {
				a.base = "http://" + u.Host
			}
		default:
			a.templates[name] = value
		}
	}
	if a.key == "" || a.secret == "" || a.sign == "" || a.templates["login_code_valid"] == "" {
		return nil, errors.New("courier: aliyun:// needs key, secret, ?sign= and at least the template ?login_code_valid=SMS_…")
	}
	return a, nil
}

// never are refusals that trying again does not mend, by Alibaba Cloud's own codes.
var never = []string{
	"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_ILLEGAL", "isv.TEMPLATE_MISSING_PARAMETERS",
	"isv.TEMPLATE_PARAMS_ILLEGAL", "isv.INVALID_JSON_PARAM", "isv.INVALID_PARAMETERS", "isv.PARAM_LENGTH_LIMIT", "isv.PARAM_NOT_SUPPORT_URL", "isv.BLACK_KEY_CONTROL_LIMIT",
}

// Send hands m to the provider, which knows the same telephone too often (isv.BUSINESS_LIMIT_CONTROL) and is then asked
// again later. It knows no idempotency key; OutId lets a doubled message be found.
func (a *Aliyun) Send(ctx context.Context, m Message) (string, error) {
	template := a.templates[m.Purpose]
	if template == "" {
		return "", fmt.Errorf("aliyun: no template is set for %s: %w", m.Purpose, ErrNever)
	}
	blanks := map[string]string{}
	if m.Code != "" {
		blanks["code"] = m.Code
	}
	for name, value := range m.Blanks {
		blanks[name] = value
	}
	filled, err := json.Marshal(blanks)
	if err != nil {
		return "", err
	}
	var answer struct{ Code, BizId string } //nolint:revive // the provider's name
	err = a.call(ctx, "SendSms", url.Values{"PhoneNumbers": {mainland(m.Recipient)}, "SignName": {a.sign}, "TemplateCode": {template},
		"TemplateParam": {string(filled)}, "OutId": {m.ID.String()}}, &answer)
	if err == nil && answer.Code != "OK" {
		err = refusal(answer.Code)
	}
	return answer.BizId, err
}

// refusal is the provider's no, by its code alone: its sentences quote the number.
func refusal(code string) error {
	if slices.Contains(never, code) {
		return fmt.Errorf("aliyun: refused with %s: %w", code, ErrNever)
	}
	return fmt.Errorf("aliyun: refused with %s", code)
}

// mainland is a number of the mainland as the provider wants it.
func mainland(phone string) string { return strings.TrimPrefix(phone, "+86") }

// Receipt asks what became of m.
func (a *Aliyun) Receipt(ctx context.Context, m Message) (Receipt, error) {
	var answer struct {
		Code              string
		SmsSendDetailDTOs struct { //nolint:revive // the provider's name
			SmsSendDetailDTO []struct { //nolint:revive // the provider's name
				SendStatus           int
				ErrCode, ReceiveDate string
				OutId                string //nolint:revive // the provider's name
			}
		}
	}
	err := a.call(ctx, "QuerySendDetails", url.Values{"PhoneNumber": {mainland(m.Recipient)}, "BizId": {m.Number}, "SendDate": {m.SentAt.In(clock.Zone).Format("20060102")},
		"PageSize": {"10"}, "CurrentPage": {"1"}}, &answer)
	if err == nil && answer.Code != "OK" {
		err = refusal(answer.Code)
	}
	if err != nil {
		return Receipt{}, err
	}
	for _, d := range answer.SmsSendDetailDTOs.SmsSendDetailDTO {
		if d.OutId != "" && d.OutId != m.ID.String() {
			continue
		}
		at, parsed := time.ParseInLocation("2006-01-02 15:04:05", d.ReceiveDate, clock.Zone)
		if parsed != nil {
			at = clock.Now(ctx)
		}
		switch d.SendStatus {
		case 2:
			return Receipt{Undelivered, at, d.ErrCode}, nil
		case 3:
			return Receipt{Delivered, at, d.ErrCode}, nil
		}
	}
	return Receipt{State: Waiting}, nil
}

// mostAnswer bounds what is read of an answer.
const mostAnswer = 256 << 10

// call asks for one action and reads the answer into out.
func (a *Aliyun) call(ctx context.Context, action string, params url.Values, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.base+"/?"+canonical(params), nil)
	if err != nil {
		return err
	}
	signACS3(r, action, a.key, a.secret, uuid.NewString(), clock.Now(ctx))
	res, err := a.client.Do(r)
	if err != nil {
		var failed *url.Error // quotes the address, and with it the telephone
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return fmt.Errorf("aliyun: %s: %w", a.host, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return fmt.Errorf("aliyun: %s: %w", a.host, err)
	}
	if res.StatusCode != http.StatusOK {
		var no struct{ Code string }
		if json.Unmarshal(body, &no) == nil && no.Code != "" && res.StatusCode < 500 {
			return refusal(no.Code)
		}
		return fmt.Errorf("aliyun: %s answers %d", a.host, res.StatusCode)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("aliyun: %s answers what is no JSON", a.host)
	}
	return nil
}

// canonical writes parameters in the one way in which they are signed.
func canonical(params url.Values) string { return strings.ReplaceAll(params.Encode(), "+", "%20") }

// signACS3 signs a request without a body by ACS3-HMAC-SHA256: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
func signACS3(r *http.Request, action, key, secret, nonce string, now time.Time) {
	version := "2017-05-25"
	if v := r.Header.Get("x-acs-version"); v != "" {
		version = v
	}
	empty := sha256.Sum256(nil)
	headers := [][2]string{ // by name
		{"host", r.URL.Host}, {"x-acs-action", action}, {"x-acs-content-sha256", hex.EncodeToString(empty[:])}, {"x-acs-date", now.UTC().Format("2006-01-02T15:04:05Z")},
		{"x-acs-signature-nonce", nonce}, {"x-acs-version", version},
	}
	var lines strings.Builder
	names := make([]string, len(headers))
	for i, h := range headers {
		names[i] = h[0]
		lines.WriteString(h[0] + ":" + h[1] + "\n")
		if h[0] != "host" {
			r.Header.Set(h[0], h[1])
		}
	}
	signed := strings.Join(names, ";")
	request := sha256.Sum256([]byte(strings.Join([]string{r.Method, "/", r.URL.RawQuery, lines.String(), signed, hex.EncodeToString(empty[:])}, "\n")))
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(request[:])))
	r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+key+",SignedHeaders="+signed+",Signature="+hex.EncodeToString(mac.Sum(nil)))
}
