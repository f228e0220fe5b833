package ui

import "testing"

func TestACellIsToldItsColumn(t *testing.T) {
	head := []Column{{Label: "全选", Pick: true}, {Label: "编号"}, {Label: `标题 "一"`, Title: true}, {Label: "期限"}, {Label: "操作", Ops: true}}
	for name, c := range map[string]struct{ rows, want string }{
		"each by its place": {
			`<tr><td class="pick">x</td><th scope="row">1</th><td>路灯</td><td>明天</td><td class="ops"></td></tr><tr><td></td><td>2</td></tr>`,
			`<tr role="row"><td role="cell" class="pick">x</td><th role="rowheader" data-label="编号" scope="row">1</th><td role="cell" data-title>路灯</td>` +
				`<td role="cell" data-label="期限">明天</td><td role="cell" class="ops"></td></tr><tr role="row"><td role="cell"></td><td role="cell" data-label="编号">2</td></tr>`,
		},
		"one over all bears no name": {`<tr><td></td><th colspan="4">一组</th></tr>`, `<tr role="row"><td role="cell"></td><th role="rowheader" colspan="4">一组</th></tr>`},
		"other tags stay":            {`<tr><td><time>9</time><tt>x</tt><textarea></textarea></td></tr>`, `<tr role="row"><td role="cell"><time>9</time><tt>x</tt><textarea></textarea></td></tr>`},
		"a missing value": {
			`<tr><td></td><td class="num"><span class="nowrap">—</span> </td><td>—</td><td>— 甲</td></tr>`,
			`<tr role="row"><td role="cell"></td><td role="cell" data-label="编号" data-none class="num"><span class="nowrap">—</span> </td>` +
				`<td role="cell" data-title data-none>—</td><td role="cell" data-label="期限">— 甲</td></tr>`,
		},
		"nothing": {"", ""},
	} {
		if got := string(tell(head, []byte(c.rows))); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
	if got := titleOf([]Column{{Label: "序号", Number: true}, {Label: "名称"}}); got != 1 {
		t.Errorf("without a title the first column that is no number heads the card, not %d", got)
	}
}
