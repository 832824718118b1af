package admin

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"meridian/cms/media"
	"meridian/models"
)

// CropView is a picture in one of the shapes it is shown in. Box is the part
// that is kept, W and H the shape.
type CropView struct {
	Label, Box, Image   string
	W, H, Width, Height int
}

// SpotView is one of the nine places a focal point can be set to.
type SpotView struct{ ID, Value, Label string }

// percent is a focal point's thousandths as people set them.
func percent(thousandths int) int { return (thousandths + 5) / 10 }

// picture fills what shows the picture and its crops.
func (p *assetPage) picture(d media.Detail, typed url.Values) {
	a, v := d.Asset, d.Version
	if a.Kind != models.AssetImage || !d.Can.Open || a.ErasedAt != nil {
		return
	}
	p.Picture, p.Width, p.Height = previewURL(a.ID, 960), v.Width, v.Height
	p.Alt = p.Title
	for _, lang := range append([]string{p.Lang}, d.Site.Languages...) {
		if s := d.Descriptions[lang]; s != "" {
			p.Alt = s
			if lang != p.Lang {
				p.AltLang = lang
			}
			break
		}
	}
	x, y := percent(a.FocusX), percent(a.FocusY)
	if typed != nil {
		x, y = intOr(typed.Get("focus_x"), x), intOr(typed.Get("focus_y"), y)
	}
	if v.Width == 0 || v.Height == 0 {
		return
	}
	for _, r := range models.Ratios {
		rw, rh, _ := strings.Cut(string(r), "x")
		crop := CropView{Label: rw + ":" + rh, W: intOr(rw, 1), H: intOr(rh, 1), Image: p.Picture, Width: v.Width, Height: v.Height}
		crop.Box = cropBox(v.Width, v.Height, crop.W, crop.H, x, y)
		p.Crops = append(p.Crops, crop)
	}
	if p.CanFocus = p.CanChange; !p.CanFocus {
		return
	}
	for i, name := range []string{"top_left", "top", "top_right", "left", "centre", "right", "bottom_left", "bottom", "bottom_right"} {
		p.Spots = append(p.Spots, SpotView{strconv.Itoa(i), fmt.Sprintf("%d %d", 15+35*(i%3), 15+35*(i/3)), p.T("focus.spot_" + name)})
	}
	point := func(name string, n int) Field {
		return p.Form.Field(Field{Name: name, Kind: "number", Value: strconv.Itoa(n), Narrow: true, Dir: "ltr", LabelCode: "focus." + name})
	}
	p.Form.rename("focus", "focus_x")
	p.FocusX, p.FocusY = point("focus_x", x), point("focus_y", y)
}

// cropBox is the part of a picture that is kept in a shape of w to h, as near
// around a point (in percent) as the edges allow: the viewBox that shows it.
func cropBox(width, height, w, h, x, y int) string {
	cw, ch := width, width*h/w
	if ch > height {
		cw, ch = height*w/h, height
	}
	place := func(at, all, part int) int { return min(max(at*all/100-part/2, 0), all-part) }
	return fmt.Sprintf("%d %d %d %d", place(x, width, cw), place(y, height, ch), cw, ch)
}

// focusOf reads the focal point of a form: one of the nine places, or two
// numbers in percent. Numbers that say what is stored change nothing.
func focusOf(form url.Values, a models.Asset) (x, y int, err error) {
	x, y = a.FocusX, a.FocusY
	if form.Get("spot") != "" {
		px, py, _ := strings.Cut(form.Get("spot"), " ")
		form.Set("focus_x", px)
		form.Set("focus_y", py)
	}
	for _, at := range []struct {
		name   string
		stored *int
	}{{"focus_x", &x}, {"focus_y", &y}} {
		s := strings.TrimSpace(form.Get(at.name))
		n, e := strconv.Atoi(s)
		switch {
		case s == "" || e == nil && n == percent(*at.stored):
		case e != nil || n < 0 || n > 100:
			return 0, 0, models.Invalid(at.name, "not_a_percent")
		default:
			*at.stored = 10 * n
		}
	}
	return x, y, nil
}
