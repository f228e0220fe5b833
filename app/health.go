package app

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Ready reports whether everything that a request needs answers: every placement, Redis and Kratos.
func (a *App) Ready(ctx context.Context) error {
	if err := a.DB.Ready(ctx); err != nil {
		return err
	}
	if err := a.Redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	return a.Keeper.Client.Ready(ctx)
}

// Collectors are the metrics of the parts this process runs.
func (a *App) Collectors() []prometheus.Collector { return a.collectors }
