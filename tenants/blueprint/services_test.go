package blueprint

import "testing"

// A street's window begins with items that name whom they are for, what to bring and how long it takes; each is marked as
// a sample until somebody checked it against the province's list. A centre serves no residents and has none.
func TestShippedServices(t *testing.T) {
	t.Parallel()
	all, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		c, err := Effective(v, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if v.For == "centre" {
			if c.Services.Len() != 0 || c.On("services") {
				t.Errorf("%s has %d items for residents, or its window is open", v, c.Services.Len())
			}
			continue
		}
		if c.Services.Len() < 50 || !c.On("services") {
			t.Errorf("%s has %d items, or its window is closed", v, c.Services.Len())
		}
		found := map[LifeEvent]int{}
		for _, s := range c.Services.All() {
			if !s.Sample || len(s.Materials) == 0 || len(s.Events) == 0 || len(s.Words) == 0 {
				t.Errorf("%s: %s is no sample to be checked, or asks for nothing, or cannot be found", v, s.Key)
			}
			for _, e := range s.Events {
				found[e]++
			}
		}
		for _, e := range LifeEvents {
			if found[e] == 0 {
				t.Errorf("%s: nothing for %s", v, e)
			}
		}
	}
}
