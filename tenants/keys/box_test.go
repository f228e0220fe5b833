package keys

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// The vectors of GB/T 32905 (SM3) and GB/T 32907 (SM4), and one of our own for HMAC-SM3: they hold
// the library to the standards.
func TestAlgorithmsAreTheStandards(t *testing.T) {
	t.Parallel()
	sum := sm3.Sum([]byte("abc"))
	same(t, "SM3", sum[:], "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")

	key, _ := hex.DecodeString("0123456789abcdeffedcba9876543210")
	block, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 16)
	block.Encrypt(out, key)
	same(t, "SM4", out, "681edf34d206965e86b3e94f536e4246")

	mac := hmac.New(sm3.New, []byte("key"))
	mac.Write([]byte("13800138000"))
	same(t, "HMAC-SM3", mac.Sum(nil), "11fe5574a268dbb6a8803bb07240c10a0f1c52de587cfd8e8c6d4d39167355f8")

	// SM4-GCM, RFC 8998 appendix A.1.
	nonce, _ := hex.DecodeString("00001234567800000000abcd")
	aad, _ := hex.DecodeString("feedfacedeadbeeffeedfacedeadbeefabaddad2")
	plain, _ := hex.DecodeString("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa")
	aead, err := newGCM(key)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "SM4-GCM", aead.Seal(nil, nonce, plain, aad),
		"17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"+
			"83de3541e4c2b58177e065a9bf7b62ec")
}

// What is stored must open for ever: the derived keys and the form may not change under it.
func TestStoredFormStays(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{7}, 32)
	b := newBox(t, 1000007, 3, key)
	at := Addr{"cases", "phone", uuid.MustParse("01900000-0000-7000-8000-000000000001")}
	same(t, "blind", b.Blind("phone", "13800138000"), storedBlind)
	sealed, err := hex.DecodeString(storedSealed)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.Open(at, sealed); err != nil || got != "13800138000" {
		t.Fatalf("stored value opens as %q, %v", got, err)
	}
}

func TestSealOpens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := newBox(t, drawTenant(t), rapid.IntRange(1, 65535).Draw(t, "version"), drawKey(t))
		at, text := drawAddr(t), rapid.String().Draw(t, "text")
		sealed := b.Seal(at, text)
		if text == "" {
			if sealed != nil {
				t.Fatalf("empty seals to %x", sealed)
			}
		} else if len(sealed) != len(text)+Overhead {
			t.Fatalf("%d bytes sealed to %d", len(text), len(sealed))
		}
		if got, err := b.Open(at, sealed); err != nil || got != text {
			t.Fatalf("opens as %q, %v", got, err)
		}
		if got, err := b.OpenBytes(at, b.SealBytes(at, []byte(text))); err != nil || string(got) != text {
			t.Fatalf("bytes open as %q, %v", got, err)
		}
		if len(text) > 8 && bytes.Contains(sealed, []byte(text)) {
			t.Fatal("the text is in the sealed value")
		}
	})
}

func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := newBox(t, drawTenant(t), rapid.IntRange(1, 65535).Draw(t, "version"), drawKey(t))
		at, text := drawAddr(t), rapid.StringN(1, 40, -1).Draw(t, "text")
		sealed := b.Seal(at, text)
		for bit := range len(sealed) * 8 {
			bad := slices.Clone(sealed)
			bad[bit/8] ^= 1 << (bit % 8)
			refused(t, b, at, bad, text)
		}
		cut := rapid.IntRange(1, len(sealed)-1).Draw(t, "cut")
		refused(t, b, at, sealed[:cut], text)
		refused(t, b, at, append(slices.Clone(sealed), 0), text)
	})
}

func TestOpensOnlyWhereItWasSealed(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{1}, 32)
	b := newBox(t, 7, 1, key)
	at := Addr{"cases", "phone", uuid.New()}
	sealed := b.Seal(at, "13800138000")

	moved := map[string]Addr{
		"another row":    {"cases", "phone", uuid.New()},
		"another column": {"cases", "phone2", at.ID},
		"another table":  {"calls", "phone", at.ID},
	}
	for name, addr := range moved {
		t.Run(name, func(t *testing.T) { refused(t, b, addr, sealed, "13800138000") })
	}
	t.Run("another key", func(t *testing.T) {
		refused(t, newBox(t, 7, 1, bytes.Repeat([]byte{2}, 32)), at, sealed, "13800138000")
	})
	t.Run("another tenant with the same key", func(t *testing.T) {
		refused(t, newBox(t, 8, 1, key), at, sealed, "13800138000")
	})
	t.Run("another version", func(t *testing.T) {
		_, err := newBox(t, 7, 2, key).Open(at, sealed)
		if !errors.Is(err, ErrVersion) || !errors.Is(err, ErrSealed) {
			t.Fatalf("got %v", err)
		}
	})
	if a, b := b.Seal(at, "张三"), b.Seal(at, "张三"); bytes.Equal(a, b) {
		t.Fatal("two seals of one value are equal")
	}
}

func TestBlind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key, tenant := drawKey(t), drawTenant(t)
		b := newBox(t, tenant, 1, key)
		column, value := rapid.String().Draw(t, "column"), rapid.StringN(1, -1, -1).Draw(t, "value")
		got := b.Blind(column, value)
		if len(got) != BlindSize || !bytes.Equal(got, newBox(t, tenant, 9, key).Blind(column, value)) {
			t.Fatal("equal values differ")
		}
		others := map[string][]byte{
			"value":        b.Blind(column, value+"0"),
			"column":       b.Blind(column+"0", value),
			"moved border": b.Blind(column+value[:1], value[1:]+"x"),
			"tenant":       newBox(t, tenant+1, 1, key).Blind(column, value),
			"key":          newBox(t, tenant, 1, append([]byte{key[0] ^ 1}, key[1:]...)).Blind(column, value),
		}
		for what, other := range others {
			if bytes.Equal(got, other) {
				t.Fatalf("another %s gives the same index", what)
			}
		}
	})
	b := newBox(t, 1, 1, make([]byte, 32))
	if bytes.Equal(b.Blind("ab", "c"), b.Blind("a", "bc")) {
		t.Fatal("the border between column and value does not count")
	}
	if b.Blind("phone", "") != nil {
		t.Fatal("no value has an index")
	}
}

func TestNewBoxRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ version, size int }{{0, 32}, {65536, 32}, {-1, 32}, {1, 16}, {1, 0}, {1, 33}} {
		if _, err := NewBox(1, c.version, make([]byte, c.size)); err == nil {
			t.Errorf("version %d with %d bytes is accepted", c.version, c.size)
		}
	}
}

func FuzzOpen(f *testing.F) {
	b := newBox(f, 7, 1, bytes.Repeat([]byte{1}, 32))
	at := Addr{"cases", "phone", uuid.MustParse("01900000-0000-7000-8000-000000000001")}
	f.Add([]byte(nil))
	f.Add([]byte{format, 0, 1})
	f.Add(bytes.Repeat([]byte{format}, Overhead))
	f.Add(bytes.Repeat([]byte{0}, Overhead+1))
	stolen := b.Seal(Addr{"cases", "phone", uuid.Nil}, "13800138000")
	f.Add(stolen)
	f.Fuzz(func(t *testing.T, sealed []byte) {
		got, err := b.Open(at, sealed)
		if len(sealed) == 0 {
			if got != "" || err != nil {
				t.Fatalf("nothing opens as %q, %v", got, err)
			}
			return
		}
		if !errors.Is(err, ErrSealed) || got != "" {
			t.Fatalf("made-up bytes open as %q, %v", got, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	box := newBox(b, 1000007, 1, make([]byte, 32))
	at := Addr{"cases", "petitioner_phone", uuid.New()}
	for _, c := range []struct{ name, text string }{
		{"phone", "13800138000"}, {"text600B", strings.Repeat("路", 200)}, {"file1MiB", strings.Repeat("x", 1<<20)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				box.Seal(at, c.text)
			}
		})
		sealed := box.Seal(at, c.text)
		b.Run(c.name+"/open", func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := box.Open(at, sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBlind(b *testing.B) {
	box := newBox(b, 1, 1, make([]byte, 32))
	b.ReportAllocs()
	for b.Loop() {
		box.Blind("phone", "13800138000")
	}
}

// BenchmarkNewBox also tells how much memory a held box takes.
func BenchmarkNewBox(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	held := make([]*Box, 1000)
	for i := range held {
		held[i] = newBox(b, int32(i+1), 1, make([]byte, 32))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	size := float64(after.HeapAlloc-before.HeapAlloc) / float64(len(held))
	for b.Loop() {
		newBox(b, 1, 1, make([]byte, 32))
	}
	runtime.KeepAlive(held)
	b.ReportMetric(size, "B/held")
}

const (
	storedBlind  = "c53ab7ca7b388dc408479a373942e0e5"
	storedSealed = "010003b5e270ca3ac455ed707f971d67d0fb7ed4e12f96d843bdb1370f7aea0b02e74b774d98511729bb"
)

func newBox(t interface {
	Helper()
	Fatal(...any)
}, tenant int32, version int, key []byte) *Box {
	t.Helper()
	b, err := NewBox(tenant, version, key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func refused(t interface {
	Helper()
	Fatalf(string, ...any)
}, b *Box, at Addr, sealed []byte, secret string) {
	t.Helper()
	got, err := b.Open(at, sealed)
	if !errors.Is(err, ErrSealed) {
		t.Fatalf("opens: %q, %v", got, err)
	}
	if got != "" || len(secret) > 8 && strings.Contains(err.Error(), secret) {
		t.Fatalf("leaks: %q, %v", got, err)
	}
}

func same(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if hex.EncodeToString(got) != want {
		t.Errorf("%s = %x, want %s", what, got, want)
	}
}

func drawTenant(t *rapid.T) int32 { return rapid.Int32Range(1, 2_000_000_000).Draw(t, "tenant") }

func drawKey(t *rapid.T) []byte {
	return rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
}

func drawAddr(t *rapid.T) Addr {
	name := rapid.StringMatching(`[a-z][a-z0-9_]{0,20}`)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "row"), 0))
	var id uuid.UUID
	for i := range id {
		id[i] = byte(r.UintN(256))
	}
	return Addr{name.Draw(t, "table"), name.Draw(t, "column"), id}
}

// NewBox is a box over one data key.
func NewBox(tenant int32, version int, key []byte) (*Box, error) {
	o, err := open(tenant, version, key)
	if err != nil {
		return nil, err
	}
	return &Box{tenant, o, []*opened{o}}, nil
}
