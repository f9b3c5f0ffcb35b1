package todo

import (
	"cmp"
	"context"
	"net/http"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// The parts of the home page that consist of tiles, by what a person is.
const (
	OfCompany = "company" // executives: does the company work together
	OfLoop    = "loop"    // the quality office: how far the company is on the way from the map to getting better
	OfOffice  = "breaks"  // the quality office: where it breaks
	OfUnit    = "unit"    // heads: what their unit owes its relations
)

// Tile is a number of the home page, and the list of exactly what it counts.
type Tile struct {
	Code   string // "edges-worse"
	Label  string // in the reader's language
	N      int
	Hidden int    // of what the list leaves out because the reader may not see it
	Href   string // the list as a page
	API    string // the list by API
	Note   string // where in the loop it stands, or how it is counted
}

// Part is a group of tiles. For says whether the reader of ctx has it.
type Part struct {
	Code, Title, Note string // Title and Note: message ids
	Slot              Slot
	Order             int
	For               func(ctx context.Context) (bool, error)
}

type tileSource struct {
	part  string
	order int
	read  func(ctx context.Context) ([]Tile, error)
}

// AddPart adds a group of tiles to the home page. Call it while wiring.
func (s *Service) AddPart(p Part) {
	s.parts = append(s.parts, p)
	sorting.Stable(s.parts, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Order, b.Order)) })
	s.AddPanel(Panel{Slot: p.Slot, Order: p.Order, Render: func(ctx context.Context) (templ.Component, error) {
		tiles, has, err := s.tiles(ctx, p)
		if err != nil || !has || len(tiles) == 0 {
			return nil, err
		}
		var units []ui.SegmentProps
		if p.Code == OfUnit {
			if units, err = s.units(ctx); err != nil {
				return nil, err
			}
		}
		return partPanel(p, tiles, units), nil
	}})
}

// AddTiles adds numbers to a part, read only for those who have the part. Call it while wiring.
func (s *Service) AddTiles(part string, order int, read func(ctx context.Context) ([]Tile, error)) {
	s.sources = append(s.sources, tileSource{part, order, read})
	sorting.Stable(s.sources, func(a, b tileSource) int { return cmp.Compare(a.order, b.order) })
}

// tiles reads the numbers of a part; has says whether the reader has it.
func (s *Service) tiles(ctx context.Context, p Part) (out []Tile, has bool, err error) {
	if has, err = p.For(ctx); err != nil || !has {
		return nil, has, err
	}
	for _, x := range s.sources {
		if x.part != p.Code {
			continue
		}
		list, err := x.read(ctx)
		if err != nil {
			return nil, has, err
		}
		out = append(out, list...)
	}
	return out, has, nil
}

// stats draws tiles.
func stats(ctx context.Context, tiles []Tile) []ui.StatProps {
	out := make([]ui.StatProps, len(tiles))
	for i, t := range tiles {
		out[i] = ui.StatProps{Label: t.Label, Value: lang.Number(ctx, t.N), Href: t.Href, Note: t.Note}
		if t.Hidden > 0 {
			out[i].Detail = lang.T(ctx, "todo.tile-hidden", "count", t.Hidden)
		}
	}
	return out
}

type homeInput struct {
	Unit string `query:"unit" doc:"Code of a unit that I head: the part unit is about it; default: the first of units" example:"finance"`
}

type homeOutput struct {
	Body struct {
		Units   []homeUnitJSON `json:"units" nullable:"false" doc:"Departments and teams that I head, my own first"`
		Unit    *string        `json:"unit" doc:"Code of the one that the part unit is about; null: I head none"`
		Serving int            `json:"serving" doc:"What I owe to customers of mine, up to 999"`
		Served  int            `json:"served" doc:"What I owe as the customer, up to 999"`
		Late    int            `json:"late"`
		Parts   []homePartJSON `json:"parts" nullable:"false" doc:"By what one is: executives company, the quality office loop and breaks, heads unit"`
	}
}

type homeUnitJSON struct {
	Code string `json:"code" example:"finance"`
	Name string `json:"name"`
}

type homePartJSON struct {
	Code  string         `json:"code" enum:"company,loop,breaks,unit" example:"breaks"`
	Title string         `json:"title"`
	Tiles []homeTileJSON `json:"tiles" nullable:"false"`
}

type homeTileJSON struct {
	Code     string `json:"code" example:"edges-worse"`
	Label    string `json:"label"`
	Count    int    `json:"count" doc:"As many as the list has for the same reader"`
	NotShown int    `json:"not_shown" doc:"What may belong to it and is not shown to this reader"`
	URL      string `json:"url" doc:"The list as a page" example:"/relations?state=worse&view=list"`
	List     string `json:"list" doc:"The list by API" example:"/api/v1/relations?state=worse"`
}

func (s *Service) homeAPI(m *web.Mux) {
	web.Op(m, web.Operation{ID: "get-home", Method: http.MethodGet, Path: "/api/v1/home", Action: "todo.mine", Tag: "Todos", Scope: "read",
		Summary: "The numbers of my home page, each with the list of what it counts"}, s.getHome)
}

func (s *Service) getHome(ctx context.Context, in *homeInput) (*homeOutput, error) {
	ctx = asking(once.With(ctx), asked{unit: in.Unit})
	headed, err := s.HeadedUnits(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkUnit(in.Unit, headed); err != nil {
		return nil, err
	}
	counts, err := s.Count(ctx)
	if err != nil {
		return nil, err
	}
	out := &homeOutput{}
	b := &out.Body
	b.Serving, b.Served, b.Late, b.Parts, b.Units = counts.Serving, counts.Served, counts.Late, []homePartJSON{}, []homeUnitJSON{}
	for _, u := range headed {
		b.Units = append(b.Units, homeUnitJSON{u.Code, u.Name.In(ctx)})
	}
	if len(headed) > 0 {
		u, err := s.HomeUnit(ctx)
		if err != nil {
			return nil, err
		}
		b.Unit = &u.Code
	}
	for _, p := range s.parts {
		tiles, has, err := s.tiles(ctx, p)
		if err != nil {
			return nil, err
		}
		if !has {
			continue
		}
		j := homePartJSON{Code: p.Code, Title: lang.T(ctx, p.Title), Tiles: []homeTileJSON{}}
		for _, t := range tiles {
			j.Tiles = append(j.Tiles, homeTileJSON{t.Code, t.Label, t.N, t.Hidden, t.Href, t.API})
		}
		b.Parts = append(b.Parts, j)
	}
	return out, nil
}
