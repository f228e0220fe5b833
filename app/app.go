// Package app wires the product once: configuration to connections, modules to routes, acts to
// followers. It is the only place that knows all parts.
package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"wanjie/app/auth"
	"wanjie/app/auth/courier"
	"wanjie/app/auth/providers"
	"wanjie/app/config"
	"wanjie/app/files/virus"
	"wanjie/app/module"
	"wanjie/app/openapi"
	"wanjie/app/web"
	"wanjie/app/wechat"
	"wanjie/templates/static"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/hint"
	"wanjie/tenants/keys"
)

// App is the running product: every connection it holds and every door it opens.
type App struct {
	Config   config.Config
	DB       *tenants.DB
	Redis    redis.UniversalClient
	Keeper   *auth.Keeper
	Messages *courier.Store
	Site     *web.Site
	Live     *web.Live
	Log      *slog.Logger

	cookies   auth.Cookies
	tries     *auth.Tries
	caller    *hint.Caller
	runner    *journal.Runner
	names     names
	senders   map[string]courier.Sender
	providers *providers.Shelf
	wechat    *wechat.Platform // nil: none is set up
	closers   []io.Closer

	collectors []prometheus.Collector
}

// Quiet is a logger for commands, which speak for themselves.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// New connects to what cfg names and mounts every door. Nothing is contacted yet; see Ready. tune may
// change how the data is opened before it is: a bench listens to statements.
func New(_ context.Context, cfg config.Config, log *slog.Logger, tune ...func(*tenants.Config)) (*App, error) {
	if err := module.Check(Modules); err != nil {
		return nil, err
	}
	service, err := keys.OpenFile(cfg.Keys)
	if err != nil {
		return nil, fmt.Errorf("key service: %w", err)
	}
	opt, err := redis.ParseURL(cfg.Redis)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL is not of the form redis://host:port/0: %w", err)
	}
	rdb := redis.NewClient(opt)
	store, err := blobs.Open(cfg.Files)
	if err != nil {
		return nil, fmt.Errorf("FILES_URL: %w", err)
	}
	caller := hint.NewCaller(rdb)
	open := tenants.Config{Deployment: cfg.Deployment, Placements: cfg.Placements, Keys: service, Blobs: store, Recorded: caller.Recorded}
	for _, t := range tune {
		t(&open)
	}
	db, err := tenants.Open(open)
	if err != nil {
		return nil, err
	}
	ways, err := senders(cfg)
	if err != nil {
		return nil, err
	}
	client := auth.NewClient(cfg.KratosPublic, cfg.KratosAdmin)
	a := &App{
		Config: cfg, DB: db, Redis: rdb, Log: log, Messages: courier.NewStore(db), Keeper: auth.NewKeeper(client, db, rdb, log),
		senders: ways, providers: providers.NewShelf(db, cfg.Dev), cookies: auth.Cookies{Plain: plain(cfg.PublicURL)}, tries: &auth.Tries{Redis: rdb, Log: log}, caller: caller, closers: []io.Closer{db, rdb, service},
	}
	door := &openapi.Door{DB: db, Proxies: a.proxies(), Tries: a.tries}
	a.Site = &web.Site{
		URL: cfg.PublicURL,
		DB:  db, Log: log, Visitor: a.visitor, Admit: a.admit, AdmitDistrict: a.admitDistrict, AdmitVendor: a.admitVendor,
		Programs: web.Programs{Admit: door.Admit, Note: door.Note},
		Resident: a.residentVisitor, Street: a.street, ResidentsAt: a.residentsAt,
		Refused: a.refused, TenantFrame: a.tenantFrame, DistrictFrame: a.districtFrame, VendorFrame: a.vendorFrame,
	}
	a.Messages.Heard = a.heard
	a.Site.Uploads.Most = cfg.Photo
	if cfg.Clamd != "" {
		look, err := virus.Open(cfg.Clamd)
		if err != nil {
			return nil, fmt.Errorf("CLAMD_URL: %w", err)
		}
		a.Site.Uploads.Look = look
	}
	if a.wechat, err = a.openWeChat(); err != nil {
		return nil, err
	}
	a.Live = web.NewLive(rdb, log)
	a.Keeper.Ended = func(gone func(auth.Key, auth.Session) bool) {
		a.Live.Recheck(func(v web.Visitor) bool {
			s, ok := v.Session.(auth.Session)
			return ok && gone(s.Key, s)
		})
	}
	if a.runner, err = a.newRunner(); err != nil {
		return nil, err
	}
	a.collectors = []prometheus.Collector{a.runner}
	a.mount()
	return a, nil
}

// Close lets go of every connection.
func (a *App) Close() {
	for _, c := range a.closers {
		_ = c.Close()
	}
}

// mount opens the doors.
func (a *App) mount() {
	s := a.Site
	s.Raw("GET "+static.Prefix, static.Handler())
	s.Raw("POST /locale", http.HandlerFunc(web.SetLocale))
	s.Raw("POST /density", http.HandlerFunc(web.SetDensity))
	s.Raw("POST /internal/courier", courier.Webhook(a.Messages, a.Config.CourierKey, a.Log))
	s.OpenLive(a.Live)
	for _, m := range Modules {
		m.Routes(s.Module(m.Key))
	}
	a.mountDoors()
}

// Handler is what the people's port serves.
func (a *App) Handler(l web.Limits) http.Handler { return a.Site.Handler(l) }
