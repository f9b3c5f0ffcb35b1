package relation

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// wallEdgeRows is how many edges a page of the list has.
const wallEdgeRows = 100

type wallEdgesView struct {
	Title, Lead string
	Rows        []wallEdgeRow
	Next, Prev  string
	Back        string
}

// wallEdgeRow is an edge with the ways to its cases as they are now.
type wallEdgeRow struct {
	Name, Href, Cases, Note, InTime, Open string
	Now, Late                             string // lists; "" where other units of the network stand below one of the two, and a list would have more
}

func (s *Service) showWallEdges(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	f := WallFilter{Level: q.Get("level"), Of: q.Get("of"), Group: q.Get("groups"), A: q.Get("a"), B: q.Get("b")}
	if f.Level == "" {
		f.Level = org.Department
	}
	x, list, err := s.WallEdges(ctx, f)
	if fault.KindOf(err) == fault.Invalid { // pages are forgiving: addresses come from bookmarks
		f = WallFilter{Level: org.Department}
		x, list, err = s.WallEdges(ctx, f)
	}
	if err != nil {
		return err
	}
	v := wallEdgesView{Title: wallEdgesTitle(ctx, x, f, len(list)), Lead: lang.T(ctx, "relation.walls.edges-lead", "at", lang.At(ctx, x.At), "from", dayText(x.Period.From), "to", dayText(x.Period.To)),
		Back: "/relations/walls"}
	if f.Level != org.Department {
		v.Back += "?" + url.Values{"level": {f.Level}}.Encode()
	}
	from := pageNumber(q.Get("rows")) * wallEdgeRows
	if from >= len(list) {
		from = 0
	}
	page := func(n int) string {
		values := f.values()
		values.Set("rows", strconv.Itoa(n))
		return "/relations/walls/edges?" + values.Encode()
	}
	if from > 0 {
		v.Prev = page(from/wallEdgeRows - 1)
	}
	if from+wallEdgeRows < len(list) {
		v.Next = page(from/wallEdgeRows + 1)
	}
	zone := s.org.Company(ctx).Location()
	for _, p := range list[from:min(from+wallEdgeRows, len(list))] {
		v.Rows = append(v.Rows, x.edgeRow(ctx, p, zone))
	}
	return web.Show(w, r, http.StatusOK, wallEdgesPage(v), wallEdgesContent(v))
}

// wallEdgesTitle says what is counted: "18 段有来有往的关系".
func wallEdgesTitle(ctx context.Context, x *Walls, f WallFilter, n int) string {
	if f.A != "" {
		name := map[string]string{}
		for _, u := range x.Units {
			name[u.Code] = u.Name.In(ctx)
		}
		return lang.T(ctx, "relation.walls.edges-between", "a", name[f.A], "b", name[f.B])
	}
	word := f.Of
	if word == "" {
		word = "all"
	}
	return lang.T(ctx, "relation.walls.edges-"+word, "count", n, "groups", lang.T(ctx, "relation.walls.by."+besidesNone(f.Group)))
}

// besidesNone is a level of groups that has a name.
func besidesNone(level string) string {
	if level == "" {
		return org.Site
	}
	return level
}

func (x *Walls) edgeRow(ctx context.Context, p WallPair, zone *time.Location) wallEdgeRow {
	provider, customer := x.Units[p.Provider], x.Units[p.Customer]
	r := wallEdgeRow{Name: x.name(ctx, p.Provider, p.Customer), Href: x.href(p.Provider, p.Customer), Cases: lang.Number(ctx, p.cases()), InTime: ratio(p.InTime), Open: lang.Number(ctx, p.Open)}
	if p.InTime.N == 0 {
		r.InTime = "–"
	}
	if p.Back != nil {
		r.Name = provider.Name.In(ctx) + " ⇌ " + customer.Name.In(ctx)
		r.Note = lang.T(ctx, "relation.walls.both-ways", "there", lang.Number(ctx, p.Opened), "back", lang.Number(ctx, p.Back.Opened))
	}
	if x.exact(p.Provider, p.Customer) {
		r.Now = openHref(provider.Code, customer.Code)
		r.Late = casesHref(provider.Code, customer.Code, "breached", x.Period, zone)
	}
	return r
}

// exact says that the list of requests of two units, with what is below them, has no other edge of the network in it.
func (x *Walls) exact(p, c int) bool { return !x.above[p] && !x.above[c] }

// wallEdgesCrumbs lead back to the walls.
func wallEdgesCrumbs(ctx context.Context, v wallEdgesView) []ui.Crumb {
	return []ui.Crumb{{Label: lang.T(ctx, "relation.matrix"), Href: "/relations"}, {Label: lang.T(ctx, "relation.walls.title"), Href: v.Back}, {Label: lang.T(ctx, "relation.walls.edges")}}
}
