package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"tocsin/bot"
)

// serveHealth answers /healthz on the listener until ctx is done: 200 while the
// database answers, 503 when it does not, with the state of the outbox in JSON.
func serveHealth(ctx context.Context, l net.Listener, health bot.Health) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		w.Header().Set("Content-Type", "application/json")
		stats, err := health.OutboxStats(ctx)
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			writeJSON(w, map[string]any{"status": "the database does not answer"})
			return
		}
		writeJSON(w, map[string]any{"status": "ok", "version": version, "pending": stats.Pending, "dropped": stats.Dropped})
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stopped := context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(closing) != nil {
			server.Close()
		}
	})
	defer stopped()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// writeJSON answers a request; whoever hung up meanwhile misses nothing.
func writeJSON(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return
	}
}

func (p *program) healthCommand() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:     "health",
		Short:   "Ask a running Tocsin whether it is well",
		Long:    "Ask a running Tocsin whether it is well, at the address of `web.listen`. Containers use it as their health check.",
		Example: "  tocsin health\n  tocsin health --address 127.0.0.1:9000",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
			if err != nil {
				return usage(cmd, "--address: %v", err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				return fmt.Errorf("nothing answers there: %w", err)
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("it is not well: %s", res.Status)
			}
			fmt.Fprintln(p.out, "ok")
			return nil
		},
	}
	cmd.Flags().StringVar(&address, "address", "127.0.0.1:8484", "where it listens, host:port")
	return cmd
}
