package journal

import (
	"encoding/json"
	"testing"
)

// The memory hands out what was read, tenant by tenant, and forgets the oldest beyond its size.
func TestMemory(t *testing.T) {
	m := newMemory()
	at := func(tenant int32, n int64, class string) *row {
		return &row{TenantID: tenant, N: n, Kind: "test.kept", After: json.RawMessage(`{"class":"` + class + `"}`)}
	}
	read := func(r *row) string {
		t.Helper()
		a, err := m.recall(r)
		if err != nil || a.N != r.N || a.Kind != r.Kind {
			t.Fatalf("act %+v, %v", a, err)
		}
		return a.After["class"]
	}
	read(at(1, 7, "a"))
	if got := read(at(1, 7, "never taken apart")); got != "a" {
		t.Errorf("an act that is remembered says %q, want a", got)
	}
	if got := read(at(2, 7, "b")); got != "b" {
		t.Errorf("another tenant's act of the same number says %q, want b", got)
	}
	for n := range int64(remembered) {
		read(at(3, n, "c"))
	}
	if len(m.acts) != remembered {
		t.Errorf("%d acts are remembered, want %d", len(m.acts), remembered)
	}
	if got := read(at(1, 7, "anew")); got != "anew" {
		t.Errorf("a forgotten act says %q, want it taken apart anew", got)
	}
	if _, err := m.recall(at(9, 1, "\x00")); err == nil {
		t.Error("dimensions that are no JSON are no error")
	}
}
