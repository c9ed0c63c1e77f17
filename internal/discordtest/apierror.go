package discordtest

import (
	"fmt"
	"net/http"
)

// apiError is an error as Discord answers it.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
type apiError struct {
	status, code int
	message      string
	errors       object // the tree of a refused form
}

func (e *apiError) body() object {
	o := object{"message": e.message, "code": e.code}
	if e.errors != nil {
		o["errors"] = e.errors
	}
	return o
}

var apiErrors = []apiError{
	{status: http.StatusUnauthorized, code: 0, message: "401: Unauthorized"},
	{status: http.StatusNotFound, code: 10003, message: "Unknown Channel"},
	{status: http.StatusNotFound, code: 10004, message: "Unknown Guild"},
	{status: http.StatusNotFound, code: 10007, message: "Unknown Member"},
	{status: http.StatusNotFound, code: 10008, message: "Unknown Message"},
	{status: http.StatusNotFound, code: 10013, message: "Unknown User"},
	{status: http.StatusNotFound, code: 10015, message: "Unknown Webhook"},
	{status: http.StatusNotFound, code: 10062, message: "Unknown interaction"},
	{status: http.StatusNotFound, code: 10063, message: "Unknown application command"},
	{status: http.StatusForbidden, code: 20012, message: "You are not authorized to perform this action on this application"},
	{status: http.StatusTooManyRequests, code: 20016, message: "This action cannot be performed due to slowmode rate limit."},
	{status: http.StatusTooManyRequests, code: 20028, message: "The channel you are writing has hit the write rate limit."},
	{status: http.StatusBadRequest, code: 30032, message: "Maximum number of application commands reached (100)."},
	{status: http.StatusTooManyRequests, code: 30034, message: "Max number of daily application command creates has been reached (200)"},
	{status: http.StatusTooManyRequests, code: 30046, message: "Maximum number of edits to messages older than 1 hour reached. Try again later."},
	{status: http.StatusRequestEntityTooLarge, code: 40005, message: "Request entity too large"},
	{status: http.StatusInternalServerError, code: 40006, message: "This feature has been temporarily disabled server-side"},
	{status: http.StatusBadRequest, code: 40033, message: "This message has already been crossposted."},
	{status: http.StatusForbidden, code: 40058, message: "Cannot message this thread until after the post author has sent an initial message."},
	{status: http.StatusBadRequest, code: 40060, message: "Interaction has already been acknowledged."},
	{status: http.StatusForbidden, code: 40333, message: "internal network error"},
	{status: http.StatusForbidden, code: 50001, message: "Missing Access"},
	{status: http.StatusForbidden, code: 50005, message: "Cannot edit a message authored by another user"},
	{status: http.StatusBadRequest, code: 50006, message: "Cannot send an empty message"},
	{status: http.StatusForbidden, code: 50007, message: "Cannot send messages to this user"},
	{status: http.StatusBadRequest, code: 50008, message: "Cannot send messages in a non-text channel"},
	{status: http.StatusForbidden, code: 50013, message: "Missing Permissions"},
	{status: http.StatusBadRequest, code: 50021, message: "Cannot execute action on a system message"},
	{status: http.StatusBadRequest, code: 50024, message: "Cannot execute action on this channel type"},
	{status: http.StatusUnauthorized, code: 50027, message: "Invalid Webhook Token"},
	{status: http.StatusBadRequest, code: 50035, message: "Invalid Form Body"},
	{status: http.StatusBadRequest, code: 50045, message: "File uploaded exceeds the maximum size"},
	{status: http.StatusBadRequest, code: 50083, message: "Thread is archived"},
	{status: http.StatusBadRequest, code: 50109, message: "The request body contains invalid JSON."},
	{status: http.StatusInternalServerError, code: 130000, message: "API resource is currently overloaded. Try again a little later"},
	{status: http.StatusBadRequest, code: 160005, message: "Thread is locked"},
	{status: http.StatusBadRequest, code: 200000, message: "Message was blocked by automatic moderation"},
	{status: http.StatusBadRequest, code: 240000, message: "Message blocked by harmful links filter"},
}

// knownError looks an error up by its code.
func knownError(code int) *apiError {
	for _, e := range apiErrors {
		if e.code == code {
			return &e
		}
	}
	panic(fmt.Sprintf("discordtest: no error %d in the table", code))
}
