package admin

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms/media"
	"meridian/models"
)

// replace puts another file in the place of one. Its address stays.
func (h *handler) replace(c *gin.Context) error {
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	d, err := h.media.Asset(ctx, u, id)
	if err != nil {
		return err
	}
	parts, err := h.parts(c)
	if err != nil {
		return err
	}
	form := url.Values{}
	in := assetInput{part: "replace", form: form, say: h.words(c).T("upload.nothing_text"), err: models.ErrInvalid}
	for range filesMost {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return h.afterAsset(c, d, in, Flash{}, "")
		}
		if err != nil {
			return bodyError(err)
		}
		if part.FormName() != "file" {
			if err := readField(form, part); err != nil {
				return err
			}
			continue
		}
		if part.FileName() == "" {
			continue
		}
		v, err := strconv.Atoi(form.Get("version"))
		if err != nil {
			return errBadRequest
		}
		_, err = h.media.Replace(ctx, u, media.Replace{ID: id, Version: v, Name: part.FileName(), Body: part, SamePeople: form.Get("same") != ""})
		say, _, refused := h.refusal(c, h.words(c), err)
		var cut *http.MaxBytesError
		switch {
		case refused:
			in.say, in.err = say, models.ErrInvalid
		case errors.As(err, &cut):
			return errTooLarge
		case lineLost(err):
			return errBadRequest
		case errors.Is(err, models.ErrStale):
			in.say, in.err = h.words(c).T("replace.stale"), err
		default:
			in.err = err
		}
		return h.afterAsset(c, d, in, Flash{Code: "media_replaced"}, "#versions")
	}
	return errBadRequest
}

// assetVersion makes an older version the one that is given out again.
func (h *handler) assetVersion(c *gin.Context) error {
	form, v, err := version(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	d, err := h.media.Asset(ctx, u, id)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(form.Get("use"))
	if err != nil {
		return errBadRequest
	}
	err = h.media.UseVersion(ctx, u, media.UseVersion{ID: id, Version: v, Number: number, SamePeople: form.Get("same") != ""})
	return h.afterAsset(c, d, assetInput{part: "use", err: err}, Flash{Code: "media_version_used", Args: map[string]string{"N": strconv.Itoa(number)}}, "#versions")
}

// assetTrashPage is the data of "asset_trash": the last look before a file goes,
// into the trash or for good.
type assetTrashPage struct {
	mediaBase
	Form         *Form
	Action, Back string
	Do           string
	Version      int
	Note         string
	Final        string // what cannot be undone
	Effects      []string
	Uses         []UsedView
	Hidden       string
	Typed        *Field
}

func (h *handler) assetTrashForm(c *gin.Context) error {
	return h.showAssetTrash(c, http.StatusOK, false, "", nil)
}

func (h *handler) assetPurgeForm(c *gin.Context) error {
	return h.showAssetTrash(c, http.StatusOK, true, "", nil)
}

// showAssetTrash asks before a file goes. err is why it did not, nil before
// anybody tried.
func (h *handler) showAssetTrash(c *gin.Context, status int, purge bool, typed string, problem error) error {
	d, err := h.media.Asset(c.Request.Context(), user(c), c.Param("asset"))
	if err != nil {
		return err
	}
	if (d.Asset.TrashedAt != nil) != purge {
		return models.ErrNotFound
	}
	if !d.Can.Write || (purge || d.Public) && !d.Can.Publish {
		return models.ErrForbidden
	}
	p := &assetTrashPage{mediaBase: h.mediaBase(c, mediaPath), Version: d.Asset.Version, Action: assetURL(d.Asset.ID, "trash"), Back: assetURL(d.Asset.ID)}
	name := p.asset(d.Item).Title
	p.Title, p.Do = p.T("trash.title", "Title", name), p.T("trash.do")
	p.Crumbs = []Crumb{{Label: p.T("media.title"), URL: mediaPath}, {Label: name, URL: p.Back}, {Label: p.T("trash.crumb")}}
	p.Form = newForm(p.Words, "purge", problem)
	if errors.Is(problem, models.ErrStale) {
		p.Note = p.T("trash.stale")
	}
	p.Uses, p.Hidden = p.usesView(d.Uses), p.hiddenUses(d.Hidden)
	if purge {
		p.Action, p.Back = assetURL(d.Asset.ID, "delete"), mediaTrashPath
		p.Title, p.Do, p.Final = p.T("purge.title", "Title", name), p.T("purge.do"), p.T("media.purge_lead")
		p.Crumbs = []Crumb{{Label: p.T("media.title"), URL: mediaPath}, {Label: p.T("media.tab_trash"), URL: mediaTrashPath}, {Label: p.T("purge.crumb")}}
	} else {
		seen := p.T("media.trash_unseen")
		if d.Public {
			seen = p.T("media.trash_seen", "Count", liveUses(d.Uses, d.Hidden))
		}
		p.Effects = []string{seen, p.T("trash.days")}
	}
	if purge || d.Public {
		f := p.Form.Field(Field{Name: "title", Label: p.T("purge.name", "Title", name), Value: typed, Required: true, Autocomplete: "off"})
		p.Typed = &f
	}
	p.Form.Rest()
	return h.render(c, status, "asset_trash", p)
}

// assetTrash throws a file away. Where pages of readers use it, its title has to
// be typed.
func (h *handler) assetTrash(c *gin.Context) error {
	form, v, err := version(c)
	if err != nil {
		return err
	}
	a, err := h.media.Trash(c.Request.Context(), user(c), media.Trash{ID: c.Param("asset"), Version: v, Typed: form.Get("title")})
	var used *media.InUseError
	switch {
	case errors.As(err, &used):
		return h.showAssetTrash(c, http.StatusUnprocessableEntity, false, form.Get("title"), models.Invalid("title", "title_differs"))
	case errors.Is(err, models.ErrStale):
		return h.showAssetTrash(c, http.StatusConflict, false, form.Get("title"), err)
	case err != nil:
		return err
	}
	return h.done(c, mediaPath, Flash{
		Code: "trashed", Args: map[string]string{"Title": a.Title},
		Actions: []FlashAction{{Code: "undo_trash", URL: assetURL(a.ID, "restore"), Post: true, Fields: map[string]string{"version": strconv.Itoa(a.Version)}}},
	})
}

// assetRestore brings a file back from the trash.
func (h *handler) assetRestore(c *gin.Context) error {
	_, v, err := version(c)
	if err != nil {
		return err
	}
	a, err := h.media.Restore(c.Request.Context(), user(c), c.Param("asset"), v)
	if errors.Is(err, models.ErrStale) {
		return h.showAssetTrashList(c, http.StatusConflict, h.words(c).T("trash.stale"))
	}
	if err != nil {
		return err
	}
	return h.done(c, assetURL(a.ID), Flash{Code: "restored", Args: map[string]string{"Title": a.Title}})
}

// assetPurge deletes a file in the trash for good, once its title was typed.
func (h *handler) assetPurge(c *gin.Context) error {
	form, v, err := version(c)
	if err != nil {
		return err
	}
	ctx, u, id := c.Request.Context(), user(c), c.Param("asset")
	d, err := h.media.Asset(ctx, u, id)
	if err != nil {
		return err
	}
	title := h.words(c).asset(d.Item).Title
	if typed := strings.Join(strings.Fields(form.Get("title")), " "); !strings.EqualFold(typed, strings.Join(strings.Fields(title), " ")) {
		return h.showAssetTrash(c, http.StatusUnprocessableEntity, true, form.Get("title"), models.Invalid("title", "title_differs"))
	}
	err = h.media.Purge(ctx, u, id, v)
	if errors.Is(err, models.ErrStale) {
		return h.showAssetTrash(c, http.StatusConflict, true, form.Get("title"), err)
	}
	if err != nil {
		return err
	}
	return h.done(c, mediaTrashPath, Flash{Code: "purged", Args: map[string]string{"Title": title}})
}

// assetTrashListPage is the data of "asset_trash_list".
type assetTrashListPage struct {
	mediaBase
	Cards       []AssetView
	Note        string
	First, Next string
}

// assetTrashList shows the files that were thrown away.
func (h *handler) assetTrashList(c *gin.Context) error {
	return h.showAssetTrashList(c, http.StatusOK, "")
}

func (h *handler) showAssetTrashList(c *gin.Context, status int, note string) error {
	q := c.Request.URL.Query()
	list, err := h.list(c, media.Query{Trash: true, After: q.Get("after")})
	if err != nil {
		return err
	}
	p := &assetTrashListPage{mediaBase: h.mediaBase(c, mediaTrashPath), Note: note}
	p.Title = p.T("media.trash_title")
	for _, it := range list.Items {
		v := p.asset(it)
		if it.Asset.TrashedAt != nil {
			v.When = h.moment(p.Words, *it.Asset.TrashedAt, list.Site.TimeZone)
		}
		p.Cards = append(p.Cards, v)
	}
	if q.Get("after") != "" {
		p.First = mediaTrashPath
	}
	if list.Next != "" {
		p.Next = assetsURL(mediaTrashPath, url.Values{}, "after", list.Next)
	}
	return h.render(c, status, "asset_trash_list", p)
}

// bulkMost is how many files one act may be about: all that a page shows.
const bulkMost = 200

// assetsAct does something to the files that were chosen in the list. Each is
// asked for by itself, and what goes wrong with one does not stop the others.
func (h *handler) assetsAct(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	ctx, u := c.Request.Context(), user(c)
	ids, back := slices.Compact(slices.Sorted(slices.Values(form["asset"]))), form.Get("back")
	if !localPath(back) || back != mediaPath && !strings.HasPrefix(back, mediaPath+"?") {
		back = mediaPath
	}
	if len(ids) == 0 {
		return h.done(c, back, Flash{Code: "media_none_chosen", Tone: "warn"})
	}
	if len(ids) > bulkMost {
		return errBadRequest
	}
	code := ""
	var one func(id string) error
	switch form.Get("do") {
	case "collect":
		if err := h.media.PutInCollection(ctx, u, form.Get("into"), ids); err != nil {
			return err
		}
		return h.done(c, back, Flash{Code: "media_collected", Args: map[string]string{"N": strconv.Itoa(len(ids))}})
	case "uncollect":
		if err := h.media.TakeOutOfCollection(ctx, u, form.Get("from"), ids); err != nil {
			return err
		}
		return h.done(c, back, Flash{Code: "media_uncollected", Args: map[string]string{"N": strconv.Itoa(len(ids))}})
	case "describe":
		return h.see(c, descriptionsPath+"?"+url.Values{"asset": ids, "which": {"all"}}.Encode())
	case "people":
		people := models.People(form.Get("answer"))
		if people == "" {
			return h.done(c, back, Flash{Code: "media_no_answer", Tone: "warn"})
		}
		code, one = "media_people_set", func(id string) error { return h.setPeople(c, id, people) }
	case "trash":
		code, one = "media_trashed", func(id string) error {
			d, err := h.media.Asset(ctx, u, id)
			if err == nil {
				_, err = h.media.Trash(ctx, u, media.Trash{ID: id, Version: d.Asset.Version})
			}
			return err
		}
	default:
		return errBadRequest
	}
	done, used := 0, 0
	for _, id := range ids {
		err := one(id)
		var inUse *media.InUseError
		switch {
		case err == nil:
			done++
		case errors.As(err, &inUse):
			used++
		case status(err) >= http.StatusInternalServerError:
			return err
		}
	}
	args := map[string]string{"N": strconv.Itoa(done), "Used": strconv.Itoa(used), "Not": strconv.Itoa(len(ids) - done - used)}
	f := Flash{Code: code, Args: args}
	if done < len(ids) {
		f.Code, f.Tone = code+"_some", "warn"
		if used > 0 {
			f.Code = code + "_used"
		}
	}
	return h.done(c, back, f)
}

// setPeople answers for one file who is shown, and leaves the rest as it is.
func (h *handler) setPeople(c *gin.Context, id string, people models.People) error {
	d, err := h.media.Asset(c.Request.Context(), user(c), id)
	if err != nil {
		return err
	}
	a := d.Asset
	if !a.Kind.Shows() {
		return models.ErrInvalid
	}
	_, err = h.media.Edit(c.Request.Context(), user(c), media.Edit{
		ID: id, Version: a.Version, Title: a.Title, Credit: a.Credit, Licence: a.Licence, Taken: a.Taken, Place: a.Place, Lang: a.Lang,
		FocusX: a.FocusX, FocusY: a.FocusY, People: people, Shared: a.Shared,
	})
	return err
}
