package discord

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"time"

	"tocsin/bot"
)

// newMessage is the body of a POST.
type newMessage struct {
	message
	// Nonce with EnforceNonce makes Discord answer a repeated POST with the
	// message of the first one, for "the past few minutes".
	Nonce        string `json:"nonce"`
	EnforceNonce bool   `json:"enforce_nonce"`
}

// Send implements [bot.Chat]. A repeated Send of a delivery posts nothing: for
// some minutes Discord itself knows the nonce, after that the channel's recent
// messages are looked through for this one, if the bot may read them.
//
// If a payload changed before its first version was known to be posted, the
// message is brought up to date too. If the message was posted and deleted
// meanwhile, Send succeeds with an id whose edit is [bot.ErrGone].
func (b *Bot) Send(ctx context.Context, d bot.Delivery) (string, error) {
	path, err := messagesPath(d.Channel.ID)
	if err != nil {
		return "", err
	}
	m, err := readPayload(d)
	if err != nil {
		return "", err
	}
	p, found := posted{}, false
	if mayBePosted(d) && time.Since(d.Created) > nonceKept {
		if p, found, err = b.findPosted(ctx, path, d, m); err != nil {
			return "", err
		}
	}
	if !found {
		err = b.call(ctx, http.MethodPost, path, newMessage{m, nonce(d), true}, &p)
	}
	switch {
	case hasCode(err, codeUnknownMessage):
		return deletedMessage, nil // the nonce names a message that was deleted
	case err != nil:
		return "", err
	case !snowflake.MatchString(p.ID):
		return "", fmt.Errorf("discord: POST %s: the answer names no message; whether it was posted is not known", path)
	}
	if mayBePosted(d) && !p.shows(m) {
		// What was posted is an older payload.
		if err := b.patch(ctx, path+"/"+p.ID, m); err != nil && !errors.Is(err, bot.ErrGone) {
			return "", err
		}
	}
	return p.ID, nil
}

// mayBePosted reports whether an earlier try may have reached the channel.
func mayBePosted(d bot.Delivery) bool { return d.Attempts > 1 || d.Version > 1 }

// nonce names the delivery in at most 25 characters, for ever the same. The key is
// in it so that a new database, which counts from 1 again, does not meet the
// nonces of the old one.
func nonce(d bot.Delivery) string {
	h := fnv.New32a()
	h.Write([]byte(d.Channel.ID + "\x00" + d.Key))
	return strconv.FormatInt(d.ID, 36) + "-" + strconv.FormatUint(uint64(h.Sum32()), 36)
}

func messagesPath(channel string) (string, error) {
	if !snowflake.MatchString(channel) {
		return "", fmt.Errorf("discord: %w: %q is not the id of a Discord channel, a number of 17 to 20 digits", bot.ErrDestination, channel)
	}
	return "/channels/" + channel + "/messages", nil
}
