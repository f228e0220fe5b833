package bench

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// burnt is processor time, user and system together. Unlike the time on the clock it hardly depends on
// what else the machine is doing, so it tells what a quiet one would carry.
type burnt struct {
	own      time.Duration // this process
	postgres time.Duration // the server's processes; 0 where it cannot be read
}

// burn reads what has been burnt so far.
func (b *bed) burn(ctx context.Context) burnt {
	var out burnt
	out.own = ownTime()
	_ = b.super(ctx, "postgres", func(c *pgx.Conn) error {
		var pid int
		if err := c.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		out.postgres = familyTime(pid)
		return nil
	})
	return out
}

// since is what was burnt from an earlier reading to this one.
func (a burnt) since(earlier burnt) burnt {
	return burnt{a.own - earlier.own, max(0, a.postgres-earlier.postgres)}
}

// plus adds up.
func (a burnt) plus(b burnt) burnt { return burnt{a.own + b.own, a.postgres + b.postgres} }

// each is the burnt time in milliseconds for one of n.
func (a burnt) each(n int) map[string]float64 {
	if n == 0 {
		return nil
	}
	return map[string]float64{"process": round(ms(a.own) / float64(n)), "postgres": round(ms(a.postgres) / float64(n))}
}

// ownTime is the processor time of this process.
func ownTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// tick is the kernel's unit in /proc, a hundredth of a second on every Linux.
const tick = 10 * time.Millisecond

// familyTime is the processor time of the parent of a process on this machine, of all its children,
// and of those that have ended. 0 without /proc.
func familyTime(child int) time.Duration {
	own, ok := procStat(filepath.Join("/proc", strconv.Itoa(child)))
	if !ok {
		return 0
	}
	parent, ok := procStat(filepath.Join("/proc", strconv.Itoa(own.parent)))
	if !ok {
		return 0
	}
	sum := parent.took + parent.ended
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range all {
		if s, ok := procStat(p); ok && s.parent == own.parent {
			sum += s.took
		}
	}
	return sum
}

type stat struct {
	parent      int
	took, ended time.Duration // its own, and its children's that have ended
}

func procStat(dir string) (stat, bool) {
	body, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return stat{}, false
	}
	// The name in brackets may hold anything; the fields are counted from its end: state, ppid …
	f := strings.Fields(string(body[strings.LastIndexByte(string(body), ')')+1:]))
	if len(f) < 15 {
		return stat{}, false
	}
	n := func(i int) time.Duration { v, _ := strconv.ParseInt(f[i], 10, 64); return time.Duration(v) * tick }
	parent, _ := strconv.Atoi(f[1])
	return stat{parent, n(11) + n(12), n(13) + n(14)}, true
}
