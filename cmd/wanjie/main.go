// Command wanjie is the whole product in one binary: the server, its workers, the development stack
// and the vendor's tools. Every command has --help and --json and answers with an exit code:
// 0 done, 1 failed, 2 called wrongly, 3 nothing to talk to.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"wanjie/app/config"
	"wanjie/app/fault"
)

// Exit codes.
const (
	exitFailed  = 1
	exitUsage   = 2
	exitNothing = 3
)

type cli struct {
	JSON bool `help:"Print one JSON object instead of text."`

	Dev         devCmd         `cmd:"" help:"Run the whole product here, with PostgreSQL, Redis and Kratos as child processes and a demo district."`
	Serve       serveCmd       `cmd:"" help:"Serve people. Needs DATABASE_URL, REDIS_URL, KRATOS_PUBLIC_URL, KRATOS_ADMIN_URL."`
	Work        workCmd        `cmd:"" help:"Follow the journal, run jobs and keep deadlines. Any number may run."`
	Migrate     migrateCmd     `cmd:"" help:"Bring a database to the newest migration and publish the shipped blueprints."`
	Street      streetCmd      `cmd:"" help:"Open streets and invite their admins."`
	Miniprogram miniprogramCmd `cmd:"" name:"miniprogram" help:"Build districts' mini-programs for WeChat."`
	Officer     officerCmd     `cmd:"" help:"Invite the vendor's and districts' people, and let them in again, from the command line."`
	Import      importCmd      `cmd:"" help:"Import history from other systems."`
	Prove       proveCmd       `cmd:"" help:"Verify that no act was changed since it was sealed, and that the daily roots hold. Exit code 0: everything holds; 1: something does not, or could not be looked at."`
	Keys        keysCmd        `cmd:"" help:"Change tenants' data keys."`
	Doctor      doctorCmd      `cmd:"" help:"Check roles, fences, migrations, clock, keys, Kratos and Redis, and say how to mend each."`
	Bench       benchCmd       `cmd:"" help:"Measure one thing beside its floor, the same SQL through bare pgx."`
	Stack       stackCmd       `cmd:"" help:"Run a command beside fresh test servers."`
}

// out is where a command's answer goes; notes for people go to standard error.
type out struct {
	json bool
	w    io.Writer
}

// say prints text for people, or v for programs.
func (o out) say(v any, text string, args ...any) error {
	if o.json {
		enc := json.NewEncoder(o.w)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	_, err := fmt.Fprintf(o.w, text+"\n", args...)
	return err
}

// collectAt trades memory for processor time, which is what runs out first: the heap may grow to five
// times what lives before it is collected. GOGC overrides it.
const collectAt = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process, for tests.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("wanjie"), kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Description("万街: the digital governance of many streets, each an isolated tenant opened from a proven blueprint."),
		kong.Exit(func(n int) { code = n }), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if code >= 0 { // --help has been answered
		return code
	}
	if err != nil {
		fmt.Fprintf(stderr, "wanjie: %v\nRun `wanjie --help` for the commands.\n", err)
		return exitUsage
	}
	if err := k.Run(out{c.JSON, stdout}); err != nil {
		return report(err, c.JSON, stdout, stderr)
	}
	return 0
}

// report says what failed in words a person can act on.
func report(err error, asJSON bool, stdout, stderr io.Writer) int {
	code := exitFailed
	if errors.Is(err, config.ErrNothing) {
		code = exitNothing
	}
	var exit exitCode
	if errors.As(err, &exit) {
		return int(exit)
	}
	if asJSON {
		v := map[string]any{"error": err.Error()}
		if f := fault.Of(err); f != nil && len(f.Fields) > 0 {
			v["fields"] = f.Fields
		}
		_ = json.NewEncoder(stdout).Encode(v)
	}
	fmt.Fprintln(stderr, "wanjie:", err)
	return code
}

// exitCode ends the program with another command's code.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit %d", int(e)) }
