package discord

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/bwmarrin/discordgo"
)

// discordgo keeps its logger and its API version in variables of the process.
// They are set once; the newest bot gets the log lines.
var (
	discordgoLog  atomic.Pointer[slog.Logger]
	discordgoOnce sync.Once
)

func prepareDiscordgo(log *slog.Logger) {
	discordgoLog.Store(log)
	discordgoOnce.Do(func() {
		discordgo.APIVersion = apiVersion // of the gateway; the transport sees to the rest
		discordgo.Logger = logDiscordgo
	})
}

var discordgoLevels = map[int]slog.Level{
	discordgo.LogError:   slog.LevelWarn,  // it tries again, or the gateway loop does
	discordgo.LogWarning: slog.LevelDebug, // the gateway loop tells what comes of it
}

func logDiscordgo(level, _ int, format string, a ...any) {
	if log, to := discordgoLog.Load(), discordgoLevels[level]; log != nil && log.Enabled(context.Background(), to) {
		log.Log(context.Background(), to, "discordgo: "+fmt.Sprintf(format, a...))
	}
}
