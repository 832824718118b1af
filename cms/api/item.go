package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meridian/cms/live"
)

// item answers for one entry in one language: the one asked for, or the
// original. Another language never stands in for a missing one.
func (h *handler) item(v *live.View, r *request, kind live.Kind) (*answer, error) {
	lang := r.lang()
	sel, forms := r.shape()
	inc := r.include()
	if err := r.err(); err != nil {
		return nil, err
	}
	if !idForm.MatchString(r.id) {
		return nil, notFound()
	}
	it, served, err := find(v, r, kind, lang)
	if err != nil {
		return nil, err
	}
	shapes, err := shape(v, []*live.Item{it}, served, forms, inc)
	if err != nil {
		return nil, err
	}
	a := &answer{shape: sel.of(shapes[0]), lang: it.Lang, modified: it.UpdatedAt}
	a.links = []string{`<` + shapes[0].URL + `>; rel="alternate"; type="text/html"; hreflang="` + it.Lang + `"`}
	return a, nil
}

// find returns an item and how it came to be in its language.
func find(v *live.View, r *request, kind live.Kind, lang string) (*live.Item, Served, error) {
	served := Served{Served: lang, Reason: ReasonRequested}
	if lang != "" {
		served.Requested = &served.Served
	}
	if lang != "" {
		// Most requests end here, with one look at the editions less.
		it, err := v.Item(r.id, lang)
		if err == nil && it.Kind != kind.Name {
			err = notFound()
		}
		if err == nil || !errors.Is(err, live.ErrNotFound) {
			return it, served, err
		}
	}
	e, err := v.Entry(r.id)
	if errors.Is(err, live.ErrNotFound) {
		return nil, served, v.Gone(r.id, kind.Name, lang)
	}
	if err != nil {
		return nil, served, err
	}
	if e.Kind != kind.Name {
		return nil, served, notFound()
	}
	if lang == "" {
		served.Served, served.Reason = e.OriginalLang, ReasonOriginal
	}
	if e.Has(served.Served) {
		it, err := v.Item(r.id, served.Served)
		return it, served, err
	}
	var list []Available
	for _, d := range e.Editions {
		list = append(list, Available{d.Lang.Tag, Links{HTML: v.Absolute(d.Href), JSON: jsonURL(v, e.Kind, e.ID, d.Lang.Tag)}})
	}
	p := languageMissing(served.Served, list)
	err = v.Gone(r.id, kind.Name, served.Served)
	if reason, ok := live.IsGone(err); ok {
		p = gone(reason)
		p.Languages = list
	} else if !errors.Is(err, live.ErrNotFound) {
		return nil, served, err
	}
	// The entry is public, so its address gives nothing away.
	p.Instance = r.path
	return nil, served, p
}

// itemOf gives an item the shape of an answer.
func itemOf(v *live.View, it *live.Item, served Served, f forms) (*Item, error) {
	image, err := v.Image(it)
	if err != nil {
		return nil, err
	}
	out := &Item{
		Image: mediaOf(v, image),
		ID:    it.ID, URN: it.URN, Kind: it.Kind, Lang: it.Lang, OriginalLang: it.OriginalLang,
		Title: it.Title, Summary: it.Summary, Slug: it.Slug, Path: it.Path, URL: v.Absolute(it.Href),
		Ancestors:   make([]Ref, len(it.Ancestors)),
		PublishedAt: it.PublishedAt.UTC(), UpdatedAt: it.UpdatedAt.UTC(), Revision: it.Revision, Hash: it.Hash,
		Editions: make([]Edition, len(it.Editions)), Language: served,
		Fields: it.Fields, Facts: it.Facts,
		Links: Links{HTML: v.Absolute(it.Href), JSON: jsonURL(v, it.Kind, it.ID, it.Lang)},
	}
	if it.Type != "" {
		out.Type = &it.Type
	}
	for i, l := range it.Ancestors {
		out.Ancestors[i] = Ref{ID: l.ID, Title: l.Title, Lang: l.Lang}
		if l.Href != "" {
			url := v.Absolute(l.Href)
			out.Ancestors[i].URL = &url
		}
	}
	if n := len(out.Ancestors); n > 0 && out.Ancestors[n-1].ID == it.SectionID {
		out.Section = &out.Ancestors[n-1]
	}
	for i, e := range it.Editions {
		out.Editions[i] = Edition{e.Lang.Tag, e.Title, v.Absolute(e.Href), e.PublishedAt.UTC()}
	}
	if t := it.Translation; t != nil {
		out.Translation = &Translation{SourceLang: t.SourceLang, Fresh: t.Fresh, BlocksBehind: t.BlocksBehind, Machine: t.Machine}
		if t.SourceRevision != "" {
			out.Translation.SourceRevision = &t.SourceRevision
		}
		if t.AsOf != nil {
			at := t.AsOf.UTC()
			out.Translation.AsOf = &at
		}
	}
	out.Body, err = bodyOf(v, it, f)
	return out, err
}

func bodyOf(v *live.View, it *live.Item, f forms) (*Body, error) {
	if f.none() {
		return nil, nil
	}
	b := &Body{}
	if f.blocks {
		b.Blocks = json.RawMessage(it.Body.JSON())
	}
	if !f.html && !f.markdown {
		return b, nil
	}
	base := v.Absolute("")
	doc, resolver := absoluteDocument(it.Body, base), absoluteResolver{v.Resolver(it.Lang), base}
	if f.html {
		html, err := doc.HTML(resolver)
		if err != nil {
			return nil, fmt.Errorf("render %s in %s: %w", it.ID, it.Lang, err)
		}
		s := string(html)
		b.HTML = &s
	}
	if f.markdown {
		s := doc.Markdown(resolver)
		b.Markdown = &s
	}
	return b, nil
}

// jsonURL is the address of an item in a language.
func jsonURL(v *live.View, kind, id, lang string) string {
	k, _ := live.KindOf(kind)
	return v.Absolute(Root + "/" + k.Plural + "/" + id + "?lang=" + lang)
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
