package virus

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"wanjie/app/fault"
)

// eicar is in the file that every scanner takes for a virus, by agreement; here it stands for that.
const eicar = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"

// daemon speaks as clamd does: it reads a command that ends with a zero and pieces with their length, and answers one line.
func daemon(t *testing.T, answer func(content []byte) string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				command, err := in.ReadString(0)
				if err != nil || command != "zINSTREAM\x00" {
					_, _ = io.WriteString(c, "UNKNOWN COMMAND\x00")
					return
				}
				var content bytes.Buffer
				for {
					var n uint32
					if err := binary.Read(in, binary.BigEndian, &n); err != nil {
						return
					}
					if n == 0 {
						break
					}
					if _, err := io.CopyN(&content, in, int64(n)); err != nil {
						return
					}
				}
				_, _ = io.WriteString(c, answer(content.Bytes()))
			}()
		}
	}()
	return "tcp://" + l.Addr().String()
}

func TestWhatIsHarmfulIsRefused(t *testing.T) {
	t.Parallel()
	var seen int
	address := daemon(t, func(content []byte) string {
		seen = len(content)
		if bytes.Contains(content, []byte(eicar)) {
			return "stream: Eicar-Test-Signature FOUND\x00"
		}
		return "stream: OK\x00"
	})
	look, err := Open(address)
	if err != nil {
		t.Fatal(err)
	}
	good := bytes.Repeat([]byte("x"), 3*piece+5)
	if err := look(t.Context(), good); err != nil || seen != len(good) {
		t.Errorf("%d bytes were looked through of %d: %v", seen, len(good), err)
	}
	if err := look(t.Context(), nil); err != nil {
		t.Errorf("nothing is harmful: %v", err)
	}
	bad := append(bytes.Repeat([]byte("x"), piece-10), eicar...)
	if err := look(t.Context(), bad); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "Eicar") {
		t.Errorf("a virus gives %v", err)
	}
}

// Where nobody could look, nothing is taken in.
func TestWithoutAnAnswerNothingIsTaken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "tcp://" + l.Addr().String()
	_ = l.Close()
	for what, address := range map[string]string{
		"too large": daemon(t, func([]byte) string { return "INSTREAM size limit exceeded. ERROR\x00" }),
		"silent":    daemon(t, func([]byte) string { return "" }),
		"closed":    closed,
		"no socket": "unix:///nowhere/clamd.ctl",
	} {
		look, err := Open(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := look(t.Context(), []byte("x")); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	look, err := Open(daemon(t, func([]byte) string { select {} }))
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the person left"))
	if err := look(gone, []byte("x")); err == nil {
		t.Error("it was looked through for somebody who left")
	}
	for _, bad := range []string{"", "127.0.0.1:3310", "http://x", "tcp://"} {
		if _, err := Open(bad); err == nil {
			t.Errorf("%q is an address", bad)
		}
	}
}
