package lists

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/tables"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Bounds of a list.
const (
	mostBytes  = 1 << 20
	mostPeople = 500
)

// column is one that a list may have, under the names that tables give it.
type column struct {
	key   string
	names []string // the first is ours
	must  bool
}

var columns = []column{
	{"name", []string{"姓名", "人员姓名"}, true},
	{"phone", []string{"手机号码", "手机号", "手机", "联系电话", "电话"}, true},
	{"number", []string{"工号", "人员工号"}, false},
	{"role", []string{"角色"}, true},
	{"unit", []string{"单位", "承办单位", "所属单位", "社区"}, false},
	{"grid", []string{"网格", "网格编号"}, false},
}

// Role is one role of a person on a list.
type Role struct {
	Line      int    `json:"line"`
	Role      string `json:"role"`
	Unit      string `json:"unit,omitempty"`
	Community string `json:"community,omitempty"`
	Grid      string `json:"grid,omitempty"`
	Place     string `json:"place,omitempty"` // of the unit or grid, as people read it
}

// Person is one person on a list.
type Person struct {
	Line   int    `json:"line"` // the first that names them
	Name   string `json:"name"`
	Phone  string `json:"phone"`
	Number string `json:"number,omitempty"` // the district's own number of its staff
	Roles  []Role `json:"roles"`
}

// Problem is what is wrong with a row.
type Problem struct {
	Line   int
	Column string // its name in the list; empty: the row as a whole
	Say    string // a catalogue key, with what fills its verbs
	Args   []any
}

// List is a table that was read: nothing may be done with it while there are problems.
type List struct {
	People   []Person
	Problems []Problem
}

// Grid finds a grid by its code or name, with the community that it lies in; "" for none.
type Grid func(ctx context.Context, tx tenants.Tx, typed string) (code, community string, err error)

// pasted is a table as it was copied from a spreadsheet: tabs between cells.
func pasted(text string) []byte {
	if !strings.Contains(text, "\t") {
		return []byte(text)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) != "" {
			_ = w.Write(strings.Split(line, "\t")) // to memory: never fails
		}
	}
	w.Flush()
	return b.Bytes()
}

// asText is a list as text, so that it can stand on the page until it is confirmed: a file is not sent twice.
func asText(name string, raw []byte) ([]byte, error) {
	f, err := tables.Of(name, raw)
	if err != nil {
		return nil, beside(err)
	}
	in, err := f.Open()
	if err != nil {
		return nil, beside(err)
	}
	defer in.Close()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(in.Header()) // to memory: never fails
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, beside(err)
		}
		if row.Bad != nil { // told by its line when it is read
			w.Flush()
			b.WriteString(row.Raw + "\n")
			continue
		}
		_ = w.Write(row.Cells)
	}
	w.Flush()
	return b.Bytes(), nil
}

// Read reads a list and checks it whole. A file that cannot be read at all is fault.Invalid.
func Read(ctx context.Context, tx tenants.Tx, name string, raw []byte, grid Grid) (List, error) {
	f, err := tables.Of(name, raw)
	if err != nil {
		return List{}, beside(err)
	}
	in, err := f.Open()
	if err != nil {
		return List{}, beside(err)
	}
	defer in.Close()
	at := map[string]int{}
	for _, c := range columns {
		i := slices.IndexFunc(in.Header(), func(h string) bool { return slices.Contains(c.names, h) })
		if i < 0 && c.must {
			return List{}, fault.New(fault.Invalid, "表格缺少“%s”这一列", c.names[0]).And("file", ui.Key("第一行须为表头"))
		}
		if i >= 0 {
			at[c.key] = i
		}
	}
	r, err := newReader(ctx, tx, grid, at, in.Header())
	if err != nil {
		return List{}, err
	}
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return List{}, beside(err)
		}
		if err := r.row(ctx, tx, row); err != nil {
			return List{}, err
		}
		if len(r.list.People) > mostPeople {
			return List{}, fault.Field("file", ui.Key("一次最多邀请500人，请分开邀请"))
		}
	}
	if len(r.list.People) == 0 && len(r.list.Problems) == 0 {
		return List{}, fault.Field("file", ui.Key("文件里没有数据行"))
	}
	return r.list, nil
}

// beside puts what is wrong with a file beside its field.
func beside(err error) error {
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return f.And("file", ui.Key("请更换文件后再试"))
	}
	return err
}

// reader reads one list.
type reader struct {
	grid   Grid
	at     map[string]int // column → place
	header []string
	units  []blueprint.Unit
	here   map[string]auth.Member // who works here, by telephone
	self   int64
	gives  bool // the reader may give roles
	byTel  map[string]int
	list   List
}

func newReader(ctx context.Context, tx tenants.Tx, grid Grid, at map[string]int, header []string) (*reader, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	r := &reader{grid: grid, at: at, header: header, units: cfg.UnitsWithin(tx.Tenant().Codes...), self: tx.Actor().Person,
		gives: auth.CanSomewhere(tx.Actor(), auth.GrantsGive), byTel: map[string]int{}}
	r.here, err = working(ctx, tx)
	return r, err
}

// working are the people who work here, by telephone.
func working(ctx context.Context, tx tenants.Tx) (map[string]auth.Member, error) {
	members, err := auth.Members(ctx, tx)
	out := make(map[string]auth.Member, len(members))
	for _, m := range members {
		if m.Phone != "" {
			out[keys.NormalPhone(m.Phone)] = m
		}
	}
	return out, err
}

// problem notes what is wrong with a row, at one of our columns.
func (r *reader) problem(line int, key, say string, args ...any) {
	p := Problem{Line: line, Say: say, Args: args}
	if i, ok := r.at[key]; ok {
		p.Column = r.header[i]
	}
	r.list.Problems = append(r.list.Problems, p)
}

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,40}$`)

func (r *reader) row(ctx context.Context, tx tenants.Tx, row tables.Row) error {
	if bad := row.Bad; bad != nil {
		r.problem(row.Line, "", bad.Say, bad.Args...)
		return nil //nolint:nilerr // what is wrong with a row is among the list's problems
	}
	cell := map[string]string{}
	any := false
	for key, i := range r.at {
		cell[key] = strings.TrimSpace(row.Cells[i])
		any = any || cell[key] != ""
	}
	if !any {
		return nil
	}
	before := len(r.list.Problems)
	p := Person{Line: row.Line, Name: cell["name"], Phone: keys.NormalPhone(cell["phone"]), Number: cell["number"]}
	if p.Name == "" || utf8.RuneCountInString(p.Name) > 64 {
		r.problem(row.Line, "name", "请填写姓名，不超过64个字")
	}
	if len(p.Phone) != 11 || p.Phone[0] != '1' {
		r.problem(row.Line, "phone", "手机号码不正确")
	}
	if p.Number != "" && !numberForm.MatchString(p.Number) {
		r.problem(row.Line, "number", "工号只能是字母、数字和 _ . -，不超过40个字符")
	}
	role, err := r.role(ctx, tx, row.Line, cell)
	if err != nil || len(r.list.Problems) > before {
		return err
	}
	r.join(p, role)
	return nil
}

// role reads which role a row gives, and where.
func (r *reader) role(ctx context.Context, tx tenants.Tx, line int, cell map[string]string) (out Role, err error) {
	if cell["role"] == "" {
		r.problem(line, "role", "请填写角色")
		return out, nil
	}
	i := slices.IndexFunc(auth.RolesIn(auth.InTenant), func(x auth.Role) bool { return x.Title == cell["role"] || x.Key == cell["role"] })
	if i < 0 {
		r.problem(line, "role", "没有“%s”这个角色", cell["role"])
		return out, nil
	}
	role := auth.RolesIn(auth.InTenant)[i]
	out = Role{Line: line, Role: role.Key}
	if !r.gives {
		r.problem(line, "role", "授权须由安全管理员办理")
	}
	r.unit(line, cell["unit"], role, &out)
	return out, r.place(ctx, tx, line, cell["grid"], role, &out)
}

func (r *reader) unit(line int, typed string, role auth.Role, out *Role) {
	switch {
	case typed == "" && role.Unit:
		r.problem(line, "unit", "该角色须指定承办单位")
	case typed == "":
	case role.Power != "":
		r.problem(line, "unit", "管理员角色只能授予全街道范围")
	default:
		i := slices.IndexFunc(r.units, func(u blueprint.Unit) bool { return u.Name == typed || u.Short == typed || u.Key == typed })
		if i < 0 {
			r.problem(line, "unit", "没有“%s”这个单位", typed)
			return
		}
		u := r.units[i]
		if out.Unit = u.Key; u.Kind == blueprint.Community && role.Key == auth.GridWorker {
			out.Unit, out.Community = "", u.Key
		}
		out.Place = u.Short
	}
}

func (r *reader) place(ctx context.Context, tx tenants.Tx, line int, typed string, role auth.Role, out *Role) error {
	if typed == "" {
		if role.Key == auth.GridHead {
			r.problem(line, "grid", "网格长须填写网格")
		}
		return nil
	}
	if role.Key != auth.GridHead && role.Key != auth.GridWorker {
		r.problem(line, "grid", "只有网格长和网格员可以填写网格")
		return nil
	}
	code, _, err := r.grid(ctx, tx, typed)
	if err != nil {
		return err
	}
	if code == "" {
		r.problem(line, "grid", "没有“%s”这个网格", typed)
		return nil
	}
	out.Grid, out.Unit, out.Community = code, "", "" // a grid says where it lies
	out.Place = code
	return nil
}

// join puts a row's role to its person, who may have stood in the list or in the street before.
func (r *reader) join(p Person, role Role) {
	was, works := r.here[p.Phone]
	if works && was.Name != p.Name {
		r.problem(p.Line, "name", "该手机号码在本单位登记的姓名与此不同")
		return
	}
	if works && was.Person == r.self {
		r.problem(p.Line, "phone", "不能给自己授权，请由另一位安全管理员办理")
		return
	}
	i, known := r.byTel[p.Phone]
	if known && r.list.People[i].Name != p.Name {
		r.problem(p.Line, "name", "与第 %d 行手机号码相同而姓名不同", r.list.People[i].Line)
		return
	}
	if known && p.Number != "" && r.list.People[i].Number != "" && r.list.People[i].Number != p.Number {
		r.problem(p.Line, "number", "与第 %d 行手机号码相同而工号不同", r.list.People[i].Line)
		return
	}
	if p.Number != "" {
		for _, other := range r.list.People {
			if other.Number == p.Number && other.Phone != p.Phone {
				r.problem(p.Line, "number", "与第 %d 行工号相同", other.Line)
				return
			}
		}
	}
	if !known {
		i = len(r.list.People)
		r.byTel[p.Phone] = i
		r.list.People = append(r.list.People, p)
	}
	person := &r.list.People[i]
	if person.Number == "" {
		person.Number = p.Number
	}
	held := []string{}
	for _, g := range was.Grants {
		held = append(held, g.Role)
	}
	for _, x := range person.Roles {
		if x.same(role) {
			r.problem(role.Line, "role", "与第 %d 行重复", x.Line)
			return
		}
		held = append(held, x.Role)
	}
	if err := auth.Separated(role.Role, held); err != nil {
		r.problem(role.Line, "role", fault.Of(err).Say)
		return
	}
	person.Roles = append(person.Roles, role)
}

func (x Role) same(y Role) bool {
	return x.Role == y.Role && x.Unit == y.Unit && x.Community == y.Community && x.Grid == y.Grid
}
