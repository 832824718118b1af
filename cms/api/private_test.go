package api

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"meridian/cms"
	"meridian/models"
	"meridian/models/store"
)

// TestPrivateColumnsCannotBeAskedFor: the columns of the tables behind the lists
// that are nobody's business are answered like columns that do not exist, to
// the byte but for the name that is echoed, wherever a name can stand.
func TestPrivateColumnsCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	private := []string{
		"author", "author_id", "note", "created_by", "created_at", "version", "trashed_at", "trash_id", "position", "branch", "live_revision", "replaced_revision", "publish_revision",
		"withdrawn_at", "withdrawn_reason", "publish_at", "withdraw_at", "first_published_at", "review", "review_by", "draft", "draft.title", "base_revision", "saved_at",
		"source_hashes", "hashes", "based_on", "password_hash", "email", "entry_id", "edition_id", "section_id", "audit", "user", "facts.note", "fields", "facts",
	}
	// Some have the name of something public elsewhere.
	allowed := map[string][]string{"fields=": {"fields", "facts"}, "include=": {"author"}}
	for _, kind := range []string{"sections", "pages", "news"} {
		one := map[string]string{"sections": s.About, "pages": s.Page, "news": s.News}[kind]
		for _, place := range []string{kind + "?sort=", kind + "?sort=-", kind + "?sort=title,", kind + "?fields=", kind + "?fields=title,", kind + "?include=", kind + "?include=section,",
			kind + "/" + one + "?fields=", kind + "/" + one + "?include="} {
			ask := func(name string) []byte { return dump(s.do(t, http.MethodGet, Root+"/"+place+url.QueryEscape(name))) }
			for _, name := range private {
				if slices.ContainsFunc([]string{"fields=", "include="}, func(p string) bool {
					return strings.Contains(place, p) && slices.Contains(allowed[p], name)
				}) {
					continue
				}
				unknown := strings.Repeat("z", len(name))
				got, want := ask(name), bytes.ReplaceAll(ask(unknown), []byte(unknown), []byte(name))
				if !bytes.HasPrefix(got, []byte("400\n")) || !bytes.Equal(got, want) {
					t.Errorf("%s%s differs from a name that does not exist:\n%s\n%s", place, name, got, want)
				}
			}
		}
	}
}

// TestGuessesByPublicNames: what is not public is not found out by what public
// fields are called either: a right guess at it is answered like a wrong one.
func TestGuessesByPublicNames(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	// A page with a draft over what is public, one that was unpublished, one
	// that was withdrawn with a reason, and a draft.
	draft := s.news(t, s.Root, "Live title", models.Values{"date": "2026-01-01", "source": "Live source", "note": "The secret note"})
	old := s.revision(t, draft)
	s.Write(t, draft, "en", "Second summary.", text("p2345678", "Second words."))
	s.Publish(t, draft, "en")
	s.save(t, cms.SaveDraft{Entry: draft, Lang: "en", Title: "Draft title", Summary: "Draft summary", Body: bodyOfDraft(t, s.DraftOf(t, draft, "en"))})
	s.Translate(t, draft, "fr", "Brouillon secret")
	gone := s.news(t, s.Root, "Unpublished title", models.Values{"date": "1999-09-09", "source": "Gone source", "about": []any{s.Belgium}})
	goneRevision := s.revision(t, gone)
	goneEdition := s.Edition(t, gone, "en")
	s.unpublish(t, gone, "en")
	taken := s.news(t, s.Root, "Withdrawn title", models.Values{"date": "1998-08-08"})
	s.withdraw(t, taken, "en", "legal")
	hidden := s.Create(t, sectionNamed("Hidden section", s.Root))
	s.topic(t, "t-justice", "Justice")
	for _, guess := range []struct{ param, right, wrong string }{
		{"filter[title]", "Draft title", "Other title"}, {"filter[title][contains]", "Draft t", "Other t"}, {"filter[title][starts]", "Brouillon", "Ouvrage"},
		{"filter[title]", "Unpublished title", "Something titled"}, {"filter[title][starts]", "Withdrawn", "Something"},
		{"filter[summary]", "Draft summary", "Other summary"}, {"filter[summary][starts]", "Draft", "Other"},
		{"filter[slug]", goneEdition.Slug, "something-title"}, {"filter[slug][starts]", "unpub", "somet"}, {"filter[path]", *goneEdition.Path, "news/1999/something-title"},
		{"filter[slug]", "brouillon-secret", "quelque-chose"}, {"filter[slug]", "hidden-section", "nothing-section"},
		{"filter[revision]", old.ID, s.NewID()}, {"filter[revision]", goneRevision.ID, s.NewID()},
		{"filter[hash]", old.Hash, strings.Repeat("a", 64)}, {"filter[hash]", goneRevision.Hash, strings.Repeat("b", 64)},
		{"filter[id]", gone, s.NewID()}, {"filter[id]", taken, s.NewID()}, {"filter[id]", s.Draft, s.NewID()}, {"filter[id][starts]", gone[:20], s.NewID()[:20]},
		{"filter[date]", "1999-09-09", "1997-07-07"}, {"filter[date]", "1998-08-08", "1997-07-07"}, {"year", "1999", "1997"},
		{"filter[source]", "Gone source", "Nope source"}, {"filter[source][starts]", "The secret", "Any secret"}, {"filter[source]", "legal", "plain"},
		{"filter[about]", hidden, s.NewID()}, {"section", hidden, s.NewID()}, {"section", "/en/hidden-section/", "/en/nothing-section/"},
		{"filter[owner]", hidden, s.NewID()}, {"topic", "legal", "plain"},
	} {
		for _, kind := range []string{"news", "pages"} {
			ask := func(value string) []byte {
				value = url.QueryEscape(value)
				w := s.do(t, http.MethodGet, Root+"/"+kind+"?count=true&include=section,editions,author&fallback=en,fr&"+url.QueryEscape(guess.param)+"="+value)
				return bytes.ReplaceAll(dump(w), []byte(value), []byte("VALUE"))
			}
			if right, wrong := ask(guess.right), ask(guess.wrong); !bytes.Equal(right, wrong) {
				t.Errorf("%s %s=%s tells a right guess from a wrong one:\n%s\n%s", kind, guess.param, guess.right, right, wrong)
			}
		}
	}
	for _, guess := range [][2]string{{"Draft summary", "Other summary"}, {"Unpublished", "Something"}, {"secret note", "other note"}, {"Brouillon", "Ouvrage"}, {"Hidden", "Nothing"}} {
		var right, wrong Found
		s.into(t, Root+"/search?lang=en&kind=news&q="+url.QueryEscape(guess[0]), &right)
		s.into(t, Root+"/search?lang=en&kind=news&q="+url.QueryEscape(guess[1]), &wrong)
		if right.Corrected != nil || wrong.Corrected != nil {
			continue // neither is anywhere; what was meant instead is public
		}
		for _, it := range right.Items {
			if it.ID == gone || it.ID == taken || strings.Contains(it.Title+it.Summary, "Draft") {
				t.Errorf("a search for %q finds %q", guess[0], it.Title)
			}
		}
	}
	// The order of a list says nothing of drafts: saving one moves nothing.
	for _, sort := range []string{"updated_at", "-updated_at", "title", "published_at", "date"} {
		target := Root + "/news?limit=200&sort=" + sort
		before := dump(s.do(t, http.MethodGet, target))
		s.save(t, cms.SaveDraft{Entry: draft, Lang: "en", Title: "AAA " + sort, Summary: sort, Body: bodyOfDraft(t, s.DraftOf(t, draft, "en"))})
		if after := dump(s.do(t, http.MethodGet, target)); !bytes.Equal(before, after) {
			t.Errorf("sort=%s tells of a draft that was saved", sort)
		}
	}
}

// revision returns what readers see of an entry in English.
func (s *site) revision(t testing.TB, entry string) models.Revision {
	t.Helper()
	var out models.Revision
	d := s.Edition(t, entry, "en")
	s.View(t, func(r *store.Read) (err error) {
		out, err = r.Revision(*d.LiveRevision)
		return err
	})
	return out
}
