package courier

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"wanjie/tenants"
)

// post is a small SMTP server that remembers what it took.
type post struct {
	net.Listener
	mu       sync.Mutex
	from, to string
	text     string
	login    string
	refuse   bool // every recipient
}

func newPost(t *testing.T) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &post{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.talk(c)
		}
	}()
	return p
}

func (p *post) talk(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	say := func(s string) { fmt.Fprint(c, s+"\r\n") }
	say("220 post")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		p.mu.Lock()
		switch verb := strings.ToUpper(line); {
		case strings.HasPrefix(verb, "EHLO"):
			say("250-post\r\n250 AUTH PLAIN")
		case strings.HasPrefix(verb, "AUTH PLAIN "):
			raw, _ := base64.StdEncoding.DecodeString(line[len("AUTH PLAIN "):])
			p.login = strings.ReplaceAll(string(raw), "\x00", "|")
			say("235 welcome")
		case strings.HasPrefix(verb, "MAIL FROM:"):
			p.from = line[len("MAIL FROM:"):]
			say("250 ok")
		case strings.HasPrefix(verb, "RCPT TO:"):
			if p.refuse {
				say("550 no such user " + line[len("RCPT TO:"):])
				break
			}
			p.to = line[len("RCPT TO:"):]
			say("250 ok")
		case verb == "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil || l == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(l, "."))
			}
			p.text = b.String()
			say("250 taken")
		case verb == "QUIT":
			say("221 bye")
			p.mu.Unlock()
			return
		default:
			say("502 what?")
		}
		p.mu.Unlock()
	}
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	s, err := OpenSMTP("smtp://sender:geheim@"+p.Addr().String()+"?tls=none", "万街 <noreply@example.cn>")
	must(t, err)
	m := Message{ID: tenants.NewID(), Recipient: "lu@example.cn", Subject: "找回密码\r\nBcc: evil@example.cn", Body: "您的验证码是 408219，10 分钟内有效。\n.\n第二行"}
	_, err = s.Send(t.Context(), m)
	must(t, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.login != "|sender|geheim" || !strings.Contains(p.from, "<noreply@example.cn>") || !strings.Contains(p.to, "<lu@example.cn>") {
		t.Errorf("login %q, from %q, to %q", p.login, p.from, p.to)
	}
	got, err := mail.ReadMessage(strings.NewReader(p.text))
	must(t, err)
	body, err := io.ReadAll(quotedprintable.NewReader(got.Body))
	must(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	must(t, err)
	if text := strings.ReplaceAll(string(body), "\r\n", "\n"); strings.TrimRight(text, "\n") != m.Body {
		t.Errorf("body %q", text)
	}
	if subject != "找回密码 Bcc: evil@example.cn" || got.Header.Get("Bcc") != "" {
		t.Errorf("subject %q, Bcc %q", subject, got.Header.Get("Bcc"))
	}
	if got.Header.Get("Message-Id") != "<"+m.ID.String()+"@example.cn>" || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("headers %v", got.Header)
	}
	if date, err := got.Header.Date(); err != nil || date.IsZero() {
		t.Errorf("date: %v", err)
	}
}

func TestSMTPRefusals(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.refuse = true
	s, err := OpenSMTP("smtp://"+p.Addr().String()+"?tls=none", "noreply@example.cn")
	must(t, err)
	m := Message{ID: tenants.NewID(), Recipient: "lu.ming@example.cn", Body: "验证码 408219"}
	if _, err := s.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "lu.ming") || !strings.Contains(err.Error(), "550") {
		t.Errorf("a refused recipient: %v", err)
	}
	m.Recipient = "lu.ming"
	if _, err := s.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "lu.ming") {
		t.Errorf("no address: %v", err)
	}
	strict, err := OpenSMTP("smtp://"+p.Addr().String(), "noreply@example.cn")
	must(t, err)
	m.Recipient = "lu@example.cn"
	if _, err := strict.Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("a server without TLS: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Send(gone, m); err == nil {
		t.Error("sent after the end")
	}
	for _, bad := range []string{"", "http://a", "smtp:///x", "smtp://u:secret@[::1"} {
		if _, err := OpenSMTP(bad, "noreply@example.cn"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := OpenSMTP("smtps://a", "nobody"); err == nil {
		t.Error("a sender without address")
	}
	for url, want := range map[string]string{"smtps://a?from=noreply@example.cn": "noreply@example.cn", "smtps://post%40example.cn:x@a": "post@example.cn"} {
		if s, err := OpenSMTP(url, ""); err != nil || s.from.Address != want {
			t.Errorf("%s sends as %+v, %v", url, s, err)
		}
	}
}
