package mask_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wanjie/tenants/keys/mask"
)

func TestMasks(t *testing.T) {
	for _, c := range []struct {
		name     string
		mask     func(string) string
		in, want string
	}{
		{"name", mask.Name, "张三", "张*"},
		{"name", mask.Name, "张三丰", "张**"},
		{"name", mask.Name, "欧阳修文", "欧阳**"},
		{"name", mask.Name, "司马光", "司马*"},
		{"name", mask.Name, "欧阳", "欧*"},
		{"name", mask.Name, "张", "*"},
		{"name", mask.Name, " 李四 ", "李*"},
		{"name", mask.Name, "阿卜杜拉·买买提", "阿***·***"},
		{"name", mask.Name, "John Smith", "J*** *****"},
		{"name", mask.Name, "", ""},
		{"phone", mask.Phone, "13812345678", "138****5678"},
		{"phone", mask.Phone, "+86 138-1234-5678", "138****5678"},
		{"phone", mask.Phone, "0512-68251234", "051*****1234"},
		{"phone", mask.Phone, "68251234", "******34"},
		{"phone", mask.Phone, "12345", "*****"},
		{"phone", mask.Phone, "", ""},
		{"id", mask.IDNumber, "320508199003078318", "320***********8318"},
		{"id", mask.IDNumber, "11010519491231002X", "110***********002X"},
		{"id", mask.IDNumber, "110105491231002", "110********1002"},
		{"id", mask.IDNumber, "E12345678", "*******78"},
		{"id", mask.IDNumber, "1234567", "*******"},
		{"id", mask.IDNumber, "", ""},
	} {
		if got := c.mask(c.in); got != c.want {
			t.Errorf("%s of %q = %q, want %q", c.name, c.in, got, c.want)
		}
		if got := c.mask(c.want); got != c.want {
			t.Errorf("%s of %q again = %q", c.name, c.want, got)
		}
	}
}

// Whatever comes in, something stays hidden.
func TestNothingPassesWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9A-Za-z一-龥]{1,24}`).Draw(t, "value")
		for _, m := range []func(string) string{mask.Name, mask.Phone, mask.IDNumber} {
			if got := m(s); !strings.Contains(got, "*") {
				t.Fatalf("%q shows as %q", s, got)
			}
		}
	})
}
