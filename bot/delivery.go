package bot

import (
	"encoding/json"
	"time"

	"tocsin/feed"
)

// Channel is one place of one chat that messages go to, in order.
type Channel struct {
	Chat string // the [Chat]'s name
	ID   string // the chat's own id
}

// DeliveryKind says what a delivery carries.
type DeliveryKind string

// The kinds of delivery.
const (
	DeliverAlert  DeliveryKind = "alert"
	DeliverDigest DeliveryKind = "digest"
)

// DeliveryState is how far a delivery has come.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending DeliveryState = "pending" // to be sent, or to be edited to a newer version
	DeliverySending DeliveryState = "sending" // handed to the chat; whether it arrived is not known yet
	DeliverySent    DeliveryState = "sent"    // the chat shows the newest version
	DeliveryDropped DeliveryState = "dropped" // given up; Error says why
)

// Delivery is one message for one channel: sent once, then edited in place
// each time its Payload changes.
type Delivery struct {
	ID int64 // given by the store; also the nonce of the message
	// Key names the thing to do only once, and is unique in the store:
	// subscription and entry for an alert; subscription, slot and part for a digest.
	Key          string
	Kind         DeliveryKind
	Subscription string
	Channel      Channel
	// Source and Entry are what an alert is about; "" for a digest.
	Source, Entry string
	// Payload is the rendered message, in a form only its Chat reads.
	Payload json.RawMessage
	// Version counts the payloads, from 1; SentVersion is the one the chat
	// shows, 0 before it is sent.
	Version, SentVersion int
	MessageID            string // the chat's own id once sent
	State                DeliveryState
	Attempts             int       // tries of the current version
	Due                  time.Time // not before
	Error                string    // of the last try
	// Published is when the publisher says the entry appeared, Read when
	// Tocsin first saw it; both measure how fast alerts are.
	Published, Read time.Time
	Created, Sent   time.Time
}

// Job asks a worker to empty the outbox of one channel. It is inserted in the
// transaction that puts a delivery there.
type Job struct {
	Chat    string `json:"chat"`
	Channel string `json:"channel"`
}

// Kind names the job in the queue.
func (Job) Kind() string { return "deliver" }

// Receipt is what became of one try to deliver.
type Receipt struct {
	State     DeliveryState // sent, pending (to be tried again at Due) or dropped
	MessageID string        // when sent
	At        time.Time     // when the chat answered
	Due       time.Time     // of the next try, when pending
	Error     string        // when not sent
}

// PostedAlert is an alert in the outbox and the version of the entry it first told.
type PostedAlert struct {
	Delivery
	First feed.Entry // the entry as it stood when the alert was decided
}
