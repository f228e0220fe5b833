package keys

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"pgregory.net/rapid"

	"wanjie/app/clock"
)

var _ Service = (*File)(nil)

func openFile(t testing.TB, path string) *File {
	t.Helper()
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func inTemp(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "keys.jsonl")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, want, got error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got error %v, want %v", got, want)
	}
}

func TestKeySurvivesRestart(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), inTemp(t)
	f := openFile(t, path)
	wrapped, err := Issue(ctx, f, 7)
	must(t, err)
	must(t, f.Create(ctx, 7)) // the saga repeats
	key, err := f.Unwrap(ctx, 7, wrapped)
	must(t, err)
	if len(key) != 32 || bytes.Contains(wrapped, key) {
		t.Fatalf("key of %d bytes in %x", len(key), wrapped)
	}
	public, err := f.PublicKey(ctx)
	must(t, err)
	f.Close()

	again := openFile(t, path)
	got, err := again.Unwrap(ctx, 7, wrapped)
	must(t, err)
	if !bytes.Equal(got, key) {
		t.Fatal("another key after restart")
	}
	if p, err := again.PublicKey(ctx); err != nil || !bytes.Equal(p, public) {
		t.Fatalf("another signing key after restart (%v)", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
}

func TestWrappedOpensForItsTenantOnly(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), openFile(t, inTemp(t))
	wrapped, err := Issue(ctx, f, 7)
	must(t, err)
	must(t, f.Create(ctx, 8))
	_, err = f.Unwrap(ctx, 8, wrapped)
	wantErr(t, ErrSealed, err)
	_, err = f.Unwrap(ctx, 9, wrapped)
	wantErr(t, ErrUnknown, err)
	_, err = f.Wrap(ctx, 9, make([]byte, 32))
	wantErr(t, ErrUnknown, err)
	for bit := range len(wrapped) * 8 {
		bad := slices.Clone(wrapped)
		bad[bit/8] ^= 1 << (bit % 8)
		_, err := f.Unwrap(ctx, 7, bad)
		wantErr(t, ErrSealed, err)
	}
	for n := range len(wrapped) {
		_, err := f.Unwrap(ctx, 7, wrapped[:n])
		wantErr(t, ErrSealed, err)
	}
	if f.Create(ctx, -1) == nil {
		t.Error("a key for tenant -1")
	}
}

// Number 0 is the deployment itself: its key is kept like a tenant's, and no tenant's opens it.
func TestKeyOfTheDeployment(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), inTemp(t)
	f := openFile(t, path)
	must(t, f.Create(ctx, 1))
	wrapped, err := Issue(ctx, f, 0)
	must(t, err)
	again := openFile(t, path)
	_, err = again.Unwrap(ctx, 0, wrapped)
	must(t, err)
	_, err = again.Unwrap(ctx, 1, wrapped)
	wantErr(t, ErrSealed, err)
}

func TestDestroyIsForEver(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	ctx, _ := clock.Hold(t.Context(), at)
	path := inTemp(t)
	f, other := openFile(t, path), openFile(t, path)
	wrapped, err := Issue(ctx, f, 7)
	must(t, err)
	kept, err := Issue(ctx, f, 8)
	must(t, err)
	_, err = other.Unwrap(ctx, 7, wrapped)
	must(t, err)
	kek := base64.StdEncoding.EncodeToString(f.tenants[7].Key)
	if text, _ := os.ReadFile(path); !strings.Contains(string(text), kek) {
		t.Fatal("the test looks for the wrong text")
	}

	wantErr(t, ErrUnknown, f.Destroy(ctx, 9))
	must(t, f.Destroy(ctx, 7))
	must(t, f.Destroy(ctx, 7))
	must(t, other.Destroy(ctx, 7))

	for name, f := range map[string]*File{"same process": f, "another process": other, "after restart": openFile(t, path)} {
		_, err := f.Unwrap(ctx, 7, wrapped)
		wantErr(t, ErrDestroyed, err)
		_, err = f.Wrap(ctx, 7, make([]byte, 32))
		wantErr(t, ErrDestroyed, err)
		wantErr(t, ErrDestroyed, f.Create(ctx, 7))
		if _, err := f.Unwrap(ctx, 8, kept); err != nil {
			t.Errorf("%s: the neighbour's key: %v", name, err)
		}
		if got := f.tenants[7].Destroyed; !got.Equal(at) {
			t.Errorf("%s: destroyed at %v", name, got)
		}
	}
	text, err := os.ReadFile(path)
	must(t, err)
	if strings.Contains(string(text), kek) {
		t.Error("the key is still in the file")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v after rewriting", info.Mode())
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestOthersMayNotReadTheFile(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o644, 0o640, 0o602, 0o604} {
		path := inTemp(t)
		openFile(t, path).Close()
		must(t, os.Chmod(path, mode))
		_, err := OpenFile(path)
		if err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) || !strings.Contains(err.Error(), fmt.Sprintf("%04o", mode)) {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	good := inTemp(t)
	f := openFile(t, good)
	must(t, f.Create(ctx, 7))
	must(t, f.Create(ctx, 8))
	text, err := os.ReadFile(good)
	must(t, err)
	lines := strings.SplitAfter(string(text), "\n")
	secret := base64.StdEncoding.EncodeToString(f.tenants[8].Key)

	for name, c := range map[string]struct{ text, want string }{
		"no first line":      {lines[1], "line 1"},
		"tenant twice":       {string(text) + lines[1], "line 4"},
		"garbled":            {lines[0] + lines[1] + "x" + lines[2], "line 3"},
		"short key":          {lines[0] + `{"tenant":9,"key":"AAAA"}` + "\n", "line 2"},
		"neither key nor":    {lines[0] + `{"tenant":9}` + "\n", "line 2"},
		"first line twice":   {lines[0] + lines[0], "line 2"},
		"another format":     {strings.Replace(lines[0], "keys/1", "keys/2", 1), "line 1"},
		"somebody's diary":   {"Dear diary", "not a key file"},
		"somebody's diaries": {"Dear diary\nsecond line", "line 1"},
	} {
		path := inTemp(t)
		must(t, os.WriteFile(path, []byte(c.text), 0o600))
		_, err := OpenFile(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(path); string(after) != c.text {
			t.Errorf("%s: the file was changed", name)
		}
	}

	must(t, os.Remove(good))
	if err := f.Create(ctx, 9); err == nil || !strings.Contains(err.Error(), "vanished") {
		t.Errorf("without its file: %v", err)
	}
	if _, err := os.Stat(good); err == nil {
		t.Error("a vanished file was silently made again")
	}
}

// A crash may cut the file anywhere in what was not yet synced. Cut at every byte: whole records stay, the
// torn one can be created again, and nothing is written behind the tear.
func TestTornLastLine(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), inTemp(t)
	f := openFile(t, path)
	must(t, f.Create(ctx, 7))
	first, err := f.Wrap(ctx, 7, make([]byte, 32))
	must(t, err)
	start := f.read
	must(t, f.Create(ctx, 8))
	text, err := os.ReadFile(path)
	must(t, err)
	for cut := start; cut < int64(len(text)); cut++ {
		must(t, os.WriteFile(path, text[:cut], 0o600))
		g, err := OpenFile(path)
		must(t, err)
		_, err = g.Unwrap(ctx, 7, first)
		must(t, err)
		_, err = g.Wrap(ctx, 8, make([]byte, 32))
		wantErr(t, ErrUnknown, err)
		second, err := Issue(ctx, g, 8)
		must(t, err)
		g.Close()
		h, err := OpenFile(path)
		must(t, err)
		_, err = h.Unwrap(ctx, 8, second)
		must(t, err)
		h.Close()
	}
	for cut := range bytes.IndexByte(text, '\n') {
		must(t, os.WriteFile(path, text[:cut], 0o600))
		g, err := OpenFile(path)
		must(t, err)
		must(t, g.Create(ctx, 7))
		g.Close()
	}
}

// Random orders of creating and destroying through three handles, which lock each other as three
// processes do; each must agree with a plain map.
func TestFilesAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		ctx, path := context.Background(), filepath.Join(t.TempDir(), "keys.jsonl")
		var files []*File
		for range 3 {
			f, err := OpenFile(path)
			if err != nil {
				r.Fatal(err)
			}
			defer f.Close()
			files = append(files, f)
		}
		wrapped, dead := map[int32][]byte{}, map[int32]bool{}
		pick := func() (*File, int32) {
			return files[rapid.IntRange(0, 2).Draw(r, "file")], rapid.Int32Range(1, 5).Draw(r, "tenant")
		}
		r.Repeat(map[string]func(*rapid.T){
			"issue": func(r *rapid.T) {
				f, tenant := pick()
				w, err := Issue(ctx, f, tenant)
				if dead[tenant] != errors.Is(err, ErrDestroyed) || !dead[tenant] && err != nil {
					r.Fatalf("issue %d: %v", tenant, err)
				}
				if err == nil {
					wrapped[tenant] = w
				}
			},
			"unwrap": func(r *rapid.T) {
				f, tenant := pick()
				_, err := f.Unwrap(ctx, tenant, wrapped[tenant])
				switch {
				case dead[tenant]:
					if !errors.Is(err, ErrDestroyed) {
						r.Fatalf("unwrap of destroyed %d: %v", tenant, err)
					}
				case wrapped[tenant] == nil:
					if !errors.Is(err, ErrUnknown) {
						r.Fatalf("unwrap of unknown %d: %v", tenant, err)
					}
				case err != nil:
					r.Fatalf("unwrap %d: %v", tenant, err)
				}
			},
			"destroy": func(r *rapid.T) {
				f, tenant := pick()
				err := f.Destroy(ctx, tenant)
				if (wrapped[tenant] == nil) != errors.Is(err, ErrUnknown) || wrapped[tenant] != nil && err != nil {
					r.Fatalf("destroy %d: %v", tenant, err)
				}
				dead[tenant] = wrapped[tenant] != nil
			},
			"restart": func(r *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(r, "file")
				files[i].Close()
				f, err := OpenFile(path)
				if err != nil {
					r.Fatal(err)
				}
				files[i] = f
			},
		})
		for _, f := range files {
			f.Close()
		}
	})
}

// Real processes at once, one of them killed, while keys are destroyed: no key that was promised is
// lost, and no tenant gets two.
func TestProcessesShareTheFile(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("KEYS_TEST_FILE"); path != "" {
		f := openFile(t, path)
		var from int32
		fmt.Sscan(os.Getenv("KEYS_TEST_FROM"), &from)
		for i := int32(1); ; i++ { // until killed
			w, err := Issue(t.Context(), f, from+i)
			must(t, err)
			fmt.Printf("has %d %x\n", from+i, w)
			shared, err := Issue(t.Context(), f, i) // all of them want these
			must(t, err)
			fmt.Printf("has %d %x\n", i, shared)
		}
	}
	ctx, path := t.Context(), inTemp(t)
	f := openFile(t, path)
	must(t, f.Create(ctx, 900_000))
	var outputs [3]bytes.Buffer
	var children sync.WaitGroup
	for i := range outputs {
		c := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestProcessesShareTheFile$")
		c.Env = append(os.Environ(), "KEYS_TEST_FILE="+path, fmt.Sprintf("KEYS_TEST_FROM=%d", (i+1)*100_000))
		c.Stdout = &outputs[i]
		must(t, c.Start())
		children.Add(1)
		time.AfterFunc(time.Duration(200+50*i)*time.Millisecond, func() { c.Process.Kill() })
		go func() { c.Wait(); children.Done() }()
	}
	for i := int32(1); i <= 10; i++ {
		must(t, f.Create(ctx, 800_000+i))
		must(t, f.Destroy(ctx, 800_000+i))
		time.Sleep(10 * time.Millisecond)
	}
	children.Wait()
	after, promised := openFile(t, path), 0
	for i := range outputs {
		if strings.Contains(outputs[i].String(), "FAIL") {
			t.Fatal(outputs[i].String())
		}
		for line := range strings.Lines(outputs[i].String()) {
			var tenant int32
			var w []byte
			if n, _ := fmt.Sscanf(line, "has %d %x\n", &tenant, &w); n != 2 || !strings.HasSuffix(line, "\n") {
				continue
			}
			promised++
			if _, err := after.Unwrap(ctx, tenant, w); err != nil {
				t.Errorf("process %d: %v", i, err)
			}
		}
	}
	if promised < 10 {
		t.Fatalf("only %d keys were made", promised)
	}
	t.Logf("%d keys by %d processes", promised, len(outputs))
}

func TestSignature(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), openFile(t, inTemp(t))
	public, err := f.PublicKey(ctx)
	must(t, err)
	digest := sm3.Sum([]byte("2026-03-01 的总根"))
	signature, err := f.Sign(ctx, digest[:])
	must(t, err)
	must(t, Verify(public, digest[:], signature))

	bad := digest
	bad[0] ^= 1
	wantErr(t, ErrSignature, Verify(public, bad[:], signature))
	wantErr(t, ErrSignature, Verify(public, digest[:31], signature))
	wantErr(t, ErrSignature, Verify(public, digest[:], signature[:len(signature)-1]))
	wantErr(t, ErrSignature, Verify(public, digest[:], nil))
	other, err := openFile(t, inTemp(t)).PublicKey(ctx)
	must(t, err)
	wantErr(t, ErrSignature, Verify(other, digest[:], signature))
	if Verify([]byte("no key"), digest[:], signature) == nil {
		t.Error("no key verifies")
	}
	if _, err := f.Sign(ctx, digest[:31]); err == nil {
		t.Error("signs what is no digest")
	}
}

func TestGivenUp(t *testing.T) {
	t.Parallel()
	f := openFile(t, inTemp(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, context.Canceled, f.Create(ctx, 7))
	wantErr(t, context.Canceled, f.Destroy(ctx, 7))
	_, err := f.Sign(ctx, make([]byte, 32))
	wantErr(t, context.Canceled, err)
}

// country is how many streets, towns and townships there are.
const country = 41_352

func writeCountry(b *testing.B) string {
	b.Helper()
	path := inTemp(b)
	openFile(b, path).Close()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(b, err)
	var text bytes.Buffer
	key := make([]byte, 16)
	for i := range country {
		rand.Read(key)
		fmt.Fprintf(&text, `{"tenant":%d,"key":"%s"}`+"\n", 1_000_001+i, base64.StdEncoding.EncodeToString(key))
	}
	_, err = file.Write(text.Bytes())
	must(b, errors.Join(err, file.Close()))
	return path
}

func BenchmarkFile(b *testing.B) {
	ctx, path := context.Background(), writeCountry(b)
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			openFile(b, path).Close()
		}
	})
	f := openFile(b, path)
	if len(f.tenants) != country {
		b.Fatal(len(f.tenants))
	}
	dead := int32(1_000_002)
	b.Run("destroy", func(b *testing.B) {
		for b.Loop() {
			must(b, f.Destroy(ctx, dead))
			dead++
		}
	})
	next := int32(2_000_000)
	p50 := func(b *testing.B, took []time.Duration) {
		b.Helper()
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	}
	b.Run("create", func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			next++
			start := time.Now()
			must(b, f.Create(ctx, next))
			took = append(took, time.Since(start))
		}
		p50(b, took)
	})
	b.Run("create/without fsync", func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			next++
			f.syncMu.Lock()
			f.synced = 1 << 62
			f.syncMu.Unlock()
			start := time.Now()
			must(b, f.Create(ctx, next))
			took = append(took, time.Since(start))
		}
		f.synced = 0
		p50(b, took)
	})
	b.Run("create/16 at once", func(b *testing.B) {
		var wg sync.WaitGroup
		tenants := make(chan int32)
		for range 16 {
			wg.Go(func() {
				for tenant := range tenants {
					if err := f.Create(ctx, tenant); err != nil {
						b.Error(err)
					}
				}
			})
		}
		for b.Loop() {
			next++
			tenants <- next
		}
		close(tenants)
		wg.Wait()
	})
	wrapped, err := f.Wrap(ctx, 1_000_001, make([]byte, 32))
	must(b, err)
	b.Run("unwrap", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.Unwrap(ctx, 1_000_001, wrapped); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sign", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.Sign(ctx, make([]byte, 32)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
