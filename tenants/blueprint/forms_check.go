package blueprint

import (
	"slices"
	"strings"
)

func (f *Field) alone(ck *checker) {
	ck.need("title", f.Title, 30)
	ck.fit("help", f.Help, 100)
	ck.fit("unit", f.Unit, 10)
	if !slices.Contains(FieldTypes, f.Type) {
		ck.bad("type", "没有“%s”这种类型", f.Type)
	}
	if !slices.Contains(Occasions, f.At) {
		ck.bad("at", "没有“%s”这个填写环节", f.At)
	}
	choice := f.Type == FieldChoice || f.Type == FieldChoices
	if choice && len(f.Options) < 2 {
		ck.bad("options", "选择项至少要有两个可选值")
	}
	if !choice && len(f.Options) > 0 {
		ck.bad("options", "只有选择项才有可选值")
	}
	ck.options("options", f.Options)
	if (f.Type == FieldPhone || f.Type == FieldIdentity) && !f.Personal {
		ck.bad("personal", "电话和身份号码是个人信息，须标记为个人信息")
	}
	if f.Unit != "" && f.Type != FieldNumber {
		ck.bad("unit", "只有数字项才有计量单位")
	}
}

// options checks that choices can be told apart.
func (ck *checker) options(field string, list []Option) {
	for n, o := range list {
		if !keyForm.MatchString(o.Value) || strings.TrimSpace(o.Title) == "" {
			ck.bad(field, "第 %d 个可选值须有编号（小写字母、数字）和名称", n+1)
		}
		if slices.ContainsFunc(list[:n], func(p Option) bool { return p.Value == o.Value }) {
			ck.bad(field, "可选值“%s”重复", o.Value)
		}
	}
}

func (f *Field) among(c *Config, ck *checker) {
	if f.Class != "" {
		c.class(ck, f.Class)
	}
	if len(f.Options) > 40 {
		ck.bad("options", "最多 %d 个可选值", 40)
	}
}

func (f *Form) alone(ck *checker) {
	ck.need("title", f.Title, 40)
	ck.fit("note", f.Note, 300)
	if !slices.Contains(Documents, f.Document) {
		ck.bad("document", "没有“%s”这种文书", f.Document)
	}
	if len(f.Rows) == 0 {
		ck.bad("rows", "不能为空")
	}
	seen := map[string]bool{}
	for n, row := range f.Rows {
		if len(row) == 0 || len(row) > 4 {
			ck.bad("rows", "第 %d 行应有 1 至 4 项", n+1)
		}
		for _, cell := range row {
			if _, ok := FactOf(cell); !ok && !strings.HasPrefix(cell, "field.") {
				ck.bad("rows", "没有“%s”这个打印项", cell)
			}
			if seen[cell] {
				ck.bad("rows", "打印项“%s”重复", cell)
			}
			seen[cell] = true
		}
	}
	for _, s := range f.Signs {
		ck.need("signs", s, 20)
	}
}

// among lets a form print only what cases of its class have.
func (f *Form) among(c *Config, ck *checker) {
	if f.Class != "" {
		c.class(ck, f.Class)
	}
	have := c.FieldsOf(f.Class)
	for _, row := range f.Rows {
		for _, cell := range row {
			if key, ok := strings.CutPrefix(cell, "field."); ok && !slices.ContainsFunc(have, func(h Field) bool { return h.Key == key }) {
				ck.bad("rows", "该类别没有“%s”这个登记项", key)
			}
		}
	}
	for _, o := range c.Forms.all {
		if o.Document == f.Document && o.Class == f.Class && o.Key < f.Key {
			ck.bad("document", "该类别的这种文书已有“%s”", o.Title)
		}
	}
}
