package grids

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/web"
)

// What the forms say, in the verbs' words.

func dayAsked(ctx context.Context, r *web.Request) clock.Date {
	if d, ok := clock.ParseDate(r.Text("on")); ok {
		return d
	}
	return clock.DateOf(clock.Now(ctx))
}

func systemOf(r *web.Request) (geo.System, error) {
	s := geo.System(r.Text("system"))
	if s == "" {
		s = geo.CGCS2000
	}
	if !s.Known() {
		return s, fault.Field("system", "请选择坐标系")
	}
	return s, nil
}

// readDrawing reads the form for one grid; g is the grid that is drawn again.
func readDrawing(r *web.Request, g *Grid) (clock.Date, Drawing, error) {
	d := Drawing{Kind: Kind(r.Text("kind")), Code: r.Text("code"), Name: r.Text("name"), Community: r.Text("community"), Phone: r.Text("phone")}
	if g != nil {
		d = Drawing{Kind: g.Kind, Code: g.Code, Name: g.Name, Community: g.Community, Phone: g.Phone}
	} else if d.Kind == Micro {
		d.Parent = r.Text("parent") // chosen by mistake for another kind it says nothing
	}
	from, err := dayOf(r, "from")
	if err != nil {
		return from, d, err
	}
	if d.System, err = systemOf(r); err != nil {
		return from, d, err
	}
	if r.Text("shape") == "" {
		return from, d, fault.Field("shape", "请在图上画出边界，或粘贴 GeoJSON")
	}
	list, problem := geo.Features([]byte(r.Text("shape")), d.System)
	switch {
	case problem != nil:
		return from, d, &Refusal{[]*geo.Problem{problem}}
	case len(list) != 1:
		return from, d, fault.Field("shape", "一次只能划定一个网格，多个网格请用导入")
	}
	d.Shape, d.Problem, d.Mended = list[0].Shape, list[0].Problem, list[0].Mended
	return from, d, nil
}

// usual are the names under which files carry what we ask for, by field; the first that a feature has counts.
var usual = map[string][]string{
	"code":      {"code", "grid_code", "gridcode", "编号", "网格编号", "网格编码", "网格代码"},
	"name":      {"name", "grid_name", "gridname", "名称", "网格名称"},
	"kind":      {"kind", "grid_type", "gridtype", "种类", "类型", "网格类型", "网格种类"},
	"parent":    {"parent", "parent_code", "上级", "上级网格", "上级编号", "所属网格"},
	"community": {"community", "community_code", "社区", "社区编码", "社区代码"},
	"phone":     {"phone", "电话", "值班电话"},
}

// kindNames are what files call the kinds.
var kindNames = map[string]Kind{
	"comprehensive": Comprehensive, "综合网格": Comprehensive, "综合": Comprehensive, "基础网格": Comprehensive,
	"dedicated": Dedicated, "专属网格": Dedicated, "专属": Dedicated, "micro": Micro, "微网格": Micro, "微": Micro,
}

// readImport reads a file or what was pasted, and what to make of it. The text is answered too: the form shows it again.
func readImport(r *web.Request) (in Import, text string, err error) {
	text = r.Text("shape")
	if f, _, none := r.FormFile("file"); none == nil {
		defer f.Close()
		raw, err := io.ReadAll(f)
		if err != nil {
			return in, text, fault.Field("file", "文件没有传完，请再试一次").Because(err)
		}
		if len(raw) > 0 {
			text = strings.ToValidUTF8(string(raw), "�")
		}
	}
	if text == "" {
		return in, text, fault.Field("file", "请选择文件或粘贴内容")
	}
	in.Dry, in.Whole = r.Text("go") != "1", r.Text("whole") != ""
	if in.From, err = dayOf(r, "from"); err != nil {
		return in, text, err
	}
	system, err := systemOf(r)
	if err != nil {
		return in, text, err
	}
	list, problem := geo.Features([]byte(text), system)
	if problem != nil {
		return in, text, fault.New(fault.Invalid, problem.Say, problem.Args...)
	}
	fallback := Kind(r.Text("kind"))
	if kindTitles[fallback] == "" {
		fallback = Comprehensive
	}
	for _, f := range list {
		say := func(field string) string {
			for _, name := range append([]string{r.Text(field + "_field")}, usual[field]...) {
				if v := f.Text(name); name != "" && v != "" {
					return v
				}
			}
			return ""
		}
		d := Drawing{N: f.N, Code: say("code"), Name: say("name"), Kind: fallback, Parent: say("parent"), Community: say("community"), Phone: say("phone"),
			Shape: f.Shape, System: system, Problem: f.Problem, Mended: f.Mended}
		if raw := say("kind"); raw != "" {
			d.Kind = Kind(cut(raw, 20)) // an unknown one is refused by its row
			if k, ok := kindNames[strings.ToLower(raw)]; ok {
				d.Kind = k
			}
		}
		if d.Kind != Micro {
			d.Parent = ""
		}
		in.List = append(in.List, d)
	}
	return in, text, nil
}

func readPosting(r *web.Request) (in Posting, err error) {
	in = Posting{Person: int64(r.Int("person", 0)), Role: r.Text("role"), Shift: Shift{Begins: r.Text("begins"), Ends: r.Text("ends")}}
	if in.From, err = dayOf(r, "from"); err != nil {
		return in, err
	}
	if in.To, err = dayOf(r, "to"); err != nil {
		return in, err
	}
	if raw := r.Text("stands_in"); raw != "" {
		if in.StandsIn, err = uuid.Parse(raw); err != nil {
			return in, fault.Field("stands_in", "请选择由谁离岗，替班的职责应与其相同")
		}
	}
	days := slices.Clone(r.PostForm["weekdays"])
	slices.Sort(days)
	in.Weekdays = strings.Join(slices.Compact(days), "")
	return in, nil
}

// features is grids as a file that can be imported again.
func features(list []Placed) []geo.Feature {
	codes := map[uuid.UUID]string{}
	for _, p := range list {
		codes[p.ID] = p.Code
	}
	out := make([]geo.Feature, len(list))
	for i, p := range list {
		out[i] = geo.Feature{Shape: p.Shape, Properties: map[string]any{
			"code": p.Code, "name": p.Name, "kind": string(p.Kind), "parent": codes[p.Parent], "community": p.Community, "phone": p.Phone,
			"valid_from": string(p.Outline.ValidFrom), "valid_to": string(p.Outline.ValidTo),
		}}
	}
	return out
}
