package digest

// Action is what is done about a match for one subscription.
type Action string

// The actions.
const (
	ActionAlert  Action = "alert"  // posted now, and told again in the digest
	ActionUpdate Action = "update" // the alert that was posted is rewritten in place; no line of its own in the digest
	ActionHold   Action = "hold"   // kept for the digest
	ActionNone   Action = "none"   // not told; takes nothing back that an earlier decision promised
)

// Reason says why an action was chosen, in words that logs, metrics and
// explanations share.
type Reason string

// The reasons.
const (
	ReasonMatched       Reason = "matched"
	ReasonKnown         Reason = "known"          // it matched before this change, and was not alerted then
	ReasonDigestOnly    Reason = "digest only"    // the subscription asks for no instant alerts
	ReasonBaseline      Reason = "baseline"       // it stood there before the source was known
	ReasonBelowSeverity Reason = "below severity" // every match is quieter than asked for
	ReasonPaused        Reason = "paused"
	ReasonChatOff       Reason = "chat off" // this program does not serve the subscription's chat now
	ReasonEdited        Reason = "edited"   // its alert is updated in place
	ReasonRemoved       Reason = "removed"  // its alert is struck through
	ReasonRestored      Reason = "restored" // its alert stands again
	ReasonNoMatch       Reason = "no match" // an edit took the match away; its alert says so
)

// Decision is what is done about one entry for one subscription, and why.
type Decision struct {
	Subscription string
	Action       Action
	Reason       Reason
}
