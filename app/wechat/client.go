package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Refusal is WeChat's own no.
type Refusal struct {
	Path string
	Code int    `json:"errcode"`
	Msg  string `json:"errmsg"`
}

func (r *Refusal) Error() string { return fmt.Sprintf("wechat %s: %d %s", r.Path, r.Code, r.Msg) }

// WeChat's codes that we act upon.
const (
	badToken     = 40001 // or one of another time
	endedToken   = 42001
	unknownToken = 40014
	inAudit      = 85009 // something of this mini-program is in the audit already
	wasReleased  = 85052 // what passed the audit is released already
	tooMany      = 45009 // today's calls are used up
	lostGrant    = 61023 // the refresh token does not hold any more
)

// is reports whether err is WeChat's no with one of these codes.
func is(err error, codes ...int) bool {
	var r *Refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, c := range codes {
		if r.Code == c {
			return true
		}
	}
	return false
}

// most bounds an answer of WeChat's, in bytes.
const most = 1 << 20

// client speaks JSON with WeChat.
type client struct {
	url  string
	http *http.Client
}

func newClient(base string) client {
	return client{strings.TrimRight(base, "/"), &http.Client{Timeout: 20 * time.Second}}
}

// call posts in, with tokens and the like in the query, and reads out. An error never says what was in the query.
func (c client) call(ctx context.Context, path string, query url.Values, in, out any) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false) // WeChat takes \u003c for six characters
	if err := enc.Encode(in); err != nil {
		return fmt.Errorf("wechat %s: %w", path, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path+"?"+query.Encode(), &body)
	if err != nil {
		return fmt.Errorf("wechat %s: the address is not one", path)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // its own words hold the whole address
			err = u.Err
		}
		return fmt.Errorf("wechat %s: %w", path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return fmt.Errorf("wechat %s: %w", path, err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("wechat %s: status %d", path, res.StatusCode)
	}
	no := Refusal{Path: path}
	if err := json.Unmarshal(text, &no); err != nil {
		return fmt.Errorf("wechat %s: the answer is no JSON", path)
	}
	if no.Code != 0 {
		return &no
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("wechat %s: %w", path, err)
	}
	return nil
}
