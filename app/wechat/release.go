package wechat

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

// The jobs, each one step of the way.
const (
	inviteJob  = "wechat.invite"
	acceptJob  = "wechat.accept"
	prepareJob = "wechat.prepare"
	askJob     = "wechat.ask"
	releaseJob = "wechat.release"
)

// doing is a job's payload. Version tells one release from the next: what belongs to an earlier one does nothing.
type doing struct {
	Program uuid.UUID `json:"program"`
	Version string    `json:"version,omitempty"`
}

// Jobs are the steps of the way.
func (p *Platform) Jobs() []jobs.Kind {
	kind := func(name string, from State, do func(context.Context, *Program) error) jobs.Kind {
		return jobs.Kind{Name: name, Timeout: 2 * time.Minute, Outside: func(ctx context.Context, _ jobs.Env, payload json.RawMessage) error {
			if p == nil {
				return errors.New("no platform of WeChat's is set up: WANJIE_WECHAT_APPID")
			}
			var d doing
			if err := json.Unmarshal(payload, &d); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			m, err := p.program(ctx, "id = ?", d.Program)
			if fault.Is(err, fault.NotFound) || err == nil && (m.State != from || d.Version != "" && d.Version != m.Version) {
				return nil // it went on without this job
			}
			if err != nil {
				return err
			}
			err = do(ctx, m)
			return errors.Join(err, p.note(ctx, m, err))
		}}
	}
	return []jobs.Kind{
		kind(inviteJob, Asked, p.invite), kind(acceptJob, Granted, p.accept), kind(prepareJob, Preparing, p.prepare),
		kind(askJob, Auditing, p.ask), kind(releaseJob, Accepted, p.release),
	}
}

// note keeps what a step failed with, for the vendor's page; a grant that does not hold any more ends the way.
func (p *Platform) note(ctx context.Context, m *Program, err error) error {
	switch {
	case err == nil && m.Trouble == "":
		return nil
	case is(err, lostGrant):
		return p.revoke(ctx, m)
	}
	m.Trouble = ""
	if err != nil {
		m.Trouble = err.Error()
		if is(err, tooMany) {
			m.Trouble = "45009"
		}
	}
	return p.write(ctx, m, "trouble")
}

// Wish is what the vendor says to ask a district for its grant.
type Wish struct {
	District int32
	Colour   string // #rrggbb
	Contact  string // the district's public telephone
	By       int64
}

// Ask has a link made by which the district's administrator grants. Asked again, a new one is made.
func (p *Platform) Ask(ctx context.Context, w Wish) error {
	return p.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		id, now := tenants.NewID(), clock.Now(ctx)
		// The grant of before stays readable for nobody: a new one brings new tokens.
		var kept uuid.UUID
		err := tx.Raw(`INSERT INTO ctl.mini_programs (district, id, state, colour, contact, asked_by, asked_at, changed_at) VALUES (?, ?, 'asked', ?, ?, ?, ?, ?)
			ON CONFLICT (district) DO UPDATE SET id = excluded.id, state = 'asked', colour = excluded.colour, contact = excluded.contact, asked_by = excluded.asked_by, asked_at = excluded.asked_at,
				changed_at = excluded.changed_at, link = '', link_until = NULL, code = NULL, access = NULL, access_until = NULL, refresh = NULL, trouble = ''
			WHERE ctl.mini_programs.state IN ('asked', 'linked', 'revoked') OR ctl.mini_programs.state = 'granted' AND ctl.mini_programs.trouble <> '' RETURNING id`, w.District, id, w.Colour, w.Contact, w.By, now, now).Scan(ctx, &kept)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.Conflict, "该区县已经授权，无须再次授权")
		}
		if err != nil {
			return fmt.Errorf("ask district %d for its mini-program: %w", w.District, err)
		}
		_, err = jobs.AddSystem(ctx, tx, jobs.Job{Kind: inviteJob, Queue: jobs.Critical, Payload: doing{Program: id}})
		return err
	})
}

// granting is WeChat's page where the administrator of a mini-program grants.
const granting = "https://mp.weixin.qq.com/cgi-bin/componentloginpage"

// invite makes the link.
func (p *Platform) invite(ctx context.Context, m *Program) error {
	var got struct {
		Code    string `json:"pre_auth_code"`
		Expires int    `json:"expires_in"`
	}
	if err := p.asPlatform(ctx, "/cgi-bin/component/api_create_preauthcode", map[string]string{"component_appid": p.AppID}, &got); err != nil {
		return err
	}
	// The number of the row is the secret that ties WeChat's answer to the district: it is random and used once.
	m.Link = granting + "?" + url.Values{
		"component_appid": {p.AppID}, "pre_auth_code": {got.Code}, "auth_type": {"2"}, "redirect_uri": {p.Public + "/wechat/granted/" + m.ID.String()},
	}.Encode()
	m.LinkUntil, m.State = until(ctx, got.Expires), Linked
	return p.step(ctx, m, Asked, nil, "state", "link", "link_until")
}

// granted keeps the code that came with a district's grant.
func (p *Platform) granted(ctx context.Context, id uuid.UUID, code string) error {
	m, err := p.program(ctx, "id = ?", id)
	if err != nil {
		return err
	}
	if m.State != Linked || code == "" || len(code) > 500 || clock.Now(ctx).After(m.LinkUntil) {
		return fault.New(fault.NotFound, "授权链接已失效，请联系运营方")
	}
	box, err := p.safe.Box(ctx)
	if err != nil {
		return err
	}
	m.Code, m.Link, m.State = box.Seal(m.at("code"), code), "", Granted
	return p.first(ctx, m, Linked, &jobs.Job{Kind: acceptJob, Queue: jobs.Critical, Payload: doing{Program: m.ID}}, "state", "code", "link")
}

// accept changes the code for the district's tokens.
func (p *Platform) accept(ctx context.Context, m *Program) error {
	box, err := p.safe.Box(ctx)
	if err != nil {
		return err
	}
	code, err := box.Open(m.at("code"), m.Code)
	if err != nil {
		return err
	}
	var got struct {
		Info grant `json:"authorization_info"`
	}
	if err := p.asPlatform(ctx, "/cgi-bin/component/api_query_auth", map[string]string{"component_appid": p.AppID, "authorization_code": code}, &got); err != nil {
		return err
	}
	m.hold(ctx, box, got.Info)
	m.Code, m.State = nil, Authorized
	return p.step(ctx, m, Granted, nil, "state", "code", "appid", "access", "access_until", "refresh")
}

// Begin begins a release: the template of the platform's library, under a version.
func (p *Platform) Begin(ctx context.Context, district int32, template int, version string) error {
	m, err := p.program(ctx, "district = ?", district)
	if err != nil {
		return err
	}
	if !m.MayRelease() {
		return fault.New(fault.Conflict, "该区县的小程序现在不能提交新版本")
	}
	was := m.State
	m.State, m.Template, m.Version, m.Audit, m.Reason, m.Trouble = Preparing, template, version, 0, "", ""
	return p.first(ctx, m, was, &jobs.Job{Kind: prepareJob, Payload: doing{m.ID, version}}, "state", "template", "version", "audit", "reason", "trouble")
}

// purposes are what the pages ask of a phone, as WeChat's privacy guide names it, each with what for.
var purposes = []struct {
	Key  string `json:"privacy_key"`
	Text string `json:"privacy_text"`
}{
	{"PhoneNumber", "登录，并就您反映的事项联系您"},
	{"Location", "反映问题时由您点击定位，随这一件事项保存一次，便于找到现场"},
	{"Album", "反映问题时由您选择照片，说明现场情况"},
	{"Camera", "反映问题时由您拍照，说明现场情况"},
}

// prepare tells WeChat the addresses and purposes, brings the code and hands it to the audit. All of it may be done twice.
func (p *Platform) prepare(ctx context.Context, m *Program) error {
	public := []string{p.Public}
	if err := p.asDistrict(ctx, m, "/wxa/modify_domain", map[string]any{"action": "set", "requestdomain": public, "uploaddomain": public, "downloaddomain": public, "wsrequestdomain": []string{}}, nil); err != nil {
		return err
	}
	if err := p.asDistrict(ctx, m, "/cgi-bin/component/setprivacysetting", map[string]any{
		"privacy_ver": 2, "setting_list": purposes, "owner_setting": map[string]string{"contact_phone": m.Contact, "notice_method": "小程序内公告"},
	}, nil); err != nil {
		return err
	}
	ext, err := p.ext(m.District, m.AppID, m.Colour)
	if err != nil {
		return err
	}
	if err := p.asDistrict(ctx, m, "/wxa/commit", map[string]any{"template_id": m.Template, "ext_json": string(ext), "user_version": m.Version, "user_desc": "万街 " + m.Version}, nil); err != nil {
		return err
	}
	var got struct {
		ID int64 `json:"auditid"`
	}
	switch err := p.asDistrict(ctx, m, "/wxa/submit_audit", struct{}{}, &got); {
	case is(err, inAudit): // this step ran before, and what it wrote was lost
		latest, err := p.latest(ctx, m)
		if err != nil {
			return err
		}
		got.ID = latest.ID
	case err != nil:
		return err
	}
	m.Audit, m.SubmittedAt, m.State = got.ID, clock.Now(ctx), Auditing
	return p.step(ctx, m, Preparing, p.asking(ctx, m), "state", "audit", "submitted_at")
}

// patience is how long a result is waited for before it is asked for: the event may have been lost.
const patience = 6 * time.Hour

func (p *Platform) asking(ctx context.Context, m *Program) *jobs.Job {
	return &jobs.Job{Kind: askJob, Queue: jobs.Bulk, Payload: doing{m.ID, m.Version}, At: clock.Now(ctx).Add(patience)}
}

// audit is what WeChat says of an audit.
type audit struct {
	ID     int64  `json:"auditid"`
	Status int    `json:"status"`
	Reason string `json:"reason"`
}

// WeChat's results.
const (
	passed  = 0
	refused = 1
)

func (p *Platform) latest(ctx context.Context, m *Program) (a audit, err error) {
	err = p.asDistrict(ctx, m, "/wxa/get_latest_auditstatus", struct{}{}, &a)
	return a, err
}

// ask asks for a result that has not come.
func (p *Platform) ask(ctx context.Context, m *Program) error {
	a, err := p.latest(ctx, m)
	if err != nil {
		return err
	}
	if a.ID == m.Audit && (a.Status == passed || a.Status == refused) {
		return p.judged(ctx, m, a.Status == passed, a.Reason)
	}
	return p.step(ctx, m, Auditing, p.asking(ctx, m))
}

// judged keeps the result of the audit; what passed is released.
func (p *Platform) judged(ctx context.Context, m *Program, ok bool, reason string) error {
	if !ok {
		m.State, m.Reason = Refused, reason
		return p.step(ctx, m, Auditing, nil, "state", "reason")
	}
	m.State = Accepted
	return p.step(ctx, m, Auditing, &jobs.Job{Kind: releaseJob, Payload: doing{m.ID, m.Version}}, "state")
}

// release gives what passed to residents.
func (p *Platform) release(ctx context.Context, m *Program) error {
	if err := p.asDistrict(ctx, m, "/wxa/release", struct{}{}, nil); err != nil && !is(err, wasReleased) {
		return err
	}
	m.State, m.Released, m.ReleasedAt = Released, m.Version, clock.Now(ctx)
	return p.step(ctx, m, Accepted, nil, "state", "released", "released_at")
}

// revoke ends a district's grant, wherever it stands by now: its tokens are forgotten, and none are kept after it.
func (p *Platform) revoke(ctx context.Context, m *Program) error {
	m.State, m.Access, m.AccessUntil, m.Refresh, m.Trouble = Revoked, nil, time.Time{}, nil, ""
	return p.write(ctx, m, "state", "access", "access_until", "refresh", "trouble")
}
