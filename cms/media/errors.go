package media

import (
	"context"
	"errors"
	"fmt"

	"meridian/cms/media/document"
	"meridian/cms/media/picture"
	"meridian/models"
)

// Reasons why a file is not taken, codes of the catalogue
// ("media.refused_<code>").
const (
	RefusedType       = "type" // no kind of file that is taken
	RefusedHEIC       = "heic" // pictures of some phones
	RefusedAVIF       = "avif"
	RefusedDimensions = "dimensions" // too many pixels or frames
	RefusedDamaged    = "damaged"
	RefusedEncrypted  = "encrypted"
	RefusedMacro      = "macro"   // an office document that holds a program
	RefusedArchive    = "archive" // a package that unpacks into too much, or elsewhere
	RefusedEmpty      = "empty"
	RefusedOtherKind  = "other_kind" // to replace a picture with a document, say
	RefusedTooLarge   = "too_large"  // Args max, in bytes
	RefusedQuota      = "quota"      // Args max, in bytes: of one day
	RefusedDiskFull   = "disk_full"
	RefusedBusy       = "busy" // too much at once: trying again helps
)

// RefusedReasons lists the codes.
var RefusedReasons = []string{
	RefusedType, RefusedHEIC, RefusedAVIF, RefusedDimensions, RefusedDamaged, RefusedEncrypted, RefusedMacro, RefusedArchive,
	RefusedEmpty, RefusedOtherKind, RefusedTooLarge, RefusedQuota, RefusedDiskFull, RefusedBusy,
}

// RefusedError says why a file is not taken. It unwraps to models.ErrInvalid,
// or to models.ErrBusy where the same file may be taken later.
type RefusedError struct {
	Code string
	Args map[string]any
}

func (e *RefusedError) Error() string { return "file refused: " + e.Code }
func (e *RefusedError) Unwrap() error {
	if e.Code == RefusedBusy || e.Code == RefusedDiskFull {
		return models.ErrBusy
	}
	return models.ErrInvalid
}

// TooLarge reports whether the file, or all files of a day, are too large.
func (e *RefusedError) TooLarge() bool { return e.Code == RefusedTooLarge || e.Code == RefusedQuota }

func refuse(code string) error { return &RefusedError{Code: code} }

func refuseOver(code string, most int64) error {
	return &RefusedError{Code: code, Args: map[string]any{"max": most}}
}

// refusal turns what is said of a file that cannot be read into a refusal.
func refusal(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, picture.ErrHEIC):
		return refuse(RefusedHEIC)
	case errors.Is(err, picture.ErrAVIF):
		return refuse(RefusedAVIF)
	case errors.Is(err, picture.ErrType), errors.Is(err, document.ErrType):
		return refuse(RefusedType)
	case errors.Is(err, picture.ErrTooLarge), errors.Is(err, document.ErrTooLarge):
		return refuse(RefusedDimensions)
	case errors.Is(err, document.ErrEncrypted):
		return refuse(RefusedEncrypted)
	case errors.Is(err, document.ErrMacro):
		return refuse(RefusedMacro)
	case errors.Is(err, document.ErrArchive):
		return refuse(RefusedArchive)
	case errors.Is(err, picture.ErrDamaged), errors.Is(err, document.ErrDamaged), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errPanic):
		return refuse(RefusedDamaged)
	}
	return err
}

// errPanic means that reading a file broke down. The file is to blame: whoever
// made it may have meant it.
var errPanic = errors.New("reading the file broke down")

// guarded runs fn over a file of somebody else's and turns a panic into
// errPanic.
func (l *Library) guarded(what string, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			l.log.Error("a file broke its reader", "reader", what, "panic", fmt.Sprint(p))
			err = errPanic
		}
	}()
	return fn()
}

// InUseError says that readers see pages that use what is to be thrown away, and
// that nobody typed its title to confirm it. It unwraps to models.ErrConflict.
type InUseError struct {
	Title  string
	Uses   []Use
	Hidden int // uses that the user may not see
}

func (e *InUseError) Error() string { return "in use by public pages" }
func (e *InUseError) Unwrap() error { return models.ErrConflict }

func isMissing(err error) bool { return errors.Is(err, models.ErrNotFound) }
