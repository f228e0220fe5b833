package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Measure is what a security administrator may do about somebody's account.
type Measure string

// The measures. Switching off and on is about the account as a whole, wherever its person works.
const (
	EndSessions Measure = "sessions"
	LoseFactor  Measure = "factor"
	SwitchOff   Measure = "off"
	SwitchOn    Measure = "on"
)

// acts are what a tenant's journal says of measures.
var acts = map[Measure]string{
	EndSessions: "member.sessions_ended", LoseFactor: "member.factor_dropped", SwitchOff: "member.disabled", SwitchOn: "member.enabled",
}

// Reason checks why somebody takes a measure, as it will stand in the record.
func Reason(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < 4 || n > 200 {
		return "", fault.Field("reason", "请写明事由，4至200个字")
	}
	return text, nil
}

// self refuses what nobody does to his own account: a second person must agree to less security, and
// who switches himself off has nobody to switch him on.
func (m Measure) self(by, person int64) error {
	if by == 0 || by != person {
		return nil
	}
	switch m {
	case SwitchOff:
		return fault.New(fault.Forbidden, "不能停用自己的账号，请由另一位安全管理员办理")
	case LoseFactor:
		return fault.New(fault.Forbidden, "不能解除自己的身份验证器，请由另一位安全管理员办理")
	}
	return nil
}

// Carry takes a measure about a person's account, as Revoke, DropFactor, Disable and Enable do. It may be
// repeated.
func (k *Keeper) Carry(ctx context.Context, m Measure, person int64, o Order) error {
	if err := m.self(o.By, person); err != nil {
		return err
	}
	switch m {
	case EndSessions:
		return k.Revoke(ctx, person, o)
	case LoseFactor:
		return k.DropFactor(ctx, person, o)
	case SwitchOff:
		return k.Disable(ctx, person, o)
	case SwitchOn:
		return k.Enable(ctx, person, o)
	}
	return fmt.Errorf("no measure %q", m)
}

// Elsewhere reports whether the person holds grants outside the tenant: then their account is not one
// tenant's to switch off or to weaken, and the vendor's security administrator sees to it.
func (k *Keeper) Elsewhere(ctx context.Context, person int64, tenant tenants.ID) (bool, error) {
	places, err := k.Places(ctx, person)
	if err != nil {
		return false, err
	}
	for _, p := range places {
		if p.Tenant != tenant {
			return true, nil
		}
	}
	var upper bool
	err = k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw("SELECT EXISTS (SELECT FROM ctl.upper_grants WHERE person = ?)", person).Scan(ctx, &upper)
	})
	if err != nil {
		return false, fmt.Errorf("grants above the tenants of person %d: %w", person, err)
	}
	return upper, nil
}

// Decide is the tenant's side of a measure about one of its staff: it checks who may, marks the member
// and records the act ("member.disabled" and so on). The account itself is another system's; whoever
// calls adds the job that has it carried out. A measure that changes nothing records nothing and
// answers false. Faults: Forbidden without PeopleWrite or about oneself, NotFound, Conflict when it
// would lock out the last security administrator.
func Decide(ctx context.Context, tx tenants.Tx, m Measure, person int64) (changed bool, err error) {
	if err := Require(tx.Actor(), PeopleWrite, ""); err != nil {
		return false, err
	}
	if err := m.self(tx.Actor().Person, person); err != nil {
		return false, err
	}
	var id uuid.UUID
	var off bool
	err = tx.Raw("SELECT id, disabled_at IS NOT NULL FROM members WHERE tenant_id = ? AND person = ? AND left_at IS NULL FOR UPDATE", int32(tx.ID()), person).Scan(ctx, &id, &off)
	if errors.Is(err, errNoRows) {
		return false, errNoMember()
	}
	if err != nil {
		return false, fmt.Errorf("member: %w", err)
	}
	if m == SwitchOff && !off {
		if err := keepsSecurity(ctx, tx, person); err != nil {
			return false, err
		}
	}
	now := clock.Now(ctx)
	if m == SwitchOff || m == SwitchOn {
		if off == (m == SwitchOff) {
			return false, nil
		}
		var since any
		if m == SwitchOff {
			since = now
		}
		if _, err := tx.Raw("UPDATE members SET disabled_at = ? WHERE tenant_id = ? AND person = ?", since, int32(tx.ID()), person).Exec(ctx); err != nil {
			return false, fmt.Errorf("switch member: %w", err)
		}
	}
	tx.Record(tenants.Act{Kind: acts[m], Version: 1, Object: "member", ObjectID: id, HappenedAt: now, After: tenants.Dims{"person": fmt.Sprint(person)}})
	return true, nil
}

// keepsSecurity refuses to lose person, in the tenant, when no other security administrator would be
// left whose account works. The product itself may.
func keepsSecurity(ctx context.Context, tx tenants.Tx, person int64) error {
	if tx.Actor().Trusted() {
		return nil
	}
	// First the lock on all of them, in one order, then a fresh look: two who switch each other off queue up.
	if _, err := tx.Raw("SELECT FROM grants WHERE tenant_id = ? AND role = ? AND ended_at IS NULL ORDER BY id FOR UPDATE", int32(tx.ID()), SecurityAdmin).Exec(ctx); err != nil {
		return fmt.Errorf("lock security administrators: %w", err)
	}
	var held, others bool
	if err := tx.Raw(`SELECT coalesce(bool_or(g.person = ?), false), coalesce(bool_or(g.person <> ? AND m.disabled_at IS NULL AND m.left_at IS NULL), false)
		FROM grants g JOIN members m USING (tenant_id, person) WHERE g.tenant_id = ? AND g.role = ? AND g.ended_at IS NULL`,
		person, person, int32(tx.ID()), SecurityAdmin).Scan(ctx, &held, &others); err != nil {
		return fmt.Errorf("other security administrators: %w", err)
	}
	if held && !others {
		return errLast()
	}
	return nil
}

func errNoMember() error { return fault.New(fault.NotFound, "本单位没有此人员") }

// MeasureWord is a measure as people read it; catalogue keys. Confirm takes the person's name.
type MeasureWord struct {
	Measure
	Title, About, Confirm string
	Grave                 bool // takes something away
}

var measureWords = []MeasureWord{
	{EndSessions, ui.Key("终止会话"), ui.Key("立即退出其全部设备，本人可以重新登录。用于设备遗失、账号疑似被盗用。"), ui.Key("终止%s的全部会话？"), false},
	{LoseFactor, ui.Key("解除身份验证器"), ui.Key("用于手机遗失、无法完成二次验证。解除后全部会话终止，下次登录须重新绑定；请先核实确系本人。"), ui.Key("解除%s的身份验证器？重新绑定之前，其账号只有密码保护。"), true},
	{SwitchOff, ui.Key("停用账号"), ui.Key("立即退出并禁止登录，角色保留，可以随时恢复。"), ui.Key("停用%s的账号？其将立即退出并不能再登录。"), true},
	{SwitchOn, ui.Key("恢复账号"), ui.Key("允许其重新登录，原有角色继续有效。"), ui.Key("恢复%s的账号？其原有角色将继续有效。"), false},
}

// Offered are the measures that make sense about an account: switched off or not, one's own, or not
// ours alone.
func Offered(off, own, elsewhere bool) (out []MeasureWord) {
	for _, w := range measureWords {
		if off != (w.Measure == SwitchOn) && (!off || w.Measure != LoseFactor) || (own || elsewhere) && w.Measure != EndSessions {
			continue
		}
		out = append(out, w)
	}
	return out
}
