package wechat

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth/safe"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Settings are the vendor's platform as WeChat knows it.
type Settings struct {
	AppID, Secret string
	Token, AESKey string // of what WeChat pushes
	URL           string // of WeChat; empty: its own
	Public        string // origin of this deployment, https://…
}

// URL is where WeChat is.
const URL = "https://api.weixin.qq.com"

// Ext gives a district's ext.json: the wiring knows names and colours.
type Ext func(district int32, appid, colour string) ([]byte, error)

// Platform releases mini-programs.
type Platform struct {
	Settings

	db     *tenants.DB
	safe   *safe.Safe
	wechat client
	cipher *Cipher
	ext    Ext
	log    *slog.Logger
}

// New makes the platform, or nil where none is set up.
func New(db *tenants.DB, s Settings, ext Ext, log *slog.Logger) (*Platform, error) {
	if s.AppID == "" {
		return nil, nil //nolint:nilnil // no platform is no failure: the vendor's page says so
	}
	c, err := NewCipher(s.Token, s.AESKey, s.AppID)
	if err != nil {
		return nil, err
	}
	if s.URL == "" {
		s.URL = URL
	}
	return &Platform{Settings: s, db: db, safe: safe.New(db), wechat: newClient(s.URL), cipher: c, ext: ext, log: log}, nil
}

// early is how long before its end a token is changed for a new one.
const early = 10 * time.Minute

// platformID is the address of what is sealed in the platform's one row.
var platformID = uuid.MustParse("00000000-0000-7000-8000-000000000001")

func platformAt(column string) keys.Addr {
	return keys.Addr{Table: "ctl.wechat_platform", Column: column, ID: platformID}
}

// errNoTicket tells what is missing before anything works.
var errNoTicket = errors.New("WeChat has not pushed a ticket yet: it does every ten minutes to /wechat/platform")

// keepTicket keeps a ticket that WeChat pushed, unless a newer one is there.
func (p *Platform) keepTicket(ctx context.Context, ticket string, made time.Time) error {
	box, err := p.safe.Box(ctx)
	if err != nil {
		return err
	}
	err = p.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := tx.Raw(`INSERT INTO ctl.wechat_platform (one, ticket, ticket_at) VALUES (true, ?, ?)
			ON CONFLICT (one) DO UPDATE SET ticket = excluded.ticket, ticket_at = excluded.ticket_at WHERE ctl.wechat_platform.ticket_at < excluded.ticket_at`,
			box.Seal(platformAt("ticket"), ticket), made).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("wechat ticket: %w", err)
	}
	return nil
}

// token is the platform's own; a new one is asked for when the present one ends soon, or is not to be used again.
func (p *Platform) token(ctx context.Context, anew bool) (string, error) {
	box, err := p.safe.Box(ctx)
	if err != nil {
		return "", err
	}
	var row struct {
		Ticket, Token []byte
		TokenUntil    time.Time
	}
	err = p.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT ticket, token, token_until FROM ctl.wechat_platform").Scan(ctx, &row)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", errNoTicket
	}
	if err != nil {
		return "", fmt.Errorf("wechat platform: %w", err)
	}
	if !anew && row.Token != nil && clock.Now(ctx).Add(early).Before(row.TokenUntil) {
		return box.Open(platformAt("token"), row.Token)
	}
	ticket, err := box.Open(platformAt("ticket"), row.Ticket)
	if err != nil {
		return "", err
	}
	var got struct {
		Token   string `json:"component_access_token"`
		Expires int    `json:"expires_in"`
	}
	if err := p.wechat.call(ctx, "/cgi-bin/component/api_component_token", nil, map[string]string{
		"component_appid": p.AppID, "component_appsecret": p.Secret, "component_verify_ticket": ticket,
	}, &got); err != nil {
		return "", err
	}
	err = p.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := tx.Raw("UPDATE ctl.wechat_platform SET token = ?, token_until = ?", box.Seal(platformAt("token"), got.Token), until(ctx, got.Expires)).Exec(ctx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("wechat platform: %w", err)
	}
	return got.Token, nil
}

func until(ctx context.Context, seconds int) time.Time {
	return clock.Now(ctx).Add(time.Duration(seconds) * time.Second)
}

// asPlatform calls with the platform's token, and once more with a new one where WeChat does not take it.
func (p *Platform) asPlatform(ctx context.Context, path string, in, out any) error {
	for anew := false; ; anew = true {
		token, err := p.token(ctx, anew)
		if err != nil {
			return err
		}
		err = p.wechat.call(ctx, path, url.Values{"component_access_token": {token}}, in, out)
		if anew || !is(err, badToken, endedToken, unknownToken) {
			return err
		}
	}
}

// grant is what WeChat answers with a district's tokens.
type grant struct {
	AppID   string `json:"authorizer_appid"`
	Access  string `json:"authorizer_access_token"`
	Refresh string `json:"authorizer_refresh_token"`
	Expires int    `json:"expires_in"`
}

// access is the token for a district's mini-program.
func (p *Platform) access(ctx context.Context, m *Program, anew bool) (string, error) {
	box, err := p.safe.Box(ctx)
	if err != nil {
		return "", err
	}
	if !anew && m.Access != nil && clock.Now(ctx).Add(early).Before(m.AccessUntil) {
		return box.Open(m.at("access"), m.Access)
	}
	if m.Refresh == nil {
		return "", fmt.Errorf("the district %d has not granted", m.District)
	}
	refresh, err := box.Open(m.at("refresh"), m.Refresh)
	if err != nil {
		return "", err
	}
	var got grant
	if err := p.asPlatform(ctx, "/cgi-bin/component/api_authorizer_token", map[string]string{
		"component_appid": p.AppID, "authorizer_appid": m.AppID, "authorizer_refresh_token": refresh,
	}, &got); err != nil {
		return "", err
	}
	got.AppID = m.AppID
	m.hold(ctx, box, got)
	return got.Access, p.write(ctx, m, "access", "access_until", "refresh")
}

// asDistrict calls with a district's token, and once more with a new one where WeChat does not take it.
func (p *Platform) asDistrict(ctx context.Context, m *Program, path string, in, out any) error {
	for anew := false; ; anew = true {
		token, err := p.access(ctx, m, anew)
		if err != nil {
			return err
		}
		err = p.wechat.call(ctx, path, url.Values{"access_token": {token}}, in, out)
		if anew || !is(err, badToken, endedToken, unknownToken) {
			return err
		}
	}
}
