package hall

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Screen is one screen of a street.
type Screen struct {
	bun.BaseModel `bun:"table:hall_screens,alias:h"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Name      string
	Hash      []byte
	MadeBy    int64
	MadeAt    time.Time
	ExpiresAt time.Time
	RevokedBy int64     `bun:",nullzero"`
	RevokedAt time.Time `bun:",nullzero"`
	SeenAt    time.Time `bun:",nullzero"`
}

// Bounds of a screen.
const (
	longName = 40                   // characters
	lives    = 365 * 24 * time.Hour // then it needs a new key
	most     = 50                   // that live, of one street
)

// Make gives the street a screen with a key, which is answered here and nowhere else. id is made by whoever asks: asked
// again, it is Conflict, because the key has been shown. Forbidden without KeysGive.
func Make(ctx context.Context, tx tenants.Tx, id uuid.UUID, name string) (*Screen, string, error) {
	if err := auth.RequireSomewhere(tx.Actor(), auth.KeysGive); err != nil {
		return nil, "", err
	}
	switch n := utf8.RuneCountInString(name); {
	case strings.TrimSpace(name) == "":
		return nil, "", fault.Field("name", "请填写大屏名称")
	case n > longName || !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return nil, "", fault.Field("name", "内容过长，请精简")
	}
	now := clock.Now(ctx)
	living, err := tx.Select((*Screen)(nil)).Where("h.revoked_at IS NULL").Where("h.expires_at > ?", now).Count(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("count the screens: %w", err)
	}
	if living >= most {
		return nil, "", fault.New(fault.Conflict, "在用的大屏已达上限，请先停用不用的")
	}
	key := auth.NewSecret()
	s := &Screen{ID: id, Name: strings.TrimSpace(name), Hash: auth.HashSecret(key), MadeBy: tx.Actor().Person, MadeAt: now, ExpiresAt: now.Add(lives)}
	res, err := tx.Insert(s).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("write the screen: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return nil, "", errors.Join(err, fault.New(fault.Conflict, "口令已经生成，且只显示一次；没有记下的，请停用后重新添加"))
	}
	tx.Record(tenants.Act{Kind: "hall_screen.made", Version: 1, Object: "hall_screen", ObjectID: s.ID, HappenedAt: now, After: tenants.Dims{"name": s.Name}})
	return s, key, nil
}

// Revoke takes a screen's key back, at once. One that was taken back stays so.
func Revoke(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	if err := auth.RequireSomewhere(tx.Actor(), auth.KeysGive); err != nil {
		return err
	}
	s := new(Screen)
	err := tx.Select(s).Where("h.id = ?", id).For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return errNoScreen()
	}
	if err != nil {
		return fmt.Errorf("screen %s: %w", id, err)
	}
	if !s.RevokedAt.IsZero() {
		return nil
	}
	s.RevokedBy, s.RevokedAt = tx.Actor().Person, clock.Now(ctx)
	if _, err := tx.Update(s).Column("revoked_by", "revoked_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("take back screen %s: %w", id, err)
	}
	tx.Record(tenants.Act{Kind: "hall_screen.revoked", Version: 1, Object: "hall_screen", ObjectID: s.ID, HappenedAt: s.RevokedAt, Before: tenants.Dims{"name": s.Name}})
	return nil
}

func errNoScreen() error { return fault.New(fault.NotFound, "没有这块大屏") }

// All lists the street's screens, the newest first.
func All(ctx context.Context, tx tenants.Tx) (list []Screen, err error) {
	if err := tx.Select(&list).OrderExpr("h.made_at DESC, h.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("screens: %w", err)
	}
	return list, nil
}

// errDark is for whoever bears no key that holds.
func errDark() error { return fault.New(fault.Unsigned, "此屏幕尚未启用或口令已失效") }

// By is the screen whose key this is; Unsigned for one that never was, was taken back or has run out.
func By(ctx context.Context, tx tenants.Tx, key string) (*Screen, error) {
	if key == "" {
		return nil, errDark()
	}
	s := new(Screen)
	err := tx.Select(s).Where("h.hash = ?", auth.HashSecret(key)).Where("h.revoked_at IS NULL").Where("h.expires_at > ?", clock.Now(ctx)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errDark()
	}
	if err != nil {
		return nil, fmt.Errorf("screen of a key: %w", err)
	}
	return s, nil
}

// state is how a screen stands, for the list.
func (s *Screen) state(ctx context.Context, now time.Time) (string, ui.Tone) {
	switch {
	case !s.RevokedAt.IsZero():
		return ui.T(ctx, "已停用"), ui.Bad
	case !s.ExpiresAt.After(now):
		return ui.T(ctx, "已过期"), ui.Neutral
	}
	return ui.T(ctx, "有效"), ui.Good
}
