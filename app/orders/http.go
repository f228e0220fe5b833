package orders

import (
	"context"
	"io"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/module"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"

	view "wanjie/templates/orders"
)

// Part is what orders add to the module of cases: they are switched with it.
var Part = module.Module{
	Routes: routes,
	Nav:    []module.Entry{{Title: ui.Key("导入来单"), Path: "/orders", May: auth.CasesAccept}},
	Data:   []keys.Columns{{Table: "api_orders", Plain: []string{"tenant_id", "channel", "upper_no", "digest", "case_id", "key_id", "at"}}},
}

func routes(r web.Routes) {
	r.Get("/orders", auth.CasesAccept, form)
	r.Upload("/orders", auth.CasesAccept, mostBytes+1<<16, upload)
	programs(r)
}

func form(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return show(ctx, tx, r, nil, nil)
}

// upload checks a file, or takes its orders in. The reply is a page and is not kept for repeats: a file that comes
// twice changes nothing.
func upload(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	in, err := read(r)
	var result Result
	if err == nil {
		result, err = Take(ctx, tx, in)
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
		reply, err := show(ctx, tx, r, nil, f)
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return show(ctx, tx, r, &result, nil)
}

func read(r *web.Request) (in Upload, err error) {
	in = Upload{Otherwise: r.Text("otherwise"), DryRun: r.Text("go") != "1"}
	var ok bool
	if in.Map, ok = MapOf(r.Text("map")); !ok {
		return in, fault.Field("map", ui.Key("请选择来单格式"))
	}
	f, header, err := r.FormFile("file")
	if err != nil {
		return in, fault.Field("file", ui.Key("请选择文件"))
	}
	defer f.Close()
	in.Name = header.Filename
	if in.Raw, err = io.ReadAll(io.LimitReader(f, mostBytes+1)); err != nil {
		return in, fault.Field("file", ui.Key("文件没有传完，请再试一次")).Because(err)
	}
	if len(in.Raw) > mostBytes {
		return in, fault.Field("file", ui.Key("文件不能超过4 MB，请分开导入"))
	}
	return in, nil
}

func show(ctx context.Context, tx tenants.Tx, r *web.Request, result *Result, refused *fault.Error) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Upload{Action: r.Path("/orders"), Guard: r.Guard(), Map: r.Text("map"), Otherwise: r.Text("otherwise"), Back: r.Path("/cases")}
	for _, m := range Maps {
		if ch, ok := cfg.Channels.Find(m.Channel); ok && !ch.Retired {
			p.Maps = append(p.Maps, ui.Option{Value: m.Key, Label: m.Title})
		}
	}
	for _, top := range cfg.ClassesUnder("") {
		for _, k := range cfg.ClassesUnder(top.Key) {
			p.Classes = append(p.Classes, ui.Option{Value: k.Key, Label: k.Title, Group: top.Title})
		}
	}
	if refused != nil {
		p.Say, p.Errors = ui.T(ctx, refused.Say, refused.Args...), map[string]string{}
		for field, say := range refused.Fields {
			p.Errors[field] = ui.T(ctx, say)
		}
	}
	if result != nil {
		p.Result = &view.Result{DryRun: r.Text("go") != "1", Read: ui.Number(result.Read), Fresh: ui.Number(result.Fresh), Existing: ui.Number(result.Existing),
			Refused: ui.Number(len(result.Problems)), Any: result.Fresh > 0}
		for _, q := range result.Problems {
			p.Result.Problems = append(p.Result.Problems, view.Problem{Line: ui.Number(q.Line), UpperNo: q.UpperNo, Column: q.Column, Say: ui.T(ctx, q.Say, q.Args...)})
		}
	}
	return web.Page(ui.T(ctx, "导入来单"), view.UploadPage(p)), nil
}
