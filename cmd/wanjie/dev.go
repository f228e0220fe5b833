package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"wanjie/app"
	"wanjie/app/config"
	"wanjie/app/demo"
	"wanjie/app/web"
	"wanjie/infra/devstack"
)

type devCmd struct {
	Dir  string `default:".local" help:"State folder of this checkout."`
	Port int    `default:"8080" help:"First port to try for people; the next free one is taken."`
}

// Run brings everything up, seeds the demo district, serves and works, until interrupted.
func (c *devCmd) Run(ctx context.Context, o out) error {
	begin := time.Now()
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "dev.json")
	people, err := listenFrom(ctx, c.Port)
	if err != nil {
		return err
	}
	defer people.Close()
	inside, err := listenFrom(ctx, c.Port+1000)
	if err != nil {
		return err
	}
	defer inside.Close()
	site := "http://" + people.Addr().String()
	key := rand.Text()
	stack, err := devstack.Start(ctx, devstack.Options{Dir: filepath.Join(dir, "dev"), CourierURL: site + "/internal/courier", CourierKey: key, Progress: note})
	if err != nil {
		return err
	}
	defer stack.Stop()
	_ = os.Remove(file) // of a stack that was killed
	d := config.Dev{
		URL: site, AdminURL: "http://" + inside.Addr().String(), OwnerURL: stack.PostgresURL, RedisURL: stack.RedisURL,
		KratosPublic: stack.KratosPublicURL, KratosAdmin: stack.KratosAdminURL, Keys: filepath.Join(dir, "dev", "keys.jsonl"), PID: os.Getpid(),
	}
	if d.DatabaseURL, err = developmentDatabase(ctx, stack.PostgresURL); err != nil {
		return err
	}
	d.Placements = map[string]string{"home": d.DatabaseURL}
	cfg := config.FromDev(d)
	cfg.CourierKey = key
	if _, err := migrateAll(ctx, cfg, ownersOf(d)); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(devLog(dir), &slog.HandlerOptions{Level: slog.LevelInfo}))
	a, err := app.New(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer a.Close()

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Listen(ctx) })
	g.Go(func() error { return a.Work(ctx) })
	g.Go(func() error { return serveOn(ctx, people, a.Handler(web.Limits{})) })
	g.Go(func() error { return serveOn(ctx, inside, adminHandler(a)) })
	g.Go(func() error {
		select {
		case err := <-stack.Died():
			return err
		case <-ctx.Done():
			return nil
		}
	})
	g.Go(func() error {
		accounts, err := demo.Seed(ctx, a, filepath.Join(dir, "dev", "demo.json"), note)
		if ctx.Err() != nil { // interrupted meanwhile
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("seed the demo district: %w", err)
		}
		d.Accounts = accounts
		if err := writeJSON(file, d); err != nil {
			return err
		}
		context.AfterFunc(ctx, func() { os.Remove(file) })
		announce(o, d, time.Since(begin))
		return nil
	})
	err = g.Wait()
	os.Remove(file)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// listenFrom takes the first free port from port on, so that two checkouts run side by side.
func listenFrom(ctx context.Context, port int) (net.Listener, error) {
	for p := port; p < port+50; p++ {
		if l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", p)); err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("ports %d to %d are all taken; choose others with --port", port, port+49)
}

// developmentDatabase makes the database when it is missing and answers its URL.
func developmentDatabase(ctx context.Context, owner string) (string, error) {
	c, err := pgx.Connect(ctx, owner)
	if err != nil {
		return "", err
	}
	defer c.Close(ctx)
	var have bool
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname='wanjie')").Scan(&have); err != nil {
		return "", err
	}
	if !have {
		if _, err := c.Exec(ctx, "CREATE DATABASE wanjie"); err != nil {
			return "", err
		}
	}
	u, err := url.Parse(owner)
	if err != nil {
		return "", err
	}
	u.Path = "/wanjie"
	return u.String(), nil
}

func devLog(dir string) *os.File {
	f, err := os.OpenFile(filepath.Join(dir, "wanjie.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return os.Stderr
	}
	return f
}

func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// announce prints where to go and as whom.
func announce(o out, d config.Dev, took time.Duration) {
	if o.json {
		_ = json.NewEncoder(o.w).Encode(d)
		return
	}
	fmt.Fprintf(o.w, "\n万街 is ready after %.1f s: %s   (health and metrics: %s; logs: .local/wanjie.log)\n\n", took.Seconds(), d.URL, d.AdminURL)
	w := tabwriter.NewWriter(o.w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "Door\t\tLogin\tStart")
	for _, a := range d.Accounts {
		second := ""
		if a.TOTP != "" {
			second = "  (second factor)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s%s\t%s\n", a.Group, a.Door, a.Login, second, strings.TrimPrefix(a.URL, d.URL))
	}
	_ = w.Flush()
	fmt.Fprintf(o.w, "\nBe anybody of them with one press: %s/dev   Every password: %s   All of this is also in .local/dev.json.   Ctrl-C stops everything.\n", d.URL, demo.Password)
}
