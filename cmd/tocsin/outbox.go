package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tocsin/bot"
	"tocsin/store"
)

func (p *program) outboxCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "outbox",
		Short: "Look at messages that wait or were given up, and retry or drop them",
		Example: `  tocsin outbox list --state dropped
  tocsin outbox retry 42
  tocsin outbox drop 42`,
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(cmd, "say what to do: list, retry or drop")
		},
	}
	cmd.AddCommand(p.outboxListCommand(), p.outboxRetryCommand(), p.outboxDropCommand())
	return cmd
}

func (p *program) outboxListCommand() *cobra.Command {
	var cfg configFlag
	var state string
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List messages, the oldest first",
		Long:    "List messages, the oldest first: those that wait, unless --state says otherwise.",
		Example: "  tocsin outbox list\n  tocsin outbox list --state dropped",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch bot.DeliveryState(state) {
			case "all":
				state = ""
			case bot.DeliveryPending, bot.DeliverySending, bot.DeliverySent, bot.DeliveryDropped:
			default:
				return usage(cmd, "unknown state %q: use pending, sending, sent, dropped or all", state)
			}
			return p.withStore(cmd.Context(), cfg, func(ctx context.Context, db *store.DB) error {
				list, err := db.Deliveries(ctx, bot.DeliveryState(state), limit)
				if err != nil {
					return err
				}
				return p.printDeliveries(list)
			})
		},
	}
	cfg.add(cmd)
	cmd.Flags().StringVar(&state, "state", string(bot.DeliveryPending), "pending, sending, sent, dropped or all")
	cmd.Flags().IntVar(&limit, "limit", 50, "how many at most")
	return cmd
}

func (p *program) printDeliveries(list []bot.Delivery) error {
	if len(list) == 0 {
		fmt.Fprintln(p.out, "no such messages")
		return nil
	}
	table := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATE\tKIND\tCHANNEL\tSUBSCRIPTION\tTRIES\tDUE\tERROR")
	for _, d := range list {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s:%s\t%s\t%d\t%s\t%s\n", d.ID, d.State, d.Kind, d.Channel.Chat, d.Channel.ID,
			d.Subscription, d.Attempts, d.Due.UTC().Format(time.RFC3339), d.Error)
	}
	return table.Flush()
}

func (p *program) outboxRetryCommand() *cobra.Command {
	var cfg configFlag
	var all bool
	cmd := &cobra.Command{
		Use:     "retry [ID…]",
		Short:   "Send messages again that were given up or wait for a later try",
		Example: "  tocsin outbox retry 42 43\n  tocsin outbox retry --all",
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := deliveryIDs(cmd, args)
			if err != nil {
				return err
			}
			if all == (len(ids) > 0) {
				return usage(cmd, "name the messages, or say --all")
			}
			return p.withStore(cmd.Context(), cfg, func(ctx context.Context, db *store.DB) error {
				n, err := db.RetryDeliveries(ctx, ids...)
				if err == nil {
					fmt.Fprintf(p.out, "%d to be sent again\n", n)
				}
				return err
			})
		},
	}
	cfg.add(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "every message that was given up")
	return cmd
}

func (p *program) outboxDropCommand() *cobra.Command {
	var cfg configFlag
	cmd := &cobra.Command{
		Use:     "drop ID…",
		Short:   "Give up messages that were not sent yet",
		Example: "  tocsin outbox drop 42",
		Args:    takes(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := deliveryIDs(cmd, args)
			if err != nil {
				return err
			}
			return p.withStore(cmd.Context(), cfg, func(ctx context.Context, db *store.DB) error {
				n, err := db.DropDeliveries(ctx, ids...)
				if err == nil {
					fmt.Fprintf(p.out, "%d dropped\n", n)
				}
				return err
			})
		},
	}
	cfg.add(cmd)
	return cmd
}

func deliveryIDs(cmd *cobra.Command, args []string) ([]int64, error) {
	ids := make([]int64, len(args))
	for i, a := range args {
		id, err := strconv.ParseInt(a, 10, 64)
		if err != nil || id <= 0 {
			return nil, usage(cmd, "%q is not a message's number; `tocsin outbox list` shows them", a)
		}
		ids[i] = id
	}
	return ids, nil
}
