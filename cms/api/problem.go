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

func problem(status int, what, title, detail string) *Problem {
	return &Problem{Type: "urn:meridian:problem:" + what, Title: title, Status: status, Detail: detail, Errors: []Fault{}}
}

// notFound is one answer for what is missing, malformed, of another kind, a
// draft, or unpublished.
func notFound() *Problem {
	return problem(http.StatusNotFound, "not-found", "Not found", "Nothing public has this address.")
}

func badRequest(faults []Fault) *Problem {
	p := problem(http.StatusBadRequest, "bad-parameter", "Bad parameter", "The request was not carried out.")
	if len(faults) > 0 {
		p.Detail = faults[0].Detail
	}
	p.Errors = faults
	return p
}

// languageMissing tells in which languages an item can be read.
func languageMissing(lang string, available []Available) *Problem {
	p := problem(http.StatusNotFound, "language-missing", "Not in this language", "The item is not public in the language "+lang+".")
	p.Languages = available
	return p
}

// gone tells why something is no longer public, in the words made for readers.
func gone(reason string) *Problem {
	p := problem(http.StatusGone, "gone", "Gone", "")
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
	p := problem(http.StatusGone, "resync", "Begin again", detail)
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
		return problem(http.StatusServiceUnavailable, "busy", "Too slow", "The answer took too long. Ask for less, or again later.")
	}
	reference := strings.ToLower(rand.Text()[:12])
	h.log.ErrorContext(ctx, "json request failed", slog.String("request_id", reference), slog.String("path", path), slog.Any("err", err))
	return internal(reference)
}

func internal(reference string) *Problem {
	p := problem(http.StatusInternalServerError, "internal", "Something went wrong", "It is our fault. Whoever runs this site finds it in the log by the reference.")
	p.Reference = reference
	return p
}
