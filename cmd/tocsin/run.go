package main

import (
	"github.com/spf13/cobra"
)

func (p *program) runCommand() *cobra.Command {
	var cfg configFlag
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Read the configured sources and post what the rules say, until stopped",
		Long: `Read the configured sources and post what the rules say, until stopped by
SIGTERM or Ctrl-C. What was decided and not yet posted is posted after the next start.

With DISCORD_TOKEN in the environment, or discord.token_file in the
configuration, it is a Discord bot; without, it posts to the terminal.`,
		Example: "  tocsin run\n  DISCORD_TOKEN=… tocsin run --config /etc/tocsin/config.yaml",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := cfg.load(p)
			if err != nil {
				return err
			}
			log := logger(p.err, c.Log)
			a, err := p.newApp(cmd.Context(), c, log, tuning{})
			if err != nil {
				return err
			}
			defer a.close()
			for _, note := range a.book.Rules().Notes() {
				log.Debug("rules: " + note)
			}
			log.Info("running", "version", version, "sources", len(c.Sources), "rules", len(a.book.Rules().Rules()), "database", databaseName(c.Database))
			err = a.run(cmd.Context())
			if err == nil {
				log.Info("stopped")
			}
			return err
		},
	}
	cfg.add(cmd)
	return cmd
}
