package lists

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/infra/devstack"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run starts a PostgreSQL unless `make test` has one.
func run(m *testing.M) int {
	if os.Getenv(tenantstest.EnvURL) == "" {
		dir, err := os.MkdirTemp("", "wanjie-lists-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		stack, err := devstack.Start(context.Background(), devstack.Options{Dir: dir, NoKratos: true, NoRedis: true})
		if err != nil {
			panic(err)
		}
		defer stack.Stop()
		os.Setenv(tenantstest.EnvURL, stack.PostgresURL)
	}
	return m.Run()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// office is a street with a security administrator (7) and an intake clerk (8).
type office struct {
	t *testing.T
	*tenantstest.World
	tenants.Tenant
}

const chief, clerk = 7, 8

func openOffice(t *testing.T) *office {
	t.Helper()
	w := tenantstest.Open(t)
	o := &office{t, w, w.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })}
	must(t, w.DB.Write(t.Context(), o.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for person, who := range map[int64]struct{ name, phone, role string }{chief: {"周敏", "13800000007", auth.SecurityAdmin}, clerk: {"吴兰", "13800000008", auth.Intake}} {
			if err := auth.AddMember(ctx, tx, person, who.name, who.phone); err != nil {
				return err
			}
			if _, err := auth.Grant(ctx, tx, auth.Give{Person: person, Role: who.role}); err != nil {
				return err
			}
		}
		return nil
	}))
	return o
}

// grid knows one grid.
func grid(_ context.Context, _ tenants.Tx, typed string) (string, string, error) {
	if typed == "W01" || typed == "西津桥一网格" {
		return "W01", "320505003001", nil
	}
	return "", "", nil
}

func (o *office) read(as int64, name string, raw []byte) (list List, err error) {
	o.t.Helper()
	err = o.DB.Read(o.t.Context(), o.ID, tenants.Actor{Person: as}, func(ctx context.Context, tx tenants.Tx) (err error) {
		list, err = Read(ctx, tx, name, raw, grid)
		return err
	})
	return list, err
}

// told are problems as people read them: 3 手机号码 手机号码不正确.
func told(list List) (out []string) {
	for _, p := range list.Problems {
		out = append(out, fmt.Sprintf("%d %s %s", p.Line, p.Column, fmt.Sprintf(p.Say, p.Args...)))
	}
	return out
}

func TestAListIsReadWhole(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	list, err := o.read(chief, "名单.csv", []byte("角色,姓名,手机号,单位,网格,工号,备注\n"+
		"派遣员,郑洁,138 0000 1001,,,SZ-1,\n承办联络员,冯磊,+8613800001002,sanitation,,,\n网格员,冯磊,13800001002,,西津桥一网格,,\n\n受理员,吴兰,13800000008,,,,\n"))
	must(t, err)
	if diff := cmp.Diff([]string(nil), told(list)); diff != "" {
		t.Fatal(diff)
	}
	want := []Person{
		{2, "郑洁", "13800001001", "SZ-1", []Role{{Line: 2, Role: auth.Dispatcher}}},
		{3, "冯磊", "13800001002", "", []Role{{Line: 3, Role: auth.Handler, Unit: "sanitation", Place: list.People[1].Roles[0].Place}, {Line: 4, Role: auth.GridWorker, Grid: "W01", Place: "W01"}}},
		{6, "吴兰", "13800000008", "", []Role{{Line: 6, Role: auth.Intake}}},
	}
	if diff := cmp.Diff(want, list.People); diff != "" {
		t.Error(diff)
	}

	list, err = o.read(chief, "x.csv", []byte("姓名,手机号码,角色,单位,网格,工号\n"+
		",13800001001,派遣员,,,\n郑洁,12345,派遣员,,,\n郑洁,13800001001,,,,\n郑洁,13800001001,区长,,,\n郑洁,13800001001,承办联络员,,,\n郑洁,13800001001,承办联络员,火星科,,\n郑洁,13800001001,街道管理员,sanitation,,\n"+
		"郑洁,13800001001,网格员,,W99,\n郑洁,13800001001,网格长,,,\n郑洁,13800001001,派遣员,,W01,\n郑洁,13800001001,派遣员,,,工 号\n"+
		"郑洁,13800001001,派遣员,,,A\n郑浩,13800001001,受理员,,,\n郑洁,13800001001,派遣员,,,\n郑洁,13800001001,受理员,,,B\n冯磊,13800001002,受理员,,,A\n"+
		"周敏,13800000007,受理员,,,\n吴岚,13800000008,派遣员,,,\n高原,13800001003,街道管理员,,,\n高原,13800001003,审计管理员,,,\n"))
	must(t, err)
	if diff := cmp.Diff([]string{
		"2 姓名 请填写姓名，不超过64个字", "3 手机号码 手机号码不正确", "4 角色 请填写角色", "5 角色 没有“区长”这个角色", "6 单位 该角色须指定承办单位", "7 单位 没有“火星科”这个单位", "8 单位 管理员角色只能授予全街道范围",
		"9 网格 没有“W99”这个网格", "10 网格 网格长须填写网格", "11 网格 只有网格长和网格员可以填写网格", "12 工号 工号只能是字母、数字和 _ . -，不超过40个字符",
		"14 姓名 与第 13 行手机号码相同而姓名不同", "15 角色 与第 13 行重复", "16 工号 与第 13 行手机号码相同而工号不同", "17 工号 与第 13 行工号相同",
		"18 手机号码 不能给自己授权，请由另一位安全管理员办理", "19 姓名 该手机号码在本单位登记的姓名与此不同", "21 角色 系统、安全、审计管理员须由不同人员担任，此人已担任其中一职",
	}, told(list)); diff != "" {
		t.Error(diff)
	}
	for what, raw := range map[string]string{"no telephone": "姓名,角色\n郑洁,派遣员\n", "nobody": "姓名,手机号码,角色\n", "nothing": ""} {
		if _, err := o.read(chief, "x.csv", []byte(raw)); !fault.Is(err, fault.Invalid) || fault.Of(err).Fields["file"] == "" && what != "nothing" {
			t.Errorf("%s: %v", what, err)
		}
	}
	var many strings.Builder
	many.WriteString("姓名,手机号码,角色\n")
	for i := range mostPeople + 1 {
		fmt.Fprintf(&many, "某人,1390000%04d,派遣员\n", i)
	}
	if _, err := o.read(chief, "x.csv", []byte(many.String())); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many: %v", err)
	}
}

func TestWhatIsPastedOrExcel(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	list, err := o.read(chief, "粘贴", pasted("姓名\t手机号码\t角色\t单位\r\n郑洁\t13800001001\t派遣员\t\r\n冯磊\t13800001002\t受理员\t\r\n"))
	must(t, err)
	if len(list.People) != 2 || len(list.Problems) != 0 {
		t.Errorf("pasted: %+v", list)
	}
	var book bytes.Buffer
	w, err := sheets.New(&book, sheets.Excel, "名单", []sheets.Column{{Title: "姓名"}, {Title: "手机号码"}, {Title: "角色"}})
	must(t, err)
	must(t, w.Row("郑洁", "13800001001", "派遣员"))
	must(t, w.Close())
	text, err := asText("名单.xlsx", book.Bytes())
	must(t, err)
	if list, err = o.read(chief, "名单.xlsx", text); err != nil || len(list.People) != 1 || list.People[0].Phone != "13800001001" {
		t.Errorf("Excel: %+v, %v", list, err)
	}
}

func TestAListIsWrittenDownSealed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	list, err := o.read(chief, "x.csv", []byte("姓名,手机号码,角色\n郑洁,13800001001,派遣员\n吴兰,13800000008,受理员\n"))
	must(t, err)
	id := tenants.NewID()
	begin := func(as int64, list List) error {
		return o.DB.Write(t.Context(), o.ID, tenants.Actor{Person: as}, func(ctx context.Context, tx tenants.Tx) error { return Begin(ctx, tx, id, list) })
	}
	if err := begin(clerk, list); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk begins: %v", err)
	}
	if err := begin(chief, List{People: list.People, Problems: []Problem{{Line: 2, Say: "x"}}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("with problems: %v", err)
	}
	must(t, begin(chief, list))
	super := o.Super(t, tenants.Home)
	var raw string
	var jobs int
	must(t, super.QueryRow(t.Context(), "SELECT string_agg(encode(content, 'escape'), ' ') FROM invite_rows WHERE tenant_id = $1", int32(o.ID)).Scan(&raw))
	must(t, super.QueryRow(t.Context(), "SELECT count(*) FROM outbox WHERE tenant_id = $1 AND kind = $2", int32(o.ID), Job).Scan(&jobs))
	if strings.Contains(raw, "13800001001") || strings.Contains(raw, "郑洁") || jobs != 1 {
		t.Errorf("%d jobs; the database reads %q", jobs, raw)
	}
	must(t, o.DB.Read(t.Context(), o.ID, tenants.Actor{Person: chief}, func(ctx context.Context, tx tenants.Tx) error {
		b, rows, err := Find(ctx, tx, id)
		if err != nil {
			return err
		}
		if b.People != 2 || b.Here != 1 || b.Left() != 1 || len(rows) != 2 || rows[0].State != Waiting || rows[1].State != Here || rows[0].Name != "郑洁" {
			t.Errorf("%+v %+v", b, rows)
		}
		if _, _, err := Find(ctx, tx, uuid.New()); !fault.Is(err, fault.NotFound) {
			return errors.New("a list that is none is found")
		}
		return nil
	}))
}
