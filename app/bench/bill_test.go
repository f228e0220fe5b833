package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBill(t *testing.T) {
	b := newBill()
	b.add("SELECT a1 FROM t\n\t\tWHERE id = 7 AND s = 'it''s 5' AND x IN (1, 2, 3)", time.Millisecond)
	b.add("SELECT a1 FROM t WHERE id = 8 AND s = '' AND x IN (4, 5)", 3*time.Millisecond)
	b.add("COMMIT", 9*time.Millisecond)
	(*bill)(nil).add("COMMIT", time.Hour)
	file := filepath.Join(t.TempDir(), "bill.tsv")
	if err := b.write(file); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "count\ttotal_ms\tp50_ms\tp10_ms\tstatement\n1\t9\t9.00\t9.00\tCOMMIT\n2\t4\t2.00\t1.20\tSELECT a1 FROM t WHERE id = ? AND s = ? AND x IN (?…)\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(want))
	}
}
