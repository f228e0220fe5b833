// Package virus has what people send looked through by clamd, the daemon of ClamAV, before anything is made of it.
//
//	look, err := virus.Open("tcp://127.0.0.1:3310")
//	err = look(ctx, content)
//
// clamd is asked by its INSTREAM command: the content in pieces with their length before them, a piece of length nothing at
// the end, and one line as its answer. It need not share a disk with us.
package virus

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"wanjie/app/fault"
)

// Look looks through content. fault.Invalid where it holds something harmful, fault.Unavailable where nobody could look: what
// was not looked through is not taken in.
type Look func(ctx context.Context, content []byte) error

// patience is how long clamd may take for one file.
const patience = 30 * time.Second

// piece is how much is sent at once.
const piece = 64 << 10

// Open names the clamd at tcp://host:port or unix:///path. Nothing is contacted yet.
func Open(address string) (Look, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "tcp" && u.Scheme != "unix" || u.Host+u.Path == "" {
		return nil, errors.New("an address of clamd is tcp://host:3310 or unix:///run/clamav/clamd.ctl")
	}
	return func(ctx context.Context, content []byte) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		said, err := ask(ctx, u.Scheme, u.Host+u.Path, content)
		if err == nil {
			err = answer(said)
		}
		if err != nil && fault.Of(err) == nil {
			return fault.New(fault.Unavailable, "暂时无法检查上传的文件，请稍后重试").Because(err)
		}
		return err
	}, nil
}

// ask sends content and reads the line that clamd answers.
func ask(ctx context.Context, network, address string, content []byte) (string, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	defer func() { _ = c.Close() }() // what it had to say is read
	if until, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(until)
	}
	defer context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })()
	out := bufio.NewWriterSize(c, piece)
	_, _ = out.WriteString("zINSTREAM\x00")
	for in := bytes.NewReader(content); in.Len() > 0; {
		n := min(in.Len(), piece)
		_ = binary.Write(out, binary.BigEndian, uint32(n))
		_, _ = io.CopyN(out, in, int64(n))
	}
	_ = binary.Write(out, binary.BigEndian, uint32(0))
	sent := out.Flush() // the first error of all of them
	said, err := bufio.NewReader(io.LimitReader(c, 4096)).ReadString(0)
	if err != nil { // one that finds too much breaks off before it has read all, and says why
		return "", fmt.Errorf("clamd: %w", errors.Join(err, sent))
	}
	return strings.TrimSuffix(said, "\x00"), nil
}

// answer is what a line of clamd means: "stream: OK", "stream: Eicar-Test-Signature FOUND", or that it could not look.
func answer(said string) error {
	switch {
	case strings.HasSuffix(said, ": OK"):
		return nil
	case strings.HasSuffix(said, " FOUND"):
		return fault.New(fault.Invalid, "文件含有病毒，已拒收").Because(fmt.Errorf("clamd says %s", said))
	}
	return fmt.Errorf("clamd says %q", said)
}
