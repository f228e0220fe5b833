package seal

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// errNoRoot says that no root was made for that day.
var errNoRoot = errors.New("seal: no root of that day")

// File is where a placement's roots are written down outside the database, in a folder.
func File(folder, placement string) string {
	return filepath.Join(folder, "roots-"+placement+".jsonl")
}

// Line is one daily root, as kept in ctl.roots and, one JSON line each, in the file outside.
type Line struct {
	Placement string `json:"placement"`
	Day       string `json:"day"` // 2006-01-02, in Asia/Shanghai
	Hash      string `json:"hash"`
	Signature string `json:"signature"` // SM2 over Hash
	Key       string `json:"key"`       // public key, PKIX DER
	Ord       int64  `json:"ord"`
	Tenants   int    `json:"tenants"`
	Acts      int64  `json:"acts"`
}

// Root makes the placement's root of the day on which at falls: SM3 over placement, day and every
// tenant's newest seal, signed. It writes ctl.roots and appends the line to the file; repeating it
// answers the first one, and mends a file that lacks its line. The file should lie on another
// machine's disk, or be copied there: it is what a rewritten database is compared with.
func Root(ctx context.Context, db *tenants.DB, placement, file string, at time.Time) (Line, error) {
	l := Line{Placement: placement, Day: at.In(clock.Zone).Format(time.DateOnly)}
	err := db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		// Alone: no segment is half written, and the next one gets a higher ord.
		if _, err := tx.Raw("SELECT pg_advisory_xact_lock(?)", writers).Exec(ctx); err != nil {
			return err
		}
		err := l.load(ctx, tx)
		if !errors.Is(err, errNoRoot) {
			return err
		}
		if err := tx.Raw("SELECT coalesce(max(ord), 0) FROM seals").Scan(ctx, &l.Ord); err != nil {
			return err
		}
		digest, err := l.compute(ctx, tx)
		if err != nil {
			return err
		}
		signature, err := db.Keys().Sign(ctx, digest)
		if err != nil {
			return err
		}
		key, err := db.Keys().PublicKey(ctx)
		if err != nil {
			return err
		}
		l.Hash, l.Signature, l.Key = hex.EncodeToString(digest), hex.EncodeToString(signature), hex.EncodeToString(key)
		_, err = tx.Raw("INSERT INTO ctl.roots (day, hash, signature, key, ord, tenants, acts) VALUES (?, ?, ?, ?, ?, ?, ?)",
			l.Day, digest, signature, key, l.Ord, l.Tenants, l.Acts).Exec(ctx)
		return err
	})
	if err != nil {
		return l, fmt.Errorf("root of %s at %s: %w", l.Day, placement, err)
	}
	have, err := find(file, placement, l.Day)
	if err == nil && have != nil {
		return l, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return l, err
	}
	return l, l.append(file)
}

// load reads the day's root from the database.
func (l *Line) load(ctx context.Context, tx tenants.SystemTx) error {
	var hash, signature, key []byte
	err := tx.Raw("SELECT hash, signature, key, ord, tenants, acts FROM ctl.roots WHERE day = ?", l.Day).
		Scan(ctx, &hash, &signature, &key, &l.Ord, &l.Tenants, &l.Acts)
	if errors.Is(err, sql.ErrNoRows) {
		return errNoRoot
	}
	l.Hash, l.Signature, l.Key = hex.EncodeToString(hash), hex.EncodeToString(signature), hex.EncodeToString(key)
	return err
}

// compute hashes the newest seals up to l.Ord, and counts tenants and acts.
func (l *Line) compute(ctx context.Context, tx tenants.SystemTx) ([]byte, error) {
	var heads []struct {
		TenantID int32
		Upto     int64
		Hash     []byte
	}
	if err := tx.Raw(`SELECT s.* FROM heads h CROSS JOIN LATERAL (
			SELECT tenant_id, upto, hash FROM seals s WHERE s.tenant_id = h.tenant_id AND s.ord <= ? ORDER BY s.upto DESC LIMIT 1) s
		ORDER BY s.tenant_id`, l.Ord).Scan(ctx, &heads); err != nil {
		return nil, fmt.Errorf("read seals: %w", err)
	}
	h := sm3.New()
	h.Write(number(text(text([]byte{1}, l.Placement), l.Day), int64(len(heads))))
	l.Tenants, l.Acts = len(heads), 0
	for _, s := range heads {
		h.Write(append(number(number(nil, int64(s.TenantID)), s.Upto), s.Hash...))
		l.Acts += s.Upto
	}
	return h.Sum(nil), nil
}

func (l Line) append(file string) error {
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("roots file: %w", err)
	}
	_, err = f.Write(append(body, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// find reads the line of a placement and day from the file; nil when it has none.
func find(file, placement, day string) (*Line, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("roots file: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		var l Line
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Placement == placement && l.Day == day {
			return &l, nil // a line cut off by a crash is no line; the first whole one counts
		}
	}
	return nil, lines.Err()
}

// RootError is a daily root that does not hold.
type RootError struct{ Placement, Day, Why string }

func (r *RootError) Error() string {
	return fmt.Sprintf("root of %s at %s: %s", r.Day, r.Placement, r.Why)
}

// VerifyRoot checks the root of the day on which at falls: the database's row is the file's line,
// the signature is that of the deployment's key, and the seals of that day still hash to it.
// Together with Verify of the tenants, it shows that nothing before was changed since. What does not
// hold is a *RootError, also when there is no root of that day.
func VerifyRoot(ctx context.Context, db *tenants.DB, placement, file string, at time.Time) (Line, error) {
	l := Line{Placement: placement, Day: at.In(clock.Zone).Format(time.DateOnly)}
	bad := func(why string) error { return &RootError{placement, l.Day, why} }
	outside, err := find(file, placement, l.Day)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return l, err
	}
	if outside == nil {
		return l, bad("the file has no line of that day")
	}
	key, err := db.Keys().PublicKey(ctx)
	if err != nil {
		return l, err
	}
	if hex.EncodeToString(key) != outside.Key {
		return l, bad("it was signed with another key than the deployment's")
	}
	digest, err1 := hex.DecodeString(outside.Hash)
	signature, err2 := hex.DecodeString(outside.Signature)
	if err := errors.Join(err1, err2); err != nil {
		return l, bad("the file's line cannot be read: " + err.Error())
	}
	if err := keys.Verify(key, digest, signature); err != nil {
		return l, bad("the signature is not one of the deployment's key over this hash")
	}
	return l, db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		err := l.load(ctx, tx)
		if errors.Is(err, errNoRoot) {
			return bad("the database has no root of that day, though the file has")
		}
		if err != nil {
			return err
		}
		if l != *outside {
			return bad("the database's row is not the line in the file")
		}
		now, err := l.compute(ctx, tx)
		if err != nil {
			return err
		}
		if !bytes.Equal(now, digest) {
			return bad("the seals that it covers were altered")
		}
		return nil
	})
}
