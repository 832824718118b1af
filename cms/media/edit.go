package media

import (
	"context"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"meridian/models"
	"meridian/models/store"
)

// about is what is written about a file, in its stored form.
type about struct{ Title, Credit, Licence, Taken, Place, Lang string }

// takenForm is a year, a month or a day.
var takenForm = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)

func cleanAbout(title, credit, licence, taken, place, lang string) (about, error) {
	bad := &models.InvalidError{}
	text := func(field, s string, most int) string {
		s = models.CleanText(s, false)
		if utf8.RuneCountInString(s) > most {
			bad.Add(field, "too_long", "max", most)
		}
		return s
	}
	out := about{
		Title: text("title", title, models.AssetTitleMax), Credit: text("credit", credit, models.AssetCreditMax),
		Place: text("place", place, models.AssetPlaceMax), Licence: licence, Taken: models.CleanText(taken, false),
	}
	if licence != "" && !slices.Contains(models.Licences, licence) {
		bad.Add("licence", "not_a_choice")
	}
	if out.Taken != "" && !validTaken(out.Taken) {
		bad.Add("taken", "not_a_taken")
	}
	if lang != "" {
		var ok bool
		if out.Lang, ok = models.CanonicalLang(lang); !ok {
			bad.Add("lang", "not_a_language", "lang", lang)
		}
	}
	return out, bad.Err()
}

func validTaken(s string) bool {
	if !takenForm.MatchString(s) {
		return false
	}
	_, err := time.Parse(time.DateOnly[:len(s)], s)
	return err == nil
}

func validPeople(p models.People) bool { return slices.Contains(models.PeopleShown, p) }

// Edit is the whole form of what is known of a file.
type Edit struct {
	ID                                         string
	Version                                    int
	Title, Credit, Licence, Taken, Place, Lang string
	// FocusX and FocusY are thousandths of width and height.
	FocusX, FocusY int
	People         models.People
	Shared         bool
	// Section gives the file to another section; "" leaves it.
	Section string
}

// Edit changes what is known of a file. To answer that nobody is shown who has
// to be asked, where until now somebody was, or to take that answer back, takes
// the right to publish or to safeguard: it makes public what was withheld. Errors: models.ErrStale,
// *models.InvalidError.
func (l *Library) Edit(ctx context.Context, by models.User, in Edit) (out models.Asset, err error) {
	clean, err := cleanAbout(in.Title, in.Credit, in.Licence, in.Taken, in.Place, in.Lang)
	bad := problems(err)
	if err != nil && bad == nil {
		return out, err
	}
	if bad == nil {
		bad = &models.InvalidError{}
	}
	if clean.Title == "" {
		bad.Add("title", "title_missing")
	}
	if in.People != models.PeopleUnknown && !validPeople(in.People) {
		bad.Add("people", "not_a_choice")
	}
	if min(in.FocusX, in.FocusY) < 0 || max(in.FocusX, in.FocusY) > 1000 {
		bad.Add("focus", "not_a_point")
	}
	err = l.tx(ctx, func(tx *store.Tx) error {
		a, err := forChange(&tx.Read, by, models.ActWrite, in.ID, in.Version)
		if err != nil {
			return err
		}
		if err := bad.Err(); err != nil {
			return err
		}
		now := a
		now.Title, now.Credit, now.Licence, now.Taken, now.Place, now.Lang = clean.Title, clean.Credit, clean.Licence, clean.Taken, clean.Place, clean.Lang
		now.FocusX, now.FocusY, now.People, now.Shared = in.FocusX, in.FocusY, in.People, in.Shared
		if in.Section != "" && in.Section != a.SectionID {
			e, err := section(&tx.Read, by, in.Section)
			if err != nil {
				return err
			}
			// What readers see is not taken out of the hands of who answers for it.
			public, err := inPublicUse(&tx.Read, a.ID)
			if err != nil {
				return err
			}
			if public {
				if err := may(by, a, models.ActPublish); err != nil {
					return err
				}
			}
			now.SectionID, now.Branch, now.DomainID = e.ID, e.Branch, e.DomainID
		}
		if now == a {
			out = a
			return nil
		}
		c, err := newest(&tx.Read, a)
		if err != nil {
			return err
		}
		now.Withheld = models.Withheld(now.Kind, now.People, c, tx.Now())
		if opens(a, now) {
			if err := may(by, a, models.ActPublish, models.ActSafeguard); err != nil {
				return err
			}
		}
		if err := tx.PutAsset(a, now, by.ID); err != nil {
			return err
		}
		if err := tx.Audit(by.ID, "asset-edited", a.ID, ""); err != nil {
			return err
		}
		if now.People != a.People {
			if err := tx.Audit(by.ID, "asset-people", a.ID, peopleWord(a.People)+" > "+peopleWord(now.People)); err != nil {
				return err
			}
		}
		out, err = tx.Asset(a.ID)
		return err
	})
	if err == nil {
		l.changed()
	}
	return out, err
}

// opens reports whether an answer about who is shown lets readers have what a
// consent did not, or takes back the one that asks for a consent: with nothing
// answered the next answer would be anybody's.
func opens(was, now models.Asset) bool {
	asked := func(a models.Asset) bool {
		return a.Withheld != models.WithheldNot && a.Withheld != models.WithheldPeople
	}
	return asked(was) && !asked(now)
}

// peopleWord is an answer in the audit trail, where words are divided by spaces.
func peopleWord(p models.People) string {
	if p == models.PeopleUnknown {
		return "unanswered"
	}
	return string(p)
}

// problems returns what is wrong with fields, nil for another error or none.
func problems(err error) *models.InvalidError {
	bad, _ := err.(*models.InvalidError)
	return bad
}
