package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	"wanjie/app/bench"
)

// benchCmd measures one thing beside its floor.
type benchCmd struct {
	Page       benchPageCmd       `cmd:"" help:"The desk's list of cases in a browser's hands: ms a page."`
	Assessment benchAssessmentCmd `cmd:"" help:"The monthly reports of a street with 100,000 cases: ms for the slowest."`
	Import     benchImportCmd     `cmd:"" help:"The importer on a district's appeals of a year: rows a second."`
	Intake     benchIntakeCmd     `cmd:"" help:"Cases from report to close by HTTP, many streets at once: lifecycles a second."`
	Provision  benchProvisionCmd  `cmd:"" help:"Opening a street through the verb, with the whole country present: ms a street."`
	Rollup     benchRollupCmd     `cmd:"" help:"A district's board over fourteen streets of 100,000 cases: ms a page."`

	Load benchLoadCmd `cmd:"" name:"intake-load" hidden:"" help:"The clients of intake: phases come in on standard input, as JSON."`
}

// benchFlags are the same for every bench.
type benchFlags struct {
	Dir     string `default:".local/bench" help:"Folder of the bench's own servers and filled databases, kept between runs (some 6 GB)."`
	Quick   bool   `help:"Small and short, to see that everything works; the figures mean nothing."`
	Profile string `help:"File for the product's CPU profile (go tool pprof)."`
	Bill    string `help:"File for what each kind of statement costs at the floor (tab-separated)."`
}

func (f benchFlags) options() bench.Options {
	opt := bench.Options{Dir: f.Dir, Quick: f.Quick, Profile: f.Profile, Bill: f.Bill, Note: note}
	if f.Quick {
		opt.Dir += "-quick"
	}
	if self, err := os.Executable(); err == nil {
		opt.Loader = []string{self, "bench", "intake-load"}
	}
	return opt
}

type (
	benchPageCmd       struct{ benchFlags }
	benchAssessmentCmd struct{ benchFlags }
	benchImportCmd     struct {
		benchFlags
		File string `default:"../shared/data/zh_pingshan_appeals_10000.csv.gz" help:"The appeals of 坪山区; when the file is missing, a made-up one of the same shape."`
	}
	benchIntakeCmd    struct{ benchFlags }
	benchProvisionCmd struct{ benchFlags }
	benchRollupCmd    struct{ benchFlags }
	benchLoadCmd      struct{}
)

func (c *benchPageCmd) Run(ctx context.Context, o out) error {
	return o.measured(bench.Page(ctx, c.options()))
}

func (c *benchAssessmentCmd) Run(ctx context.Context, o out) error {
	return o.measured(bench.Assessment(ctx, c.options()))
}

func (c *benchImportCmd) Run(ctx context.Context, o out) error {
	return o.measured(bench.Import(ctx, c.options(), c.File))
}

func (c *benchIntakeCmd) Run(ctx context.Context, o out) error {
	return o.measured(bench.Intake(ctx, c.options()))
}

func (c *benchProvisionCmd) Run(ctx context.Context, o out) error {
	return o.measured(bench.Provision(ctx, c.options()))
}

func (c *benchRollupCmd) Run(ctx context.Context, o out) error {
	return o.measured(bench.Rollup(ctx, c.options()))
}

func (c *benchLoadCmd) Run(ctx context.Context) error {
	return bench.ServeLoad(ctx, os.Stdin, os.Stdout)
}

// measured prints a result. A goal that was missed is a result too: it stands in the detail.
func (o out) measured(r *bench.Result, err error) error {
	if err != nil {
		return err
	}
	return o.say(r, "%s", inWords(r))
}

func inWords(r *bench.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %g %s; floor %g %s; ratio %g\n", r.Name, r.Value, r.Unit, r.Floor, r.Unit, r.Ratio)
	names := make([]string, 0, len(r.Detail))
	for name := range r.Detail {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, "  %s: %v\n", name, r.Detail[name])
	}
	return strings.TrimSuffix(b.String(), "\n")
}
