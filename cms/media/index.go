package media

import (
	"context"
	"slices"
	"strings"

	"meridian/cms/search"
	"meridian/models/store"
)

// indexAtOnce is how many files one call of Index takes apart.
const indexAtOnce = 32

// Index puts the words of files that changed lately into the index, and reports
// whether there may be more. A file is found by its title, the names it was sent
// under, its place and credit in every language, by each description in its
// own, and by the text of a document in the language of that.
func (l *Library) Index(ctx context.Context) (more bool, err error) {
	var docs []store.AssetDoc
	err = l.view(ctx, func(r *store.Read) error {
		list, err := r.AssetQueue(indexAtOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		site, err := r.Site()
		if err != nil {
			return err
		}
		more = len(list) == indexAtOnce
		for _, q := range list {
			terms, err := termsOf(r, q.AssetID, site.Languages)
			if err != nil {
				return err
			}
			docs = append(docs, store.AssetDoc{QueuedAsset: q, Terms: terms})
		}
		return nil
	})
	if err != nil || len(docs) == 0 {
		return false, err
	}
	return more, l.tx(ctx, func(tx *store.Tx) error { return tx.PutAssetDocs(docs) })
}

// FillIndex sees to it that the index is made by the rules of this program, if
// not at once.
func (l *Library) FillIndex(ctx context.Context) error {
	var version int
	err := l.view(ctx, func(r *store.Read) (err error) {
		version, err = r.AssetSearchVersion()
		return err
	})
	if err != nil || version == search.Version {
		return err
	}
	return l.tx(ctx, func(tx *store.Tx) error { return tx.QueueAllAssets(search.Version) })
}

// termsOf takes the words of an asset apart.
func termsOf(r *store.Read, id string, langs []string) (string, error) {
	a, err := r.Asset(id)
	if err != nil {
		return "", err
	}
	versions, err := r.AssetVersions(id)
	if err != nil {
		return "", err
	}
	text, err := r.AssetText(a.VersionID)
	if err != nil {
		return "", err
	}
	said, err := r.AssetDescriptions([]string{id})
	if err != nil {
		return "", err
	}
	names := []string{a.Place, a.Credit}
	for _, v := range versions {
		// A name is one word to those who count words, and several to people.
		names = append(names, v.Name, separators.ReplaceAllString(baseName(v.Name), " "))
	}
	own := a.Lang
	if !slices.Contains(langs, own) && len(langs) > 0 {
		own = langs[0]
	}
	var b strings.Builder
	for _, lang := range langs {
		d := search.Document{Title: a.Title, Summary: said[id][lang], Text: strings.Join(names, "\n")}
		if lang == own {
			d.Text += "\n" + text
		}
		rules := search.For(lang)
		x := rules.Index(d)
		b.WriteString(x.Terms)
		b.WriteString(rules.Written(x))
	}
	return b.String(), nil
}

// matchesOf says what has every word of a query in one of the languages; nil
// when the query has no word. The last word may be the beginning of one.
func matchesOf(langs []string, text string) []store.StaffMatch {
	var out []store.StaffMatch
	for _, lang := range langs {
		q := search.For(lang).Query(text)
		q.Begin()
		var m store.StaffMatch
		for _, w := range q.Words {
			g := store.StaffGroup{Terms: w.Terms}
			if w.Beginning != "" {
				g.Beginnings = append([]string{w.Beginning}, search.Written.In([]string{w.Beginning})...)
			}
			m = append(m, g)
		}
		if m != nil {
			out = append(out, m)
		}
	}
	return out
}
