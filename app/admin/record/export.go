package record

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
)

// most is how many entries one file holds: a spreadsheet that still opens, and a reply that fits into
// memory.
const most = 50_000

func errMany() error {
	return fault.New(fault.Invalid, "记录超过%d条，请缩小日期范围后分次导出", most)
}

// asFile is the entries as CSV: UTF-8 with a mark, as Excel expects of Chinese files.
func (s speaker) asFile(ctx context.Context, events []access.Event) (web.Reply, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	line := func(cells ...string) {
		for i := range cells {
			cells[i] = plain(cells[i])
		}
		_ = w.Write(cells) // a buffer does not fail; w.Error says so
	}
	t := func(key string) string { return ui.T(ctx, key) }
	line(t("时间"), t("人员"), t("事项"), t("方式"), t("原因"), t("缺少权限"), t("请求"), t("办理人"), t("来源网段"), t("会话编号"), t("对象"), t("对象编号"), t("查阅内容"), t("事由"), t("记录编号"))
	for _, e := range events {
		cells := []string{e.At.In(clock.Zone).Format("2006-01-02 15:04:05"), s.subject(ctx, e), t(access.WordOf(e.Kind).Title)}
		if e.Kind == access.Look {
			cells = append(cells, "", "", "", "", "", "", "", s.word(ctx, "object", e.Object), e.ObjectID.String(), s.fields(ctx, e), s.word(ctx, "purpose", e.Purpose))
		} else {
			cells = append(cells, t(access.ViaWord(e.Via)), t(access.GroundWord(e.Ground)), t(auth.CapabilityWord(e.Needs)), e.Route, s.actor(ctx, e), e.Network, number(e.Session), "", "", "", "")
		}
		line(append(cells, e.ID.String())...)
	}
	w.Flush()
	return web.File(t("访问记录")+"_"+clock.Now(ctx).In(clock.Zone).Format("20060102")+".csv", "text/csv; charset=utf-8", b.Bytes()), w.Error()
}

func number(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

// plain keeps a spreadsheet from running a cell as a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}
