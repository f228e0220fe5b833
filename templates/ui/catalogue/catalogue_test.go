package catalogue

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/templates/ui"
)

// The whole repository: every Chinese string for people has English. Add a missing one to
// templates/ui/en/<your area>.yaml.
func TestEnglishIsComplete(t *testing.T) {
	root, err := Root(".")
	if err != nil {
		t.Fatal(err)
	}
	uses, err := Scan(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(uses) < 10 {
		t.Fatalf("only %d strings found under %s: the scan is blind", len(uses), root)
	}
	for _, u := range Missing(uses, ui.EnglishCatalogue()) {
		if u.Bare {
			t.Errorf("%s stands in the page without ui.T", u)
		} else {
			t.Errorf("%s has no English in templates/ui/en/*.yaml", u)
		}
	}
	for _, pair := range VerbsDiffer(ui.EnglishCatalogue()) {
		t.Errorf("%s take different arguments", pair)
	}
}

func TestScan(t *testing.T) {
	src := `package desk
func f() {
	_ = ui.T(ctx, "已立案")
	_ = ui.T(ctx, "共 %d 件" + "，超时 %d 件", 3, 1)
	_ = ui.T(ctx, name)
	_ = ui.T(ctx, "OK")
	_ = ui.Key("处置中")
	_ = fault.New(fault.Conflict, "已被接单")
	_ = fault.Field("phone", "手机号应为 11 位").And("name", "请填写姓名")
	_ = other.T(ctx, "不是")
	templruntime.WriteString(b, 1, "<p>裸露</p>")
	templruntime.WriteString(b, 1, "<p>")
}`
	got, err := scan("desk.go", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	want := []Use{
		{Text: "已立案", File: "desk.go", Line: 3},
		{Text: "共 %d 件，超时 %d 件", File: "desk.go", Line: 4},
		{Text: "处置中", File: "desk.go", Line: 7},
		{Text: "已被接单", File: "desk.go", Line: 8},
		{Text: "请填写姓名", File: "desk.go", Line: 9},
		{Text: "手机号应为 11 位", File: "desk.go", Line: 9},
		{Text: "<p>裸露</p>", File: "desk.go", Line: 11, Bare: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	missing := Missing(append(got, got[0]), map[string]string{"处置中": "In progress", "已被接单": "Taken"})
	if len(missing) != 5 { // four texts, one bare; the repeated one once
		t.Errorf("missing %v", missing)
	}
	if _, err := scan("broken.go", []byte("package")); err == nil {
		t.Error("a file that does not parse must be an error, not a silence")
	}
}

func TestVerbsDiffer(t *testing.T) {
	good := map[string]string{"共 %d 条": "%d in total", "%s派给%s": "given to %[2]s by %[1]s", "100%%": "100%%", "空": "empty"}
	if got := VerbsDiffer(good); len(got) > 0 {
		t.Errorf("good pairs refused: %v", got)
	}
	bad := map[string]string{"共 %d 条": "in total", "%s": "%d", "第 %d 页": "%d of %d"}
	if got := VerbsDiffer(bad); len(got) != 3 {
		t.Errorf("bad pairs passed, only %v", got)
	}
}
