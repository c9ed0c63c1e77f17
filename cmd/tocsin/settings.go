package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"tocsin/config"
	"tocsin/store"
)

// configFlag is the path of the configuration.
type configFlag struct{ path string }

func (c *configFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.path, "config", "config.yaml", "the configuration file")
}

func (c *configFlag) load(p *program) (*config.Config, error) { return config.Load(c.path, p.env) }

// withStore opens the configured database beside a running Tocsin.
func (p *program) withStore(ctx context.Context, c configFlag, fn func(context.Context, *store.DB) error) error {
	cfg, err := c.load(p)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, cfg.Database, store.Options{Guest: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return fn(ctx, db)
}

// logger writes to standard error as the configuration says.
func logger(w io.Writer, c config.Log) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.Level}
	if c.JSON {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
