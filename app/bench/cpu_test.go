package bench

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestBurning(t *testing.T) {
	before := ownTime()
	for until := time.Now().Add(time.Minute); ownTime()-before < 30*time.Millisecond; {
		if time.Now().After(until) {
			t.Fatal("a busy loop burns nothing")
		}
	}
	child := exec.CommandContext(t.Context(), "sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Wait() })
	// Elsewhere than on Linux PostgreSQL's time is left out.
	if _, err := os.Stat("/proc/self/stat"); err == nil && familyTime(child.Process.Pid) < 20*time.Millisecond {
		t.Error("our own time is missing in the family's")
	}
	if familyTime(1<<22+1) != 0 {
		t.Error("time of a process that does not exist")
	}
	if (burnt{own: time.Second}).each(4)["process"] != 250 || (burnt{}).each(0) != nil {
		t.Error("shares are wrong")
	}
}
