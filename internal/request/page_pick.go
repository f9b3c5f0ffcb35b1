package request

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"neike/internal/catalog"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// pickView is the page where a request begins: which service.
type pickView struct {
	Query  string
	Drafts []offer  // what the reader began and has not sent
	Usual  []offer  // those that the reader asked for lately
	Units  []jump   // where the services of a unit stand
	Groups []offers // by unit, without a query
	Found  []offer  // with one, the nearest first
	From   string   // the unit that is asked, when the address names one: by its poster
}

type jump struct {
	Name, Href string
	Count      int
	On         bool
}

type offers struct {
	ID, Unit, Mission string
	List              []offer
}

type offer struct{ Name, Note, Href, Unit string }

const (
	offersShown = 150 // from more services than this on, one unit's are shown at a time
	offersFound = 60
	usualShown  = 6
)

// showPick lists what can be asked for: the reader's usual services, then all by unit, or those that fit the words typed.
func (s *Service) showPick(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query := []rune(strings.TrimSpace(r.URL.Query().Get("q")))
	v := pickView{Query: string(query[:min(len(query), 100)])}
	services, err := s.Catalog.List(ctx, catalog.Filter{Query: v.Query, Limit: 10_000})
	if err != nil {
		return err
	}
	services = slices.DeleteFunc(services, func(x *catalog.Service) bool { return x.AskAt() == "" })
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	provider := strings.TrimSpace(r.URL.Query().Get("provider"))
	if u, ok := tree.ByCode(provider); ok && v.Query == "" {
		v.From = u.Name.In(ctx)
		services = slices.DeleteFunc(services, func(x *catalog.Service) bool { return !tree.Under(x.Unit, u.ID) })
	}
	if v.Query != "" {
		sorting.Stable(services, func(a, b *catalog.Service) int { return distance(a, v.Query) - distance(b, v.Query) })
		for _, x := range services[:min(len(services), offersFound)] {
			v.Found = append(v.Found, offerOf(ctx, tree, x))
		}
		return web.Show(w, r, http.StatusOK, pickPage(v), pickContent(v))
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v.Units, v.Groups = offersByUnit(ctx, tree, snap, services, r.URL.Query().Get("unit"))
	if v.From == "" {
		if v.Drafts, err = s.begun(ctx, tree); err != nil {
			return err
		}
		v.Usual, err = s.usual(ctx, tree, snap)
	}
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, pickPage(v), pickContent(v))
}

// offersByUnit groups services in the order of the catalogue. Of very many it gives those of one unit, the chosen or the
// first, and the addresses of the others.
func offersByUnit(ctx context.Context, tree *org.Tree, snap *catalog.Snapshot, services []*catalog.Service, chosen string) (units []jump, groups []offers) {
	many := len(services) > offersShown
	at := map[int64]int{}
	for _, x := range services {
		i, known := at[x.Unit]
		if !known {
			i = len(groups)
			at[x.Unit] = i
			code := unitCode(tree, x.Unit)
			g := offers{ID: "of-" + code, Unit: tree.FullName(ctx, x.Unit), Mission: snap.Mission(x.Unit).In(ctx)}
			groups = append(groups, g)
			href := "#" + url.PathEscape(g.ID)
			if many {
				href = "/requests/new?unit=" + url.QueryEscape(code)
			}
			units = append(units, jump{Name: g.Unit, Href: href, On: many && code == chosen})
		}
		units[i].Count++
		groups[i].List = append(groups[i].List, offerOf(ctx, tree, x))
	}
	if !many {
		return units, groups
	}
	i := max(0, slices.IndexFunc(units, func(u jump) bool { return u.On }))
	units[i].On = true
	return units, groups[i : i+1]
}

func offerOf(ctx context.Context, tree *org.Tree, service *catalog.Service) offer {
	return offer{Name: service.Name.In(ctx), Note: service.Description.In(ctx), Href: service.AskAt(), Unit: tree.FullName(ctx, service.Unit)}
}

// distance orders what was found: by its name before anything else that is said of it.
func distance(x *catalog.Service, query string) int {
	q := strings.ToLower(query)
	zh, en := strings.ToLower(x.Name.Zh), strings.ToLower(x.Name.En)
	switch {
	case strings.HasPrefix(zh, q) || strings.HasPrefix(en, q):
		return 0
	case strings.Contains(zh, q) || strings.Contains(en, q):
		return 1
	}
	return 2
}

// usual are the services that the reader asked for lately, the most frequent first.
func (s *Service) usual(ctx context.Context, tree *org.Tree, snap *catalog.Snapshot) ([]offer, error) {
	var ids []int64
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		ids, err = lastServices(ctx, rd, me(ctx))
		return err
	})
	count := map[int64]int{}
	for _, id := range ids {
		count[id]++
	}
	order := unique(slices.Clone(ids))
	sorting.Stable(order, func(a, b int64) int { return cmp.Compare(count[b], count[a]) })
	var out []offer
	for _, id := range order {
		if service, ok := snap.ByID(id); ok && service.Askable() && s.Catalog.Sees(ctx, service) && len(out) < usualShown {
			out = append(out, offerOf(ctx, tree, service))
		}
	}
	return out, err
}
