package assessment

import (
	"bytes"
	"context"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

func cycle(key string) blueprint.Cycle {
	return map[string]blueprint.Cycle{
		"day": {Every: blueprint.EveryDay}, "hotline-day": {Every: blueprint.EveryDay, At: "12:00"}, "week": {Every: blueprint.EveryWeek, Day: 1}, "month": {Every: blueprint.EveryMonth},
		"hotline-month": {Every: blueprint.EveryMonth, Day: 19}, "quarter": {Every: blueprint.EveryQuarter}, "year": {Every: blueprint.EveryYear},
	}[key]
}

// TestTermsFollowTheCalendar holds terms to a calendar walked day by day: an instant lies in one term, terms join without
// a gap, and a term is found again by its last day.
func TestTermsFollowTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		key := rapid.SampledFrom([]string{"day", "hotline-day", "week", "month", "hotline-month", "quarter", "year"}).Draw(r, "cycle")
		c := cycle(key)
		now := at("2024-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 3*366*24*60).Draw(r, "minutes")) * time.Minute)
		later := now.AddDate(3, 0, 0)
		term := TermOf(c, now, later)
		if now.Before(term.From) || !now.Before(term.To) {
			r.Fatalf("%v is not in its own term %+v", now, term)
		}
		// Naive: go back day by day to the first day that begins a term.
		noon := key == "hotline-day"
		begin := clock.Day(now)
		if noon {
			begin = begin.Add(12 * time.Hour)
		}
		for begin.After(now) || !begins(key, begin.In(clock.Zone)) {
			begin = begin.AddDate(0, 0, -1)
		}
		if !begin.Equal(term.From) {
			r.Fatalf("%s of %v begins %v, naive %v", key, now, term.From, begin)
		}
		if before := term.before(c); !before.To.Equal(term.From) || before.Running() {
			r.Fatalf("before %+v comes %+v", term, before)
		}
		if d, _ := clock.ParseDate(term.on()); !termOn(c, d, later).From.Equal(term.From) {
			r.Fatalf("%s of %s is %v, not %v", key, term.on(), termOn(c, d, later).From, term.From)
		}
		ago := term.yearAgo(c)
		if days := term.From.Sub(ago.From).Hours() / 24; days < 363 || days > 367 {
			r.Fatalf("a year before %v is %v", term.From, ago.From)
		}
		half := TermOf(c, now, now)
		if p := half.before(c); half.Running() && p.End.After(p.To) || half.Running() && p.End.Before(p.To) && p.End.Sub(p.From) != now.Sub(half.From) {
			r.Fatalf("half of %+v is held against %+v", half, p)
		}
	})
}

// begins says whether a term of the cycle begins on a day.
func begins(key string, d time.Time) bool {
	switch key {
	case "week":
		return d.Weekday() == time.Monday
	case "month":
		return d.Day() == 1
	case "hotline-month":
		return d.Day() == 19
	case "quarter":
		return d.Day() == 1 && int(d.Month())%3 == 1
	case "year":
		return d.Day() == 1 && d.Month() == time.January
	}
	return true
}

func rate(n, sum int64) Figure {
	f := Figure{N: n, Sum: sum * 100}
	f.settle(blueprint.Percent)
	return f
}

func number(n int64) Figure {
	f := Figure{N: n}
	f.settle(blueprint.Count)
	return f
}

// Ranks are by the score of one decimal, then by the second figure; kinds apart; too few and nothing at all are left out.
func TestRanks(t *testing.T) {
	t.Parallel()
	col := func(key string, m blueprint.Measure, more bool, weight int) Column {
		c := Column{Key: key, Measure: m, More: more, Weight: weight}
		c.Indicator.Key = key
		return c
	}
	s := Sheet{Ranked: true, Apart: true, Mean: true, Least: 10, Then: "intake", Columns: []Column{
		col("resolution", blueprint.Percent, true, 60), col("rework", blueprint.Percent, false, 40), col("intake", blueprint.Count, false, 0), {Key: "supervision", Measure: blueprint.Percent, Weight: 10, Unrecorded: true},
	}}
	row := func(key string, kind blueprint.UnitKind, res, rew Figure, intake int64) Row {
		return Row{Key: key, Kind: kind, Figures: []Figure{res, rew, number(intake), {}}}
	}
	s.Rows = []Row{
		row("few", blueprint.Station, rate(9, 9), rate(20, 0), 30),
		row("b", blueprint.Station, rate(10, 8), rate(10, 1), 30),               // 0.6×80 + 0.4×90 = 84
		row("a", blueprint.Station, rate(20, 16), rate(20, 2), 50),              // 84 too, and more taken in
		row("c", blueprint.Station, rate(10, 8), rate(10, 1), 30),               // as b
		row("d", blueprint.Station, rate(10, 7), rate(10, 0), 90),               // 82
		row("none", blueprint.Station, rate(0, 0), rate(10, 0), 5),              // 0/0
		row("office", blueprint.Office, rate(10, 1), rate(10, 10), 10),          // alone in its kind
		{Key: "", Figures: []Figure{rate(50, 50), rate(50, 0), number(50), {}}}, // of no unit
	}
	s.rank()
	type line struct {
		Key  string
		Rank int
		Few  bool
	}
	var got []line
	for _, r := range s.Rows {
		got = append(got, line{r.Key, r.Rank, r.Few})
	}
	want := []line{{"office", 1, false}, {"a", 1, false}, {"b", 2, false}, {"c", 2, false}, {"d", 4, false}, {"few", 0, true}, {"none", 0, true}, {"", 0, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if v := s.Rows[1].Score.FloatString(1); v != "84.0" {
		t.Errorf("the score is %s", v)
	}
	// The mean of rates is over rows that have one and are somebody's; pooled counts stay.
	sum := s.sum([]Figure{rate(109, 91), rate(140, 13), number(265), {}}, s.Rows)
	mean := new(big.Rat).Quo(big.NewRat(100+80+80+80+70+10, 1), big.NewRat(6, 1))
	if sum[0].Value.Cmp(mean) != 0 || sum[2].Value.Cmp(big.NewRat(265, 1)) != 0 {
		t.Errorf("the sum row says %v and %v, want %v", sum[0].Value, sum[2].Value, mean)
	}
}

// TestTheFileIsADocument: title, term, unit of count and as-of time above, the sum last, definitions and signatures below.
func TestTheFileIsADocument(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.month()
	ctx, _ := hold(t, "2026-11-20 09:00")
	w := s.browser(ctx, leader).send("GET", "/assessment/reports/hotline-month/export?on=2026-11-12", nil)
	f, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("12345 月度考核")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, r := range rows {
		for _, c := range r {
			text += c + "|"
		}
		text += "\n"
	}
	for _, want := range []string{"街道 12345 月度考核", "2026年11月（2026-10-19 至 2026-11-18）", "单位：件、%", "序号|承办单位", "解决率（50%）", "80.00%", "合计|", "口径：", "制表：", "审核："} {
		if !bytes.Contains([]byte(text), []byte(want)) {
			t.Errorf("the file does not say %q:\n%s", want, text)
		}
	}
}

// TestTheBurdenIsTheStreets counts stretches of five minutes, each person's apart, and finds a term by the acts' numbers.
func TestTheBurdenIsTheStreets(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.month()
	begin := time.Now().Add(-time.Hour)
	err := s.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		all, err := burdenOf(ctx, tx, span{begin, begin.Add(2 * time.Hour)})
		if err != nil {
			return err
		}
		var people int
		var slots int64
		if err := s.view.QueryRow(ctx, "SELECT count(DISTINCT actor), count(DISTINCT (actor, floor(extract(epoch FROM recorded_at) / 300))) FROM journal WHERE tenant_id = $1 AND actor > 0", int32(s.ID)).Scan(&people, &slots); err != nil {
			return err
		}
		if all.People != people || all.Slots != slots || people < 5 {
			t.Errorf("%+v, want %d people and %d stretches", all, people, slots)
		}
		none, err := burdenOf(ctx, tx, span{begin.AddDate(0, 0, -2), begin})
		if none.People != 0 || none.Slots != 0 {
			t.Errorf("before there was anything: %+v", none)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
