package place

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// labelView is a sheet of labels to print.
type labelView struct {
	Labels   []label
	Layout   string
	Layouts  []ui.SegmentProps
	Company  string
	Warn     *ui.NoteProps
	Back     string
	NextHref string
	Empty    bool
}

// label says a name in the reader's language, and in the other one where the place has it.
type label struct{ Name, Also, Way, Code, URL, Short string }

// layouts are how labels are laid out on paper, and how many of them are printed at once.
var layouts = map[string]int{"3x7": 168, "2x4": 64, "a6": 20, "a5": 20}

// showLabels is labels to print: of the places chosen (code), or of all in use that the filter of the list chooses.
func (s *Service) showLabels(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	layout := q.Get("layout")
	if _, ok := layouts[layout]; !ok {
		if layout = "3x7"; len(q["code"]) == 1 {
			layout = "a6"
		}
	}
	list, next, err := s.labelled(ctx, q, layouts[layout])
	if err != nil {
		return err
	}
	v := labelView{Layout: layout, Company: s.org.Company(ctx).Name.In(ctx), Warn: s.org.AddressNote(r), Back: "/places", Empty: len(list) == 0}
	if len(q["code"]) == 1 {
		v.Back = link(q.Get("code"))
	}
	q.Del("cursor")
	for _, name := range []string{"3x7", "2x4", "a6", "a5"} {
		q.Set("layout", name)
		v.Layouts = append(v.Layouts, ui.SegmentProps{Text: lang.T(ctx, "place.layout."+name), Href: "/places/labels?" + q.Encode(), On: name == layout})
	}
	if next != "" {
		q.Set("layout", layout)
		q.Set("cursor", next)
		v.NextHref = "/places/labels?" + q.Encode()
	}
	var codes []string
	for _, p := range list {
		codes = append(codes, above(p.Path)...)
	}
	names, err := s.names(ctx, codes)
	if err != nil {
		return err
	}
	base := s.org.AddressFor(r)
	_, short, _ := strings.Cut(base, "://")
	for _, p := range list {
		v.Labels = append(v.Labels, label{Name: p.Name.In(ctx), Also: also(p.Name.In(ctx), p.Name), Way: wayOf(ctx, p, names), Code: p.Code, URL: base + scan(p.Code), Short: short + scan(p.Code)})
	}
	return web.Show(w, r, http.StatusOK, labelPage(v), nil)
}

// labelled lists the places in use whose labels are printed.
func (s *Service) labelled(ctx context.Context, q url.Values, most int) ([]Place, string, error) {
	codes := q["code"]
	if len(codes) == 0 {
		page, err := s.List(ctx, Filter{Q: q.Get("q"), Kind: q.Get("kind"), Unit: q.Get("unit"), Under: q.Get("under"), Cursor: q.Get("cursor"), Limit: most})
		return page.Items, page.NextCursor, err
	}
	var list []Place
	for _, code := range codes[:min(len(codes), most)] {
		p, err := s.InUse(ctx, code)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		list = append(list, p)
	}
	return list, "", nil
}
