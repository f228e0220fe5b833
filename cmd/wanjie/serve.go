package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"wanjie/app"
	"wanjie/app/config"
	"wanjie/app/web"
)

// stopWithin is how long requests under way may take to end after a stop was asked for.
const stopWithin = 25 * time.Second

type serveCmd struct {
	Addr   string `env:"WANJIE_ADDR" default:":8080" help:"Where people come."`
	Admin  string `env:"WANJIE_ADMIN_ADDR" default:"127.0.0.1:9090" help:"Health and metrics; keep it inside."`
	AtOnce int    `default:"64" help:"Requests answered at once; more wait half a second, then get 503."`
}

func (c *serveCmd) Run(ctx context.Context) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, jsonLog())
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.CheckRoles(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Listen(ctx) })
	g.Go(func() error { return serveHTTP(ctx, c.Addr, a.Handler(web.Limits{AtOnce: c.AtOnce})) })
	g.Go(func() error { return serveHTTP(ctx, c.Admin, adminHandler(a)) })
	return g.Wait()
}

type workCmd struct {
	Admin string `env:"WANJIE_ADMIN_ADDR" default:"127.0.0.1:9091" help:"Health and metrics; keep it inside."`
}

func (c *workCmd) Run(ctx context.Context) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, jsonLog())
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.CheckRoles(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Work(ctx) })
	g.Go(func() error { return serveHTTP(ctx, c.Admin, adminHandler(a)) })
	return g.Wait()
}

// jsonLog writes one JSON object a line to standard error; what it is given holds no personal data.
func jsonLog() *slog.Logger { return slog.New(slog.NewJSONHandler(os.Stderr, nil)) }

// serveHTTP serves until ctx ends, then lets what is under way finish.
func serveHTTP(ctx context.Context, addr string, h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address", addr, err)
	}
	return serveOn(ctx, l, h)
}

func serveOn(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		stopped <- s.Shutdown(end)
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// adminHandler serves /healthz (the process lives), /readyz (everything it needs answers) and
// /metrics.
func adminHandler(a *app.App) http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reg.MustRegister(web.Collectors()...)
	reg.MustRegister(a.Collectors()...)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		if err := a.Ready(ctx); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	return mux
}
