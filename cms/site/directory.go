package site

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"meridian/cms/block"
	"meridian/cms/live"
)

// directoryParams are the query parameters of the landing of the directory. No
// other page has any of them.
var directoryParams = []string{"language", "region", "status"}

// directoryQuery is what a redirect to the directory keeps of a query, with its
// "?".
func directoryQuery(q url.Values) string { return keep(q, directoryParams) }

// isDirectory reports whether a section is marked as the directory of the
// organisations of the network.
func isDirectory(it *live.Item) bool {
	marked, _ := it.Facts["directory"].(bool)
	return it.Kind == "section" && marked
}

// directoryPage is the landing of the directory.
type directoryPage struct {
	Base
	Note     *translationNote
	Body     template.HTML
	Filters  []Filter
	List     template.HTML // the count, the map and all sections by region
	AllHref  string        // set when no section is left
	Children []Teaser
	Compact  bool
	Updated  Day
}

// Filter narrows a list by one thing.
type Filter struct {
	Title   string
	Choices []Choice
	// Long filters are folded away until one of their choices is made.
	Long, Made bool
}

// Choice is a link that makes one choice of a filter.
type Choice struct {
	Link
	Count int
}

// longFilter is from how many choices on a filter is long.
const longFilter = 9

// choice is what a reader has chosen of the directory. The zero value is
// everything there is at first: all members, everywhere, in every language.
type choice struct {
	region   live.Term // without ID for everywhere
	status   string    // member, associate or former; "" for all members
	language string    // BCP 47, "" for any
}

// has reports whether an organisation is among the chosen ones.
func (c choice) has(o *live.Organisation) bool {
	switch c.status {
	case "":
		if !o.Member() {
			return false
		}
	default:
		if o.Status != c.status {
			return false
		}
	}
	return (c.region.ID == "" || o.Region == c.region.ID) && (c.language == "" || slices.Contains(o.Languages, c.language))
}

// query is the part of an address that makes the choice, with its "?", for a
// page in lang.
func (c choice) query(lang string) string {
	q := url.Values{"status": {c.status}, "language": {c.language}}
	if c.region.ID != "" {
		q.Set("region", termName(c.region, lang))
	}
	return directoryQuery(q)
}

// termName is what an address in lang calls a term: its slug there, or its id.
func termName(t live.Term, lang string) string {
	if t.Lang == lang && t.Slug != "" {
		return t.Slug
	}
	return t.ID
}

// directory is what the landing of the directory is made of.
type directory struct {
	v       *live.View
	it      *live.Item
	base    *Base
	regions []live.Term
	all     []live.Organisation
	single  bool // a choice takes the place of all others
	choice
}

// directory renders the landing of the directory, filtered as asked. A filter
// that selects by something unknown is live.ErrNotFound, as it is for news.
func (h *handler) directory(v *live.View, it *live.Item, q url.Values, a *answer) error {
	b, err := h.itemBase(v, it)
	if err != nil {
		return err
	}
	d := &directory{v: v, it: it, base: &b, single: h.files}
	if d.regions, err = v.Regions(it.Lang); err != nil {
		return err
	}
	if d.all, err = v.Network(it.Lang); err != nil {
		return err
	}
	to, err := d.choose(q)
	if err != nil {
		return err
	}
	if to != "" {
		*a = redirect(to)
		return nil
	}
	p := directoryPage{Note: h.note(it, &b), Updated: day(v, it.UpdatedAt, it.Lang)}
	// The page lists the sections itself: a list in its text would be a second.
	seen := &seen{Resolver: chosen{Resolver: v.Resolver(it.Lang)}, ids: map[string]bool{}}
	if p.Body, err = it.Body.HTML(seen); err != nil {
		return err
	}
	if p.List, err = d.list(); err != nil {
		return err
	}
	if p.List == "" {
		p.AllHref = it.Href
	}
	p.Filters = d.filters()
	for _, o := range d.all {
		seen.ids[o.ID] = true
	}
	if p.Children, err = teasers(v, it, seen); err != nil {
		return err
	}
	p.Compact = len(p.Children) >= manyChildren
	if err := d.head(h); err != nil {
		return err
	}
	p.Base = b
	// What is listed changes without this page, so it has no date of its own.
	*a = answer{status: http.StatusOK, lang: it.Lang, link: "<" + b.JSON + `>; rel="alternate"; type="application/json"`}
	return h.render(a, "directory", p)
}

// choose reads what a reader asks for. When a region is called by its id and
// not as this language calls it, to is the right address.
func (d *directory) choose(q url.Values) (to string, err error) {
	if name := q.Get("region"); name != "" {
		i := slices.IndexFunc(d.regions, func(t live.Term) bool { return termName(t, d.it.Lang) == name })
		if i < 0 {
			i = slices.IndexFunc(d.regions, func(t live.Term) bool { return t.ID == name })
		}
		if i < 0 {
			return "", live.ErrNotFound
		}
		d.region = d.regions[i]
	}
	switch d.status = q.Get("status"); d.status {
	case "", "member", "associate", "former":
	default:
		return "", live.ErrNotFound
	}
	if d.language = q.Get("language"); d.language != "" {
		if !slices.ContainsFunc(d.all, func(o live.Organisation) bool { return slices.Contains(o.Languages, d.language) }) {
			return "", live.ErrNotFound
		}
	}
	if d.region.ID != "" && q.Get("region") != termName(d.region, d.it.Lang) {
		return d.href(d.choice), nil
	}
	return "", nil
}

// href is the address of the directory with a choice made.
func (d *directory) href(c choice) string { return d.it.Href + c.query(d.it.Lang) }

// chosen is a Resolver whose directory holds what somebody chose of it.
type chosen struct {
	block.Resolver
	rows []block.SectionRow
}

// Sections implements block.Resolver.
func (c chosen) Sections(block.SectionQuery) []block.SectionRow { return c.rows }

// list writes the count, the map and the sections: they are the block that
// every page may have, below a heading.
func (d *directory) list() (template.HTML, error) {
	var rows []block.SectionRow
	countries := map[string]bool{}
	for _, o := range d.all {
		if d.has(&o) {
			rows = append(rows, o.SectionRow)
			if o.CountryCode != "" {
				countries[o.CountryCode] = true
			}
		}
	}
	if len(rows) == 0 {
		return "", nil
	}
	count := d.base.T("directory.sections", "Count", len(rows))
	if len(countries) > 0 {
		count = d.base.T("directory.count", "Sections", count, "Countries", d.base.T("directory.countries", "Count", len(countries)))
	}
	attrs := map[string]any{"show": []any{"map", "list", "contact"}}
	if d.region.ID != "" {
		attrs["region"] = d.region.ID
		count = d.base.T("directory.count_in", "Region", d.region.Label, "Found", count)
	}
	doc := block.Empty(d.it.Lang)
	doc.Doc.Content = []block.Node{
		{Type: "heading", Attrs: map[string]any{"level": 2}, Content: []block.Node{block.Text(count)}},
		{Type: "section_list", Attrs: attrs},
	}
	return doc.HTML(chosen{d.v.Resolver(d.it.Lang), rows})
}

// filters are the links that narrow the list, each with how many sections it
// leads to. A filter with nothing to choose is left out.
func (d *directory) filters() []Filter {
	var out []Filter
	add := func(title, all string, none choice, made bool, options []Choice, least int) {
		if len(options) < least && !made {
			return
		}
		f := Filter{Title: d.base.T(title), Made: made}
		f.Choices = append([]Choice{d.option(d.base.T(all), none)}, options...)
		f.Long = len(f.Choices) > longFilter
		out = append(out, f)
	}

	var options []Choice
	for _, t := range d.regions {
		with := d.others()
		with.region = t
		o := d.option(t.Label, with)
		l := d.base.link(live.Link{Title: t.Label, Lang: t.Lang})
		o.Lang, o.Dir = l.Lang, l.Dir
		if o.Count > 0 || t.ID == d.region.ID {
			options = append(options, o)
		}
	}
	none := d.others()
	none.region = live.Term{}
	add("site.region", "directory.all_regions", none, d.region.ID != "", options, 2)

	options = nil
	for _, status := range []string{"associate", "member", "former"} {
		with := d.others()
		with.status = status
		o := d.option(d.base.T(statusCode(status)), with)
		if status == "member" && options == nil && d.status != "member" {
			continue // without associates, full members are all members
		}
		if o.Count > 0 || status == d.status {
			options = append(options, o)
		}
	}
	none = d.others()
	none.status = ""
	add("site.status", "directory.members", none, d.status != "", options, 1)

	options = nil
	for _, tag := range d.spoken() {
		with := d.others()
		with.language = tag
		if o := d.option(languageName(tag, d.it.Lang), with); o.Count > 0 || tag == d.language {
			options = append(options, o)
		}
	}
	none = d.others()
	none.language = ""
	add("directory.language", "directory.all_languages", none, d.language != "", options, 2)
	return out
}

// others is what stays chosen when one thing is chosen anew.
func (d *directory) others() choice {
	if d.single {
		return choice{}
	}
	return d.choice
}

// statusCode is what organisations of a status are called.
func statusCode(status string) string {
	switch status {
	case "associate":
		return "directory.associates"
	case "former":
		return "directory.former"
	}
	return "directory.full_members"
}

// option is a link to another choice.
func (d *directory) option(title string, c choice) Choice {
	o := Choice{Link: Link{Title: title, Href: d.href(c)}}
	for i := range d.all {
		if c.has(&d.all[i]) {
			o.Count++
		}
	}
	if c == d.choice {
		o.Current = "true"
	}
	return o
}

// spoken are the languages of all organisations, by their names.
func (d *directory) spoken() []string {
	var tags []string
	for _, o := range d.all {
		for _, tag := range o.Languages {
			if !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
	}
	order := collate.New(language.Make(d.it.Lang))
	slices.SortStableFunc(tags, func(x, y string) int {
		return order.CompareString(languageName(x, d.it.Lang), languageName(y, d.it.Lang))
	})
	return tags
}

// head says in the document's head what has been chosen.
func (d *directory) head(h *handler) error {
	b := d.base
	b.JSON = d.json(h.reader.Base())
	b.Schema = graph(webPage(d.v, d.it, b), breadcrumbs(h.reader.Base(), b))
	if d.choice == (choice{}) {
		return nil
	}
	name := d.it.Title
	if d.region.ID != "" {
		name += " · " + d.region.Label
	}
	if d.status != "" {
		name += " · " + b.T(statusCode(d.status))
	}
	if d.language != "" {
		name += " · " + languageName(d.language, d.it.Lang)
	}
	b.DocTitle = docTitle("", name, b.SiteName.Title)
	b.Canonical = d.v.Absolute(d.href(d.choice))
	b.openGraph("website")
	editions := slices.Clone(d.it.Editions)
	for i, e := range editions {
		c := d.choice
		if c.region.ID != "" {
			terms, err := d.v.Terms([]string{c.region.ID}, e.Lang.Tag)
			if err != nil {
				return err
			}
			if len(terms) > 0 {
				c.region = terms[0]
			}
		}
		editions[i].Href += c.query(e.Lang.Tag)
	}
	b.Langs, b.Alternates = nil, nil
	b.languages(d.v, d.it, editions)
	return nil
}

// json is the address of what is listed for other sites.
func (d *directory) json(base string) string {
	q := url.Values{"lang": {d.it.Lang}, "region": {d.region.ID}, "status": {d.status}, "language": {d.language}}
	return base + "/api/v1/network" + keep(q, []string{"lang", "region", "status", "language"})
}
