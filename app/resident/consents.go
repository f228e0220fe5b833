package resident

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// NoticeVersion is the version of the privacy notice as it stands in templates/resident. A change of meaning raises it, and
// whoever signs in next is asked anew.
const NoticeVersion = "2026-11"

// Purpose is what a consent is for. What the street does by law, handling what is reported, rests on the law and not on a
// consent; these are what a resident may also say no to.
type Purpose string

// The purposes.
const (
	ForService  Purpose = "service"  // the account itself: withdrawn by leaving
	ForPlace    Purpose = "place"    // the exact place of the device with a report
	ForMessages Purpose = "messages" // text messages beyond the answer to a matter
)

// Purposes lists them in the order of the page, with what they mean.
var Purposes = []struct {
	Purpose
	Title, About string // catalogue keys
	Fixed        bool   // withdrawn by leaving only
}{
	{ForService, ui.Key("使用本服务"), ui.Key("用手机号登录，登记和查询您反映的事项。撤回即注销账号。"), true},
	{ForPlace, ui.Key("使用手机定位"), ui.Key("反映问题时由您点击“定位”后，随这一件事项保存一次位置，便于找到现场。不同意也可以填写地址。"), false},
	{ForMessages, ui.Key("接收短信"), ui.Key("受理、延期、办结时发短信告诉您。不同意也可以在“消息”里看到。"), false},
}

// Consent is one consent, living or taken back.
type Consent struct {
	bun.BaseModel `bun:"table:consents,alias:k"`

	ID          uuid.UUID `bun:",pk,type:uuid" json:"-"`
	Person      int64     `json:"-"`
	Purpose     Purpose   `json:"purpose"`
	Version     string    `json:"version"`
	Way         string    `json:"way"`
	GivenAt     time.Time `json:"given_at"`
	WithdrawnAt time.Time `bun:",nullzero" json:"withdrawn_at,omitzero"`
}

func errAgree() error { return fault.Field("agree", "请阅读并勾选同意隐私政策") }

func known(p Purpose) bool {
	for _, k := range Purposes {
		if k.Purpose == p {
			return true
		}
	}
	return false
}

// Consents are all of a resident's consents, the newest first.
func Consents(ctx context.Context, tx tenants.Tx, person int64) (out []Consent, err error) {
	if err := tx.Select(&out).Where("k.person = ?", person).OrderExpr("k.given_at DESC, k.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("consents: %w", err)
	}
	return out, nil
}

// Agree records a consent to the present notice, unless there is one: an older one ends with it.
func Agree(ctx context.Context, tx tenants.Tx, r *Resident, p Purpose, way string) error {
	if !known(p) {
		return fault.New(fault.NotFound, "页面不存在")
	}
	var living []Consent
	if err := tx.Select(&living).Where("k.person = ?", r.Person).Where("k.purpose = ?", string(p)).Where("k.withdrawn_at IS NULL").For("UPDATE").Scan(ctx); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	if len(living) > 0 && living[0].Version == NoticeVersion {
		return nil
	}
	if _, err := end(ctx, tx, r.Person, p); err != nil {
		return err
	}
	k := &Consent{ID: tenants.NewID(), Person: r.Person, Purpose: p, Version: NoticeVersion, Way: way, GivenAt: clock.Now(ctx)}
	if _, err := tx.Insert(k).Exec(ctx); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	tx.Record(tenants.Act{Kind: "consent.given", Version: 1, Object: "resident", ObjectID: r.ID, HappenedAt: k.GivenAt, After: tenants.Dims{"consent": string(p), "notice": k.Version}})
	return nil
}

// Withdraw takes a consent back from now on. The one to the service is taken back by leaving.
func Withdraw(ctx context.Context, tx tenants.Tx, r *Resident, p Purpose) error {
	if !known(p) || p == ForService {
		return fault.New(fault.NotFound, "页面不存在")
	}
	lived, err := end(ctx, tx, r.Person, p)
	if err == nil && lived {
		tx.Record(tenants.Act{Kind: "consent.withdrawn", Version: 1, Object: "resident", ObjectID: r.ID, HappenedAt: clock.Now(ctx), After: tenants.Dims{"consent": string(p)}})
	}
	return err
}

// end takes living consents back, and says whether there were any; no purpose means all.
func end(ctx context.Context, tx tenants.Tx, person int64, p Purpose) (lived bool, err error) {
	res, err := tx.Raw(`UPDATE consents SET withdrawn_at = greatest(given_at, ?) WHERE tenant_id = ? AND person = ? AND (? = '' OR purpose = ?) AND withdrawn_at IS NULL`,
		clock.Now(ctx), int32(tx.ID()), person, string(p), string(p)).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("withdraw a consent: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// agreed reports which purposes are agreed to now.
func agreed(list []Consent) map[Purpose]bool {
	out := map[Purpose]bool{}
	for _, k := range list {
		if k.WithdrawnAt.IsZero() {
			out[k.Purpose] = true
		}
	}
	return out
}

// MayText reports whether the petitioner of a case agreed to text messages. Whoever did not report at this door left his
// telephone with the desk for that very purpose.
func MayText(ctx context.Context, tx tenants.Tx, c *cases.Case) (bool, error) {
	if c.Channel != cases.ResidentChannel || c.ReportedBy == tenants.System {
		return true, nil
	}
	list, err := Consents(ctx, tx, c.ReportedBy)
	if err != nil || len(list) == 0 { // entered by a clerk for somebody who came by
		return err == nil, err
	}
	return agreed(list)[ForMessages], nil
}

// TextTo is the telephone for text messages to a resident; empty unless he agreed to them.
func TextTo(ctx context.Context, tx tenants.Tx, person int64) (string, error) {
	list, err := Consents(ctx, tx, person)
	if err != nil || !agreed(list)[ForMessages] {
		return "", err
	}
	all, err := Contacts(ctx, tx, []int64{person})
	return all[person].Phone, err
}
