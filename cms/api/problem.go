package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"meridian/cms/live"
)

// problemType is a kind of problem. Nothing is answered with that is not one of
// problemTypes.
type problemType struct {
	what   string // the end of its urn
	status int
	title  string
	about  string
	always string // the member of Problem that every one of them has
	may    string // the member that some have
}

var problemTypes = []problemType{
	{what: "bad-parameter", status: http.StatusBadRequest, title: "Bad parameter", about: "A parameter is unknown, is there twice, or holds what it cannot. All that is wrong is in errors.", always: "errors"},
	{what: "not-found", status: http.StatusNotFound, title: "Not found", about: "Nothing public has this address, or no longer."},
	{what: "language-missing", status: http.StatusNotFound, title: "Not in this language", about: "The item is public, in other languages: they are listed.", always: "languages"},
	{what: "method", status: http.StatusMethodNotAllowed, title: "Method not allowed", about: "Everything here is read with GET or HEAD."},
	{what: "gone", status: http.StatusGone, title: "Gone", about: "It was public and was taken away for good. Copies are to be deleted.", always: "reason", may: "languages"},
	{what: "resync", status: http.StatusGone, title: "Begin again", about: "The cursor leads nowhere: the journal has begun anew, or is older than the cursor.", always: "resync"},
	{what: "internal", status: http.StatusInternalServerError, title: "Something went wrong", about: "It is the server’s fault; its log has more under the reference.", always: "reference"},
	{what: "busy", status: http.StatusServiceUnavailable, title: "Too slow", about: "The answer took too long, or too many ask for as much at once. Ask for less, or again later."},
	{what: "not-installed", status: http.StatusServiceUnavailable, title: "Not set up yet", about: "The site has not been set up yet."},
}

const problemURN = "urn:meridian:problem:"

// Reasons why something is gone.
var goneReasons = []string{"error", "consent", "legal", "deleted"}

// faultCodes are all there are.
var faultCodes = []string{codeMalformed, codeUnknown, codeDuplicate, codeValue, codeCursor, codeMismatch, codeField, codeOperator}

// Codes of faults.
const (
	codeMalformed = "malformed_query"
	codeUnknown   = "unknown_parameter"
	codeDuplicate = "duplicate_parameter"
	codeValue     = "bad_value"
	codeCursor    = "bad_cursor"
	codeMismatch  = "cursor_of_another_list"
)

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("%d %s", p.Status, p.Title) }

// problem returns a problem of a declared type.
func problem(what, detail string) *Problem {
	for _, t := range problemTypes {
		if t.what == what {
			return &Problem{Type: problemURN + what, Title: t.title, Status: t.status, Detail: detail, Errors: []Fault{}}
		}
	}
	panic("api: there is no type of problem " + what)
}

// notFound is one answer for what is missing, malformed, of another kind, a
// draft, or unpublished.
func notFound() *Problem {
	return problem("not-found", "Nothing public has this address.")
}

func badRequest(faults []Fault) *Problem {
	p := problem("bad-parameter", "The request was not carried out.")
	if len(faults) > 0 {
		p.Detail = faults[0].Detail
	}
	p.Errors = faults
	return p
}

// languageMissing tells in which languages an item can be read.
func languageMissing(lang string, available []Available) *Problem {
	p := problem("language-missing", "The item is not public in the language "+lang+".")
	p.Languages = available
	return p
}

// gone tells why something is no longer public, in the words made for readers.
func gone(reason string) *Problem {
	p := problem("gone", "")
	switch reason {
	case "error":
		p.Detail = "It was withdrawn because it was wrong."
	case "consent":
		p.Detail = "It was withdrawn because somebody’s consent ended."
	case "legal":
		p.Detail = "It was withdrawn for legal reasons."
	case "":
		p.Detail, reason = "It was deleted.", "deleted"
	default:
		p.Detail = "It was withdrawn."
	}
	p.Reason = reason
	return p
}

// resync says that a journal cursor leads nowhere.
func resync(detail, url string) *Problem {
	p := problem("resync", detail)
	p.Resync = url
	return p
}

// problemOf is the one mapping from errors to answers. What it does not know
// is logged in full under a reference, which is all the reader gets to see.
func (h *handler) problemOf(ctx context.Context, path string, err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, live.ErrNotFound):
		if reason, ok := live.IsGone(err); ok {
			return gone(reason)
		}
		return notFound()
	case ctx.Err() != nil, errors.Is(err, live.ErrBusy): // however the database put it
		return problem("busy", "The answer took too long, or too many ask for as much at once. Ask for less, or again later.")
	}
	reference := strings.ToLower(rand.Text()[:12])
	h.log.ErrorContext(ctx, "json request failed", slog.String("request_id", reference), slog.String("path", path), slog.Any("err", err))
	return internal(reference)
}

func internal(reference string) *Problem {
	p := problem("internal", "It is our fault. Whoever runs this site finds it in the log by the reference.")
	p.Reference = reference
	return p
}
