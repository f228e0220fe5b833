package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/url"
	"strings"
	"time"

	"wanjie/app/clock"
)

// SMTP sends e-mail through one server.
type SMTP struct {
	address, host  string
	implicit       bool // TLS from the first byte (port 465)
	plain          bool // no TLS at all: only on request
	user, password string
	from           mail.Address
}

// OpenSMTP reads a server's URL: smtps://user:password@host:465, or smtp://…@host:587, which must
// offer STARTTLS unless the URL ends in ?tls=none. from is the sender's address, with a name if
// wanted: "万街 <noreply@example.cn>"; when it is empty the URL says it, as ?from=noreply@example.cn
// or by its user. Nothing is connected yet. Errors never show the password.
func OpenSMTP(raw, from string) (*SMTP, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("courier: not an SMTP URL of the form smtp://user:password@host:587 or smtps://…:465")
	}
	for _, known := range []string{u.Query().Get("from"), u.User.Username()} {
		if from == "" {
			from = known
		}
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("courier: no sender's address; add ?from=noreply@example.cn to the URL: %w", err)
	}
	s := &SMTP{host: u.Hostname(), implicit: u.Scheme == "smtps", plain: u.Query().Get("tls") == "none", from: *sender}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "465", false: "587"}[s.implicit]
	}
	s.address = net.JoinHostPort(s.host, port)
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	return s, nil
}

// Send hands m to the server; no error means that the server took it.
func (s *SMTP) Send(ctx context.Context, m Message) (string, error) {
	to, err := mail.ParseAddress(m.Recipient)
	if err != nil {
		return "", errors.New("smtp: the recipient is no e-mail address") // the error itself would quote it
	}
	c, err := s.connect(ctx)
	if err != nil {
		return "", fmt.Errorf("smtp: %s: %w", s.address, err)
	}
	defer func() { _ = c.Close() }()
	if err := s.converse(c, to.Address, s.compose(ctx, m, to.Address)); err != nil {
		return "", fmt.Errorf("smtp: %s: %w", s.address, withoutQuotes(err))
	}
	_ = c.Quit() // it was taken; how we part is no matter
	return "", nil
}

func (s *SMTP) connect(ctx context.Context) (*smtp.Client, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	tlsConfig := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	var conn net.Conn
	var err error
	if s.implicit {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: tlsConfig}).DialContext(ctx, "tcp", s.address)
	} else {
		conn, err = dialer.DialContext(ctx, "tcp", s.address)
	}
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	c, err := smtp.NewClient(conn, s.host)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	if s.implicit || s.plain {
		return c, nil
	}
	if ok, _ := c.Extension("STARTTLS"); !ok {
		_ = c.Close()
		return nil, errors.New("the server offers no STARTTLS, and codes do not travel in clear")
	}
	if err := c.StartTLS(tlsConfig); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func (s *SMTP) converse(c *smtp.Client, to string, text []byte) error {
	if s.user != "" {
		if err := c.Auth(smtp.PlainAuth("", s.user, s.password, s.host)); err != nil {
			return err
		}
	}
	if err := c.Mail(s.from.Address); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	return w.Close()
}

// compose writes the message with headers. Message-ID is the message's own number, so a second
// sending after a crash is recognisably the same.
func (s *SMTP) compose(ctx context.Context, m Message, to string) []byte {
	var b bytes.Buffer
	domain := s.from.Address[strings.LastIndexByte(s.from.Address, '@')+1:]
	for _, h := range [][2]string{
		{"From", s.from.String()},
		{"To", (&mail.Address{Address: to}).String()},
		{"Subject", mime.BEncoding.Encode("utf-8", oneLine(m.Subject))},
		{"Date", clock.Now(ctx).In(clock.Zone).Format(time.RFC1123Z)},
		{"Message-ID", "<" + m.ID.String() + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	kind := "text/plain"
	if strings.HasPrefix(strings.TrimSpace(m.Body), "<") { // Kratos's e-mail templates are HTML
		kind = "text/html"
	}
	b.WriteString("Content-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(m.Body))
	_ = q.Close()
	return b.Bytes()
}

// oneLine keeps a subject from becoming headers.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' }), " ")
}

// withoutQuotes keeps the server's code and drops its text, in which servers like to repeat the
// recipient.
func withoutQuotes(err error) error {
	var code int
	if _, scan := fmt.Sscanf(err.Error(), "%d ", &code); scan == nil && code >= 400 && code < 600 {
		return fmt.Errorf("refused with %d", code)
	}
	return err
}
