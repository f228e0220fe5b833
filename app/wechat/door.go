package wechat

import (
	"encoding/xml"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"wanjie/app/fault"
)

// Door is where WeChat pushes: the platform's ticket and grants to /wechat/platform, a mini-program's events to
// /wechat/events/{appid}. It is also where a district's administrator comes back from granting.
func (p *Platform) Door(mount func(pattern string, h http.Handler)) {
	if p == nil {
		return
	}
	mount("POST /wechat/platform", p.pushed(p.ofPlatform))
	mount("POST /wechat/events/{appid}", p.pushed(p.ofProgram))
	mount("GET /wechat/granted/{id}", http.HandlerFunc(p.back))
}

// envelope is an encrypted message.
type envelope struct {
	Encrypt string `xml:"Encrypt"`
}

// message is what we read of WeChat's messages.
type message struct {
	Made   int64  `xml:"CreateTime"`
	Info   string `xml:"InfoType"`
	AppID  string `xml:"AuthorizerAppid"`
	Ticket string `xml:"ComponentVerifyTicket"`
	Event  string `xml:"Event"`
	Reason string `xml:"Reason"`
}

// pushed opens a message and answers as WeChat wants: "success", or it pushes again.
func (p *Platform) pushed(take func(*http.Request, message) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		var e envelope
		if err == nil {
			err = xml.Unmarshal(body, &e)
		}
		q := r.URL.Query()
		var text []byte
		if err == nil {
			text, err = p.cipher.Open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), e.Encrypt)
		}
		var m message
		if err == nil {
			err = xml.Unmarshal(text, &m)
		}
		if err != nil {
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		if err := take(r, m); err != nil {
			p.log.ErrorContext(r.Context(), "WeChat's message is not kept; it will push again", "kind", m.Info+m.Event, "error", err)
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "success")
	})
}

// ofPlatform takes the ticket, and hears of grants that were taken back.
func (p *Platform) ofPlatform(r *http.Request, m message) error {
	switch m.Info {
	case "component_verify_ticket":
		return p.keepTicket(r.Context(), m.Ticket, time.Unix(m.Made, 0))
	case "unauthorized":
		program, err := p.program(r.Context(), "appid = ?", m.AppID)
		if err != nil || program.State == Revoked {
			return known(err)
		}
		if made := time.Unix(m.Made, 0); !made.Before(program.AskedAt.Truncate(time.Second)) { // else another grant came since
			return p.revoke(r.Context(), program)
		}
	}
	return nil
}

// ofProgram hears how an audit ended.
func (p *Platform) ofProgram(r *http.Request, m message) error {
	ok := m.Event == "weapp_audit_success"
	if !ok && m.Event != "weapp_audit_fail" {
		return nil
	}
	program, err := p.program(r.Context(), "appid = ?", r.PathValue("appid"))
	if err != nil {
		return known(err)
	}
	// WeChat says when it judged: what it said of an earlier version, pushed again, is not about this one.
	if program.State != Auditing || time.Unix(m.Made, 0).Before(program.SubmittedAt.Truncate(time.Second)) {
		return nil
	}
	return p.judged(r.Context(), program, ok, m.Reason)
}

// known lets a message about a mini-program that is none of ours pass: pushing it again helps nobody.
func known(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// back takes a district's administrator in who granted at WeChat.
func (p *Platform) back(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	id, err := uuid.Parse(r.PathValue("id"))
	if err == nil {
		err = p.granted(r.Context(), id, r.URL.Query().Get("auth_code"))
	}
	switch f := fault.Of(err); {
	case err == nil:
		_, _ = io.WriteString(w, "授权成功，可以关闭本页。\n")
	case f != nil || id == uuid.Nil:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "授权链接已失效，请联系运营方重新发送。\n")
	default:
		p.log.ErrorContext(r.Context(), "a district's grant is not kept", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "系统繁忙，请刷新本页重试。\n")
	}
}
