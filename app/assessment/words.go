package assessment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// A report may have headings (总体情况、存在问题、下步措施). Under the first one stands what the figures say, made from them
// and from nothing else; whatever more stands under it and the others, somebody writes before the report is kept. Kept, the
// words are as immutable as the figures: the body has their digest, and the report's digest is of the body.

// mostWords is how much may be written under one heading, in characters.
const mostWords = 3000

// Section is a heading with what stands under it.
type Section struct {
	Title string
	Made  []string // sentences made from the figures
	Words string   // written by a person
}

// checkWords holds what was written against the report's headings; fields are words0, words1 …
func checkWords(r blueprint.Report, words []string) error {
	var f fault.Problems
	for i, w := range words {
		f.Fit(fmt.Sprintf("words%d", i), w, mostWords)
	}
	if len(words) > len(r.Parts) {
		return fault.New(fault.Conflict, "报表的栏目已经变化，请刷新页面")
	}
	return f.Fault()
}

func (k *Kept) at(column string) keys.Addr {
	return keys.Addr{Table: "assess_reports", Column: column, ID: k.ID}
}

// write seals the words into the row that is to be made; nil leaves it without.
func (k *Kept) write(ctx context.Context, tx tenants.Tx, words []string) error {
	if strings.Join(words, "") == "" {
		return nil
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(words)
	if err == nil {
		k.Words = box.Seal(k.at("words"), string(text))
	}
	return err
}

// said opens what was written.
func (k *Kept) said(ctx context.Context, tx tenants.Tx) (words []string, digest string, err error) {
	if len(k.Words) == 0 {
		return nil, "", nil
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, "", err
	}
	text, err := box.Open(k.at("words"), k.Words)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256([]byte(text))
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		return nil, "", fmt.Errorf("words of kept report %s: %w", k.ID, err)
	}
	return words, hex.EncodeToString(sum[:]), nil
}

// Whole is the report with its words, and refuses what is not as it was kept.
func (k *Kept) Whole(ctx context.Context, tx tenants.Tx) (*Sheet, error) {
	s, err := k.Sheet()
	if err != nil {
		return nil, err
	}
	words, digest, err := k.said(ctx, tx)
	if err != nil {
		return nil, err
	}
	if digest != s.Said {
		return nil, fmt.Errorf("words of kept report %s are not what its digest says", k.ID)
	}
	s.words = words
	return s, nil
}

// Sections are the report's headings in their order with all that stands under them.
func (s *Sheet) Sections(ctx context.Context) (out []Section) {
	for i, title := range s.Parts {
		one := Section{Title: title}
		if i == 0 {
			one.Made = s.sentences(ctx)
		}
		if i < len(s.words) {
			one.Words = s.words[i]
		}
		out = append(out, one)
	}
	return out
}

// sentences say the figures: the sums with how they changed, who stands first and last, and what was left out.
func (s *Sheet) sentences(ctx context.Context) (out []string) {
	if len(s.Sum.Figures) == 0 { // of one's own units only
		return nil
	}
	var parts []string
	for i, c := range s.Columns {
		v := s.Sum.Figures[i].Value
		if c.TwinOf != "" || c.Unrecorded || v == nil {
			continue
		}
		text := ui.T(ctx, "%s %s", c.title(ctx), said(ctx, c, v))
		if c.Measure == blueprint.Count {
			text = ui.T(ctx, "%s %s 件", c.title(ctx), said(ctx, c, v))
		}
		if s.Before != nil {
			text += s.change(ctx, ui.T(ctx, "环比"), c, v, s.Before.Figures[i].Value)
		}
		if s.YearAgo != nil {
			text += s.change(ctx, ui.T(ctx, "同比"), c, v, s.YearAgo.Figures[i].Value)
		}
		parts = append(parts, text)
	}
	stop, between := ui.T(ctx, "。"), ui.T(ctx, "；")
	if len(parts) > 0 {
		out = append(out, ui.T(ctx, "%s，%s", ui.Term(ctx, s.Term.Name), strings.Join(parts, between))+stop)
	}
	if text := s.standing(ctx); text != "" {
		out = append(out, text+stop)
	}
	left := int64(0)
	for i, f := range s.Sum.Figures {
		if s.Columns[i].TwinOf == "" {
			left = max(left, f.Left)
		}
	}
	if left > 0 {
		out = append(out, ui.T(ctx, "经批准剔除 %d 件，不计入考核", left)+stop)
	}
	return out
}

func (s *Sheet) change(ctx context.Context, name string, c Column, now, then *big.Rat) string {
	if text := changed(ctx, c, now, then); text != ui.None {
		return ui.T(ctx, "（%s %s）", name, text)
	}
	return ""
}

// mostNamed is how many stand first, or last, by name.
const mostNamed = 3

// standing names who stands first and last of those that are ranked, group by group.
func (s *Sheet) standing(ctx context.Context) string {
	var ranked []Row
	few := 0
	for _, r := range s.Rows {
		if r.Rank > 0 {
			ranked = append(ranked, r)
		} else if r.Few {
			few++
		}
	}
	if !s.Ranked || len(ranked) == 0 {
		return ""
	}
	var parts []string
	for from := 0; from < len(ranked); {
		to := from
		for to < len(ranked) && (!s.Apart || ranked[to].Kind == ranked[from].Kind) {
			to++
		}
		group := ranked[from:to]
		text := ui.T(ctx, "排名在前的有%s", s.named(ctx, group[:min(mostNamed, len(group))]))
		if s.Apart {
			text = ui.T(ctx, "%s中%s", ui.T(ctx, kindTitles[group[0].Kind]), text)
		}
		if len(group) > 2*mostNamed { // of few the last ones are no news
			text += ui.T(ctx, "，在后的有%s", s.named(ctx, group[len(group)-mostNamed:]))
		}
		parts, from = append(parts, text), to
	}
	if few > 0 {
		parts = append(parts, ui.T(ctx, "另有 %d 个样本不足，不参加排名", few))
	}
	return strings.Join(parts, ui.T(ctx, "；"))
}

func (s *Sheet) named(ctx context.Context, rows []Row) string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = ui.T(ctx, "%s（%s 分）", r.Name, r.Score.FloatString(1))
	}
	return strings.Join(names, ui.T(ctx, "、"))
}
