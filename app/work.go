package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"wanjie/app/admin/lists"
	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/auth/courier"
	"wanjie/app/auth/providers"
	"wanjie/app/auth/safe"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/config"
	"wanjie/app/district"
	"wanjie/app/files"
	"wanjie/app/handover"
	"wanjie/app/openapi"
	"wanjie/app/resident"
	"wanjie/app/support"
	"wanjie/app/wechat"
	"wanjie/app/whistle"
	"wanjie/billing"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/hint"
	"wanjie/tenants/journal/seal"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// Listen hears what other processes say (ended sessions, what moved) and tells them of new acts, until ctx ends.
// A process that serves runs it.
func (a *App) Listen(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Keeper.Run(ctx) })
	g.Go(func() error { return a.Live.Run(ctx) })
	g.Go(func() error { return a.caller.Run(ctx) })
	return g.Wait()
}

// Work follows the journal, runs jobs and keeps deadlines until ctx ends. Any number of processes
// may work; what was under way at the stop rolls back and comes again.
func (a *App) Work(ctx context.Context) error {
	runner := a.runner
	kinds := a.jobKinds()
	relay := &jobs.Relay{DB: a.DB, Redis: a.Redis, Kinds: kinds, Log: a.Log}
	worker := &jobs.Worker{DB: a.DB, Redis: a.Redis, Kinds: kinds, Allowed: allowed, Log: a.Log, Done: relay.Wake}
	timers := &jobs.Timekeeper{DB: a.DB, Kinds: timerKinds(), Allowed: allowed, Log: a.Log}
	ticker := &jobs.Ticker{DB: a.DB, Periodics: a.periodics(), Log: a.Log}
	g, ctx := errgroup.WithContext(ctx)
	for _, run := range []func(context.Context) error{runner.Run, relay.Run, worker.Run, timers.Run, ticker.Run} {
		g.Go(func() error { return run(ctx) })
	}
	g.Go(func() error { return hint.Listen(ctx, a.Redis, runner.Wake) })
	g.Go(func() error { return a.caller.Run(ctx) })
	return g.Wait()
}

// newRunner is everything that reads the journal, each follower with its own cursor per tenant.
func (a *App) newRunner() (*journal.Runner, error) {
	return journal.NewRunner(a.DB, Kinds(), a.Log,
		seal.Follower(), billing.Follower(billing.Meters), Book().Follower(), jobs.Announce(announce), hint.Follower(a.Redis, a.Log))
}

// Kinds are the acts of all modules, with their versions and upcasters.
func Kinds() (all journal.Kinds) {
	for _, m := range Modules {
		all = append(all, m.Acts...)
	}
	return all
}

// Book is what the rollups are kept from.
func Book() tally.Book {
	b := tally.Book{Objects: map[string]tally.Cells{}, Kinds: Kinds()}
	for _, m := range Modules {
		for object, cells := range m.Cells {
			b.Objects[object] = cells
		}
	}
	return b
}

// announce asks every module what an act sets going.
func announce(act journal.Act) (out []jobs.Job) {
	out = follow(act)
	for _, m := range Modules {
		if m.Notify != nil {
			out = append(out, m.Notify(act)...)
		}
	}
	return out
}

// Columns is the catalogue of every column of every table, with how it is kept.
func Columns() (all []keys.Columns) {
	all = append(all, tenants.Columns...)
	all = append(all, auth.Columns...)
	all = append(all, safe.Columns...)
	all = append(all, access.Columns...)
	all = append(all, courier.Columns...)
	all = append(all, providers.Columns...)
	all = append(all, files.Columns...)
	all = append(all, openapi.Columns...)
	all = append(all, lists.Columns...)
	all = append(all, resident.Columns...)
	all = append(all, wechat.Columns...)
	all = append(all, support.Columns...)
	all = append(all, district.Columns...)
	for _, m := range Modules {
		all = append(all, m.Data...)
	}
	return all
}

func (a *App) jobKinds() []jobs.Kind {
	kinds := []jobs.Kind{courier.Deliver(a.Messages, a.senders), courier.Receipts(a.Messages, a.senders), a.inviteKind(), lists.Kind(a.listWays()), a.measureKind(), a.noticeKind(), a.textKind(), a.Keeper.Share(), resealKind(), retireKind()}
	kinds = append(kinds, renameKind(), settleKind(), handover.Carry(), handover.Follow(), whistle.Carry(), resident.Forget(a.Keeper))
	kinds = append(kinds, a.wechat.Jobs()...)
	for _, p := range a.periodics() {
		kinds = append(kinds, p.Kind)
	}
	for _, m := range Modules {
		for _, k := range m.Jobs {
			k.Module = m.Key
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// senders are the ways out for messages: in development they stay on the page of sent messages.
func senders(cfg config.Config) (map[string]courier.Sender, error) {
	if cfg.Dev {
		return map[string]courier.Sender{courier.SMS: courier.Keep{}, courier.Email: courier.Keep{}}, nil
	}
	ways := map[string]courier.Sender{}
	if cfg.SMTP != "" {
		s, err := courier.OpenSMTP(cfg.SMTP, "")
		if err != nil {
			return nil, fmt.Errorf("WANJIE_SMTP_URL: %w", err)
		}
		ways[courier.Email] = s
	}
	if cfg.SMS != "" {
		s, err := courier.OpenAliyun(cfg.SMS)
		if err != nil {
			return nil, fmt.Errorf("WANJIE_SMS_URL: %w", err)
		}
		ways[courier.SMS] = s
	}
	return ways, nil
}

func timerKinds() []jobs.TimerKind {
	all := []jobs.TimerKind{support.Timer()}
	for _, m := range Modules {
		for _, k := range m.Timers {
			k.Module = m.Key
			all = append(all, k)
		}
	}
	return all
}

// allowed reads a module's switch inside the job's transaction.
func allowed(ctx context.Context, tx tenants.Tx, module string) (bool, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return false, err
	}
	return cfg.On(module), nil
}

// requestsKept is for how long a POST's reply answers its repeats.
const requestsKept = 90 * 24 * time.Hour

// periodics is the house's own regular work: the day's signed roots, and clearing out what has
// served its time.
func (a *App) periodics() []jobs.Periodic {
	day := 24 * time.Hour
	return []jobs.Periodic{
		namesDaily(), usageDaily(), district.Monthly(),
		{Every: day, After: 5 * time.Minute, Kind: jobs.Kind{
			Name: "journal.root", Queue: jobs.Bulk, Timeout: 10 * time.Minute,
			Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
				var tick jobs.Tick
				if err := json.Unmarshal(payload, &tick); err != nil {
					return err
				}
				file := seal.File(a.Config.Roots, env.Placement)
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					return err
				}
				_, err := seal.Root(ctx, a.DB, env.Placement, file, tick.At.Add(-day))
				return err
			},
		}},
		{Every: day, After: 3 * time.Hour, Kind: jobs.Kind{
			Name: "requests.purge", Queue: jobs.Bulk, Timeout: 10 * time.Minute,
			System: func(ctx context.Context, tx tenants.SystemTx, _ json.RawMessage) error {
				for _, table := range []string{"requests", "ctl.requests"} {
					if _, err := tx.Raw("DELETE FROM "+table+" WHERE made_at < ?", clock.Now(ctx).Add(-requestsKept)).Exec(ctx); err != nil {
						return fmt.Errorf("purge %s: %w", table, err)
					}
				}
				return nil
			},
		}},
		{Every: day, After: 4 * time.Hour, Kind: jobs.Kind{
			Name: "access.purge", Queue: jobs.Bulk, Timeout: 10 * time.Minute,
			System: func(ctx context.Context, tx tenants.SystemTx, _ json.RawMessage) error {
				if err := openapi.Purge(ctx, tx); err != nil {
					return err
				}
				return access.Purge(ctx, tx)
			},
		}},
		{Every: time.Hour, Home: true, Kind: jobs.Kind{
			Name: "messages.purge", Queue: jobs.Bulk,
			System: func(ctx context.Context, tx tenants.SystemTx, _ json.RawMessage) error {
				if err := providers.Purge(ctx, tx); err != nil {
					return err
				}
				_, err := courier.Purge(ctx, tx)
				return err
			},
		}},
		{Every: time.Hour, After: 20 * time.Minute, Kind: jobs.Kind{
			Name: "files.purge", Queue: jobs.Bulk, Timeout: 10 * time.Minute,
			System: func(ctx context.Context, tx tenants.SystemTx, _ json.RawMessage) error {
				if err := cases.PurgeExports(ctx, tx); err != nil {
					return err
				}
				return files.Purge(ctx, tx)
			},
		}},
		{Every: day, After: 2 * time.Hour, Home: true, Kind: jobs.Kind{
			Name: "files.sweep", Queue: jobs.Bulk, Timeout: time.Hour,
			Outside: func(ctx context.Context, env jobs.Env, _ json.RawMessage) error {
				_, err := files.Sweep(ctx, env.DB)
				return err
			},
		}},
	}
}
