package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// ApprovalSetting is the setting by which a street wants to be asked before somebody of the vendor's enters. Who
// entered may not change it.
const ApprovalSetting = "support.approval"

// Shut reports whether a page is closed to an actor who is only let in for a time: every page that does not name a
// capability, because those sort out by themselves what of cases and people they show.
func Shut(actor tenants.Actor, module, may string) bool {
	return may == "" && module != "" && Supports(actor)
}

// Supports reports whether the actor is somebody of the vendor's who was let in for a time.
func Supports(actor tenants.Actor) bool {
	for _, g := range actor.Grants {
		if g.Role == Support {
			return true
		}
	}
	return false
}

// Lend makes somebody of the vendor's a member with the role [Support], whoever asks: package support has seen to the
// street's word. Faults: Conflict for somebody who works here.
func Lend(ctx context.Context, tx tenants.Tx, person int64, name string) (uuid.UUID, error) {
	if here, err := Works(ctx, tx, person); err != nil || here {
		if err == nil {
			err = fault.New(fault.Conflict, "此人已是本单位人员，无须申请进入")
		}
		return uuid.Nil, err
	}
	if err := join(ctx, tx, person, name, ""); err != nil {
		return uuid.Nil, err
	}
	role, _ := RoleOf(Support)
	return Give{Person: person, Role: Support}.to(ctx, tx, role)
}

// TakeBack ends what Lend gave: grant and membership.
func TakeBack(ctx context.Context, tx tenants.Tx, person int64, grant uuid.UUID) error {
	row := new(memberRow)
	if err := tx.Select(row).Where("m.person = ?", person).For("UPDATE").Scan(ctx); err != nil {
		return fmt.Errorf("member who was lent: %w", err)
	}
	if err := end(ctx, tx, grant); err != nil || !row.LeftAt.IsZero() {
		return err
	}
	return leave(ctx, tx, row)
}

// Works reports whether somebody is one of the tenant's staff.
func Works(ctx context.Context, tx tenants.Tx, person int64) (bool, error) {
	n, err := tx.Select((*memberRow)(nil)).Where("m.person = ?", person).Where("m.left_at IS NULL").Count(ctx)
	if err != nil {
		return false, fmt.Errorf("member: %w", err)
	}
	return n > 0, nil
}

func errLent() error {
	return fault.New(fault.Conflict, "运营方人员的限时进入，请在“运营进入”中结束")
}
