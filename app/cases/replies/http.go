package replies

import (
	"bytes"
	"context"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/replies"
)

// The verbs as addresses and forms beside a case name them.
const (
	draftForm cases.Verb = "reply-draft"
	judgeForm cases.Verb = "reply-judge"
)

func routes(r web.Routes) {
	r.Get("/replies", auth.CasesRead, page)
	r.Post("/replies/files", auth.CasesFile, take)
	r.Get("/replies/files/{id}", auth.CasesFile, download)
	r.Post("/cases/{id}/"+string(draftForm), "", cases.Post(draftForm, "已提交审核", postDraft))
	r.Post("/cases/{id}/"+string(judgeForm), "", cases.Post(judgeForm, "已审核", postJudge))
}

func postDraft(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*cases.Case, error) {
	in := Wording{Words: r.Text("words"), Contacted: r.Text("contacted") == "yes", Solved: r.Text("solved") == "yes"}
	for _, field := range []string{"contacted", "solved"} {
		if v := r.Text(field); v != "yes" && v != "no" {
			return nil, fault.Field(field, ui.Key("请选择是或否"))
		}
	}
	return Draft(ctx, tx, id, in)
}

func postJudge(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*cases.Case, error) {
	v := r.Text("verdict")
	if v != "approve" && v != "return" {
		return nil, fault.Field("verdict", ui.Key("请选择审核意见"))
	}
	return Judge(ctx, tx, id, v == "approve", r.Text("verdict_words"))
}

// take makes an answer file; a repeat of the request is led to the same one.
func take(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	batch := tenants.NewID()
	_, err := Take(ctx, tx, r.Text("channel"), batch)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/replies?file=%s", batch), "已生成回复文件，其中的回复均已记为已回复"), nil
}

// download gives the file once more, as often as it is asked for.
func download(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	list, err := Within(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	var b bytes.Buffer
	w, err := sheets.New(&b, sheets.Excel, ui.T(ctx, "回复"), []sheets.Column{
		{Title: ui.T(ctx, "来单编号"), Width: 22}, {Title: ui.T(ctx, "案卷编号"), Width: 17}, {Title: ui.T(ctx, "承办单位"), Width: 16}, {Title: ui.T(ctx, "是否联系诉求人")},
		{Title: ui.T(ctx, "是否解决")}, {Title: ui.T(ctx, "回复内容"), Width: 60}, {Title: ui.T(ctx, "审核时间"), Width: 17}, {Title: ui.T(ctx, "上级期限"), Width: 17},
	})
	if err != nil {
		return web.Reply{}, err
	}
	for i := range list {
		p := &list[i]
		words, _, err := p.Open(box)
		if err != nil {
			return web.Reply{}, err
		}
		_ = w.Row(p.UpperNo, p.Number, cfg.UnitTitle(p.Unit), yes(ctx, p.Contacted), yes(ctx, p.Solved), words, p.ApprovedAt(), p.UpperDue) // Close tells
	}
	if err := w.Close(); err != nil {
		return web.Reply{}, err
	}
	name := ui.T(ctx, "回复") + "-" + channelName(cfg, list[0].Channel) + "-" + list[0].SentAt.In(clock.Zone).Format("20060102-1504") + ".xlsx"
	return web.File(name, sheets.Excel.Kind(), b.Bytes()), nil
}

func page(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := listPage(ctx, tx, r)
	return web.Page(ui.T(ctx, "回复上级"), view.Page(p)), err
}
