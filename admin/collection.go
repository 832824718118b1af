package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"meridian/cms"
	"meridian/cms/media"
	"meridian/models"
)

// collectionsPage is the data of "collections".
type collectionsPage struct {
	mediaBase
	Form          *Form
	Rows          []CollectionView
	CanAdd        bool
	Name, Section Field
}

// CollectionView is a collection in the list.
type CollectionView struct {
	Name, Files, Section string
	URL, FilesURL        string
	CanChange            bool
}

// collections lists the collections, with the form of a new one.
func (h *handler) collections(c *gin.Context) error {
	return h.showCollections(c, http.StatusOK, url.Values{}, nil)
}

func (h *handler) showCollections(c *gin.Context, status int, typed url.Values, invalid error) error {
	ctx, u := c.Request.Context(), user(c)
	list, err := h.media.Collections(ctx, u)
	if err != nil {
		return err
	}
	sections, err := h.cms.Writable(ctx, u)
	if err != nil {
		return err
	}
	p := &collectionsPage{mediaBase: h.mediaBase(c, collectionsPath), CanAdd: len(sections) > 0}
	p.Title = p.T("collection.title")
	titles := map[string]string{}
	for _, s := range sections {
		titles[s.ID] = s.Title
	}
	for _, col := range list {
		p.Rows = append(p.Rows, CollectionView{
			Name: col.Name, Files: p.T("collection.files", "Count", col.Files), Section: titles[col.SectionID],
			URL: collectionURL(col.ID), FilesURL: collectionFiles(col.ID), CanChange: col.CanWrite,
		})
	}
	p.Form = newForm(p.Words, "collection", invalid)
	p.Name = p.Form.Field(Field{Name: "name", Value: typed.Get("name"), Required: true, Autocomplete: "off"})
	section := typed.Get("section")
	if !slices.ContainsFunc(sections, func(s cms.SectionOption) bool { return s.ID == section }) && p.CanAdd {
		section = sections[0].ID
	}
	p.Section = p.Form.Field(Field{Name: "section", Kind: "select", Value: section, LabelCode: "media.filter_section", Options: sectionOptions(sections)})
	p.Form.Rest()
	return h.render(c, status, "collections", p)
}

func collectionURL(id string) string { return collectionsPath + "/" + url.PathEscape(id) }

// collectionFiles is where the files of a collection are seen.
func collectionFiles(id string) string {
	return assetsURL(mediaPath, url.Values{"collection": {id}})
}

// collectionCreate makes a collection.
func (h *handler) collectionCreate(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	col, err := h.media.CreateCollection(c.Request.Context(), user(c), form.Get("section"), form.Get("name"))
	if errors.Is(err, models.ErrInvalid) {
		return h.showCollections(c, http.StatusUnprocessableEntity, form, err)
	}
	if err != nil {
		return err
	}
	return h.done(c, collectionsPath, Flash{Code: "collection_added", Args: map[string]string{"Name": col.Name}})
}

// collectionPage is the data of "collection".
type collectionPage struct {
	mediaBase
	Form          *Form
	URL, FilesURL string
	Files         string
	Version       int
	Note          string
	Name          Field
}

// collection shows the form of a collection.
func (h *handler) collection(c *gin.Context) error {
	return h.showCollection(c, http.StatusOK, nil, nil)
}

// collectionOf returns the collection of a request.
func (h *handler) collectionOf(c *gin.Context) (media.CollectionInfo, error) {
	list, err := h.media.Collections(c.Request.Context(), user(c))
	if err != nil {
		return media.CollectionInfo{}, err
	}
	i := slices.IndexFunc(list, func(x media.CollectionInfo) bool { return x.ID == c.Param("collection") })
	if i < 0 {
		return media.CollectionInfo{}, models.ErrNotFound
	}
	return list[i], nil
}

func (h *handler) showCollection(c *gin.Context, status int, typed url.Values, problem error) error {
	col, err := h.collectionOf(c)
	if err != nil {
		return err
	}
	if !col.CanWrite {
		return models.ErrForbidden
	}
	p := &collectionPage{mediaBase: h.mediaBase(c, collectionsPath), URL: collectionURL(col.ID), FilesURL: collectionFiles(col.ID), Version: col.Version}
	p.Title, p.Files = col.Name, p.T("collection.files", "Count", col.Files)
	p.Crumbs = []Crumb{{Label: p.T("collection.title"), URL: collectionsPath}, {Label: col.Name}}
	name := col.Name
	if typed != nil {
		name = typed.Get("name")
	}
	if errors.Is(problem, models.ErrStale) {
		p.Note = p.T("trash.stale")
	}
	p.Form = newForm(p.Words, "collection", problem)
	p.Name = p.Form.Field(Field{Name: "name", Value: name, Required: true, Autocomplete: "off"})
	p.Form.Rest()
	return h.render(c, status, "collection", p)
}

// collectionUpdate renames a collection or deletes it. Its files stay.
func (h *handler) collectionUpdate(c *gin.Context) error {
	form, v, err := version(c)
	if err != nil {
		return err
	}
	col, err := h.collectionOf(c)
	if err != nil {
		return err
	}
	ctx, u := c.Request.Context(), user(c)
	f := Flash{Code: "collection_saved", Args: map[string]string{"Name": form.Get("name")}}
	if form.Get("do") == "delete" {
		err = h.media.DeleteCollection(ctx, u, col.ID, v)
		f = Flash{Code: "collection_deleted", Args: map[string]string{"Name": col.Name}}
	} else {
		err = h.media.RenameCollection(ctx, u, col.ID, v, form.Get("name"))
	}
	switch {
	case errors.Is(err, models.ErrStale), errors.Is(err, models.ErrInvalid):
		return h.showCollection(c, status(err), form, err)
	case err != nil:
		return err
	}
	return h.done(c, collectionsPath, f)
}
