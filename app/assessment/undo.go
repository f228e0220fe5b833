package assessment

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Undo is where the wish to revoke an approved exclusion stands.
type Undo string

// The states. Approved, the exclusion is [Revoked] and its case counts again, in whatever is counted from then on; what
// was kept before stays as it was kept.
const (
	NotUndone   Undo = ""
	UndoOpen    Undo = "open"
	UndoRefused Undo = "refused"
	Undone      Undo = "approved"
)

// undoing are the columns of a revocation.
var undoing = []string{"state", "undo", "undo_words", "undo_by", "undo_at", "undo_verdict", "undone_by", "undone_at"}

// spoken refuses words that are missing where they must be, too long or unreadable.
func spoken(field, words string, must bool) error {
	var f fault.Problems
	if must {
		f.Need(field, words, longText)
	}
	f.Fit(field, words, longText)
	return f.Fault()
}

// undoes reports whether the actor may ask for a revocation: who sees the figures of all, and those who approve.
func undoes(actor tenants.Actor) bool {
	return actor.Trusted() || sightOf(actor).all || auth.Can(actor, auth.CasesApprove, "")
}

// AskUndo asks for an approved exclusion to be revoked, with the reason. Faults: Forbidden, Invalid without a reason,
// Conflict for one that is not approved, or asked for already.
func AskUndo(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Exclusion, error) {
	x, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if !undoes(tx.Actor()) {
		return nil, errForbidden()
	}
	if x.State != Approved || x.Undo == UndoOpen {
		return nil, errDecided()
	}
	if err := spoken("undo_words", words, true); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	x.Undo, x.UndoWords, x.UndoBy, x.UndoAt = UndoOpen, box.Seal(x.addr("undo_words"), words), tx.Actor().Person, clock.Now(ctx)
	x.UndoVerdict, x.UndoneBy, x.UndoneAt = nil, 0, time.Time{} // of an earlier wish, which its act tells
	return x, x.write(ctx, tx, "exclusion.undo_asked", undoing...)
}

// DecideUndo revokes the exclusion, or refuses to, with words. It is decided like the exclusion itself, and by somebody
// else than asked for it.
func DecideUndo(ctx context.Context, tx tenants.Tx, id uuid.UUID, approve bool, words string) (*Exclusion, error) {
	x, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := decidesUndo(tx.Actor(), cfg, x); err != nil {
		return nil, err
	}
	if x.Undo != UndoOpen {
		return nil, errDecided()
	}
	if err := spoken("undo_verdict", words, !approve); err != nil {
		return nil, err
	}
	kind := "exclusion.undo_refused"
	if x.Undo = UndoRefused; approve {
		x.Undo, x.State, kind = Undone, Revoked, "exclusion.revoked"
	}
	x.UndoneBy, x.UndoneAt = tx.Actor().Person, clock.Now(ctx)
	if words != "" {
		box, err := tx.Box(ctx)
		if err != nil {
			return nil, err
		}
		x.UndoVerdict = box.Seal(x.addr("undo_verdict"), words)
	}
	return x, x.write(ctx, tx, kind, undoing...)
}

// decidesUndo is [decides] for a revocation: whoever asked for that does not decide on it.
func decidesUndo(actor tenants.Actor, cfg *blueprint.Config, x *Exclusion) error {
	of := *x
	of.AskedBy = x.UndoBy
	return decides(actor, cfg, &of)
}

// ToldUndo opens what was said about the revocation: reason and verdict.
func (x *Exclusion) ToldUndo(box *keys.Box) (words, verdict string, err error) {
	if len(x.UndoWords) > 0 {
		if words, err = box.Open(x.addr("undo_words"), x.UndoWords); err != nil {
			return "", "", err
		}
	}
	if len(x.UndoVerdict) > 0 {
		verdict, err = box.Open(x.addr("undo_verdict"), x.UndoVerdict)
	}
	return words, verdict, err
}

// since counts the exclusions that were decided or revoked after a report was made, of cases that were open or closed in
// its term: why its figures may be others today.
func since(ctx context.Context, tx tenants.Tx, t Term, made time.Time) (granted, revoked int, err error) {
	var n struct{ Granted, Revoked int }
	err = tx.Raw(`SELECT count(*) FILTER (WHERE x.state = 'approved' AND x.decided_at > ?0) AS granted,
			count(*) FILTER (WHERE x.state = 'revoked' AND x.undone_at > ?0 AND x.decided_at <= ?0) AS revoked
		FROM assess_exclusions x JOIN cases c ON c.tenant_id = x.tenant_id AND c.id = x.case_id
		WHERE x.tenant_id = ?1 AND c.reported_at < ?2 AND (c.closed_at IS NULL OR c.closed_at >= ?3)`, made, int32(tx.ID()), t.To, t.From).Scan(ctx, &n)
	if err != nil {
		return 0, 0, fmt.Errorf("exclusions since a report: %w", err)
	}
	return n.Granted, n.Revoked, nil
}
