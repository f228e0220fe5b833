package district

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wanjie/app/clock"
	view "wanjie/templates/district"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/division"
	"wanjie/tenants/keys"
)

// The standing monthly report (月报): what the board says of a month that is over, kept as it was on the first of the next,
// so that two who speak of it speak of the same figures whatever is corrected since.

// Columns is this package's part of the catalogue of columns.
var Columns = []keys.Columns{{Table: "ctl.district_months", Plain: []string{"district", "month", "made_at", "body", "digest"}}}

// figuresOf is what is kept of a month, as JSON. Kept reports are read for years: fields may be added here and in
// what they are made of, and never be named anew (TestAnOldMonthIsRead).
type figuresOf struct {
	Name                             string
	From, To, At                     time.Time
	Now, Was                         view.Counts
	Trend                            ui.Trend
	Places, Classes, Units, Channels []view.Line
}

// keepMonth keeps the report of the month that begins at from, and answers whether it could: not before every act of the
// district's tenants is counted. A month is kept once.
func keepMonth(ctx context.Context, tx tenants.DistrictTx, from time.Time) (bool, error) {
	q := asked{
		Period: Period{Key: Month, Span: Span{from, from.AddDate(0, 1, -1)}, Was: Span{from.AddDate(0, -1, 0), from.AddDate(0, 0, -1)}, Today: clock.Day(clock.Now(ctx))},
		dims:   []string{"class", "unit", "channel"}, stock: true, deep: true,
	}
	f, err := read(ctx, tx, q)
	if err != nil {
		return false, err
	}
	var b view.Board
	lay(ctx, &b, f, q, func(string, string) string { return "" })
	if b.Behind > 0 {
		return false, nil
	}
	area, _ := division.District(tx.District())
	body, err := json.Marshal(figuresOf{Name: area.Name, From: q.From, To: q.To, At: b.At, Now: b.Now, Was: b.Was, Trend: b.Trend, Places: b.Places, Classes: b.Classes, Units: b.Units, Channels: b.Channels})
	if err != nil {
		return false, fmt.Errorf("month of district %d: %w", tx.District(), err)
	}
	sum := sha256.Sum256(body)
	_, err = tx.Raw("INSERT INTO ctl.district_months (district, month, made_at, body, digest) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		tx.District(), from.Format(time.DateOnly), clock.Now(ctx), string(body), sum[:]).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("keep the month of district %d: %w", tx.District(), err)
	}
	return true, nil
}

// keptMonth is a row of what is kept.
type keptMonth struct {
	Month  string
	MadeAt time.Time
	Body   string
	Digest []byte
}

// keptMonths lists what is kept, the newest first, without the figures.
func keptMonths(ctx context.Context, tx tenants.DistrictTx) (out []keptMonth, err error) {
	err = tx.Raw("SELECT to_char(month, 'YYYY-MM') AS month, made_at, digest FROM ctl.district_months m WHERE district = ? ORDER BY m.month DESC LIMIT 120", tx.District()).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("months of district %d: %w", tx.District(), err)
	}
	return out, nil
}

// monthOf reads a kept report by its month, 2026-10, and refuses one that is not what was kept; NotFound when none is.
func monthOf(ctx context.Context, tx tenants.DistrictTx, month string) (m view.Month, err error) {
	if _, err := time.Parse("2006-01", month); err != nil {
		return m, errNoPage()
	}
	var k keptMonth
	err = tx.Raw("SELECT made_at, body, digest FROM ctl.district_months WHERE district = ? AND month = ?", tx.District(), month+"-01").Scan(ctx, &k)
	if errors.Is(err, sql.ErrNoRows) {
		return m, errNoPage()
	}
	if err != nil {
		return m, fmt.Errorf("month %s of district %d: %w", month, tx.District(), err)
	}
	if sum := sha256.Sum256([]byte(k.Body)); !bytes.Equal(sum[:], k.Digest) {
		return m, fmt.Errorf("the kept month %s of district %d is not what its digest says", month, tx.District())
	}
	var f figuresOf
	if err := json.Unmarshal([]byte(k.Body), &f); err != nil {
		return m, fmt.Errorf("month %s of district %d: %w", month, tx.District(), err)
	}
	m = view.Month{Month: month, MadeAt: k.MadeAt, Mark: hex.EncodeToString(k.Digest), Board: view.Board{
		Name: f.Name, From: f.From, To: f.To, At: f.At, Against: ui.Key("较上月"), Past: true, PerHead: true,
		Now: f.Now, Was: f.Was, Trend: f.Trend, Places: f.Places, Classes: f.Classes, Units: f.Units, Channels: f.Channels,
	}}
	m.Trend.Name = ui.T(ctx, "每日收件与结案（件）")
	for i, name := range trendLines {
		if i < len(m.Trend.Lines) {
			m.Trend.Lines[i].Name = ui.T(ctx, name)
		}
	}
	return m, nil
}
