package journal_test

import (
	"flag"
	"os"
	"testing"
)

// A random day with its kills takes about a second; -rapid.checks=N asks for more of them.
const days = "15"

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set(days)
	}
	os.Exit(m.Run())
}
