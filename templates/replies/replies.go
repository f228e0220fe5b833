// Package replies draws what goes up to whoever sent an order: the list of what is owed, the answer files, and the
// part of a case's sheet.
package replies

import (
	"context"

	"wanjie/templates/ui"
)

// List is what is owed, and what may be sent.
type List struct {
	Draft  []Row // nothing worded, or returned
	Review []Row
	Desk   bool // the reader may send
	Heaps  []Heap
	Files  []File
	Fresh  string // the file just made
	Take   string // where a file is asked for
	Guard  ui.Guard
}

// Row is a case that owes a reply.
type Row struct {
	Href, Number, UpperNo, Title, Channel, Unit string
	State                                       string
	Tone                                        ui.Tone
	UpperDue, ReviewBy                          string
	Late, Unreviewed                            bool
}

// Heap is what waits in one channel.
type Heap struct{ Channel, Title, N, Due string }

// File is an answer file that was taken.
type File struct{ Href, Title, N, At, By string }

// Card is where a case's reply stands.
type Card struct {
	State   string
	Tone    ui.Tone
	Due     string // by when it should be sent; a dash: no deadline
	Late    bool
	Replies []Shown
}

// Shown is one wording.
type Shown struct {
	State string
	Tone  ui.Tone
	Facts []ui.Fact
}

func head(ctx context.Context, review bool) []ui.Column {
	out := []ui.Column{{Label: ui.T(ctx, "案卷编号")}, {Label: ui.T(ctx, "来单编号")}, {Label: ui.T(ctx, "标题"), Title: true}, {Label: ui.T(ctx, "渠道")}, {Label: ui.T(ctx, "承办单位")}, {Label: ui.T(ctx, "状态")}}
	if review {
		out = append(out, ui.Column{Label: ui.T(ctx, "审核期限")})
	}
	return append(out, ui.Column{Label: ui.T(ctx, "上级期限")})
}
