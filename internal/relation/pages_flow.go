package relation

import (
	"context"
	"net/http"
	"strconv"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

type flowView struct {
	Title, Lead string
	Filter      ui.FilterProps
	Tabs        []ui.TabProps
	Picture     ui.PictureProps
	Rows        []flowRow
	SVG, File   string
	XLSX, CSV   string
	Withheld    int
}

type flowRow struct {
	Name, Href, Note, Share string
	Size                    int64
}

func (s *Service) showFlow(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in graphAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	q := queryOf(r.URL.Query(), s.today(ctx))
	f, err := s.Flow(ctx, q.Period, q.Level)
	if err != nil {
		return err
	}
	q = query{Period: q.Period, Level: q.Level, Measure: Volume, View: "list", usual: q.usual}
	title := lang.T(ctx, "relation.flow.of", "period", periodName(ctx, f.Period), "count", f.Total)
	if in.Format == "svg" && f.Total > 0 {
		if err := xlsx.SendPicture(w, ui.FileTitle(title)); err != nil {
			return err
		}
		return s.flowPicture(ctx, f, q, title).WriteSVG(w)
	}
	today := s.today(ctx)
	in = graphAsking{Level: in.Level, Period: in.Period}
	v := flowView{Title: title, Tabs: pictureTabs(ctx, in, "flow"), Withheld: f.Withheld, Filter: filters(ctx, q, today, false)}
	v.Filter.Action, v.Filter.Hidden, v.Filter.Target = "/relations/flow", map[string]string{}, "graph"
	if f.Total > 0 {
		v.Lead = lang.T(ctx, "relation.flow.lead", "level", lang.T(ctx, "relation.level."+f.Level))
		v.Picture, v.SVG, v.File = s.flowPicture(ctx, f, q, title), in.as("svg").href("/relations/flow"), ui.FileTitle(title)+".png"
		v.XLSX, v.CSV = q.exportHref("xlsx"), q.exportHref("csv")
		for _, b := range f.Bands {
			row := flowRow{Name: f.bandName(ctx, b), Href: f.bandHref(b, q), Size: b.Size, Share: lang.Percent(ctx, float64(b.Size)/float64(f.Total), 1)}
			if b.Edges > 1 {
				row.Note = lang.T(ctx, "relation.flow.edges", "count", b.Edges)
			}
			v.Rows = append(v.Rows, row)
		}
	}
	return web.Show(w, r, http.StatusOK, flowPage(v), flowContent(v))
}

// name is a unit, or how many others there are.
func (e FlowEnd) name(ctx context.Context) string {
	if e.Others > 0 {
		return lang.T(ctx, "relation.flow.others", "count", e.Others)
	}
	return e.Unit.Name.In(ctx)
}

func (f Flow) bandName(ctx context.Context, b FlowBand) string {
	return f.Left[b.From].name(ctx) + " → " + f.Right[b.To].name(ctx)
}

// bandHref is the page of the one edge of a band, or the list of several.
func (f Flow) bandHref(b FlowBand, q query) string {
	from, to := f.Left[b.From].Unit, f.Right[b.To].Unit
	if from.ID != 0 && to.ID != 0 {
		return edgeHref(from.Code, to.Code, f.Period)
	}
	q.Provider, q.Customer = from.Code, to.Code
	return q.href()
}

// Sizes of a drawing of flows, px.
const (
	flowWidth  = 900.0
	flowSide   = 200.0 // room for the names on either side
	flowBar    = 14.0
	flowHeight = 420.0
	flowGap    = 10.0
	flowTop    = 24.0
)

func (s *Service) flowPicture(ctx context.Context, f Flow, q query, title string) ui.PictureProps {
	l := f.laid(flowHeight, flowGap)
	p := ui.PictureProps{Title: title, Label: title, Width: flowWidth, Height: l.Height + flowTop + 8,
		Note: lang.T(ctx, "relation.graph.note", "period", periodName(ctx, f.Period), "level", lang.T(ctx, "relation.level."+f.Level), "day", lang.Date(ctx, s.db.Now()))}
	if f.Withheld > 0 {
		p.Note += lang.T(ctx, "ui.comma") + lang.T(ctx, "relation.flow.withheld", "count", f.Withheld)
	}
	x1, x2 := flowSide+flowBar, flowWidth-flowSide-flowBar
	for _, b := range l.Bands {
		band := f.Bands[b.Flow]
		class := "is-flow"
		if f.Left[band.From].Others > 0 || f.Right[band.To].Others > 0 {
			class = "is-rest"
		}
		p.Ties = append(p.Ties, ui.PictureTie{Path: ui.Curve(x1, flowTop+b.Left+b.Height/2, x2, flowTop+b.Right+b.Height/2), Width: max(b.Height, 0.75), Class: class, Href: f.bandHref(band, q),
			Title: f.bandName(ctx, band) + lang.T(ctx, "ui.colon") + lang.Number(ctx, band.Size)})
	}
	side := func(ends []FlowEnd, top []float64, height []float64, x, word float64, anchor string) {
		for i, e := range ends {
			class := "is-bar"
			if e.Others > 0 {
				class = "is-more"
			}
			p.Boxes = append(p.Boxes, ui.PictureBox{X: x, Y: flowTop + top[i], W: flowBar, H: height[i], Class: class})
			p.Words = append(p.Words, ui.PictureWord{X: word, Y: flowTop + top[i] + height[i]/2 + 4.5, Anchor: anchor, Text: e.name(ctx) + " " + lang.Number(ctx, e.Size)})
		}
	}
	var lt, lh, rt, rh []float64
	for _, b := range l.Left {
		lt, lh = append(lt, b.Top), append(lh, b.Height)
	}
	for _, b := range l.Right {
		rt, rh = append(rt, b.Top), append(rh, b.Height)
	}
	side(f.Left, lt, lh, flowSide, flowSide-8, "end")
	side(f.Right, rt, rh, x2, x2+flowBar+8, "start")
	p.Words = append(p.Words, ui.PictureWord{X: flowSide + flowBar, Y: 12, Anchor: "end", Class: "is-head", Text: lang.T(ctx, "relation.flow.left")},
		ui.PictureWord{X: x2, Y: 12, Class: "is-head", Text: lang.T(ctx, "relation.flow.right")})
	return p
}

// flowJSON is a flow on the wire.
type flowJSON struct {
	Level    string         `json:"level" example:"department"`
	Total    int64          `json:"total" doc:"Requests opened between two different units in the period, as far as the caller may know"`
	Bands    []flowBandJSON `json:"bands" nullable:"false" doc:"They add up to the total"`
	Withheld int            `json:"withheld" doc:"Relations whose numbers are not shown to the caller"`
}

type flowBandJSON struct {
	Provider  *string `json:"provider" doc:"Code of the unit that served; null: all but the ten largest"`
	Customer  *string `json:"customer" doc:"Code of the unit that asked; null: all but the ten largest"`
	Requests  int64   `json:"requests"`
	Relations int     `json:"relations" doc:"Over so many of them"`
}

func (f Flow) wire() flowJSON {
	out := flowJSON{Level: f.Level, Total: f.Total, Bands: []flowBandJSON{}, Withheld: f.Withheld}
	code := func(u org.Unit) *string {
		if u.ID == 0 {
			return nil
		}
		return &u.Code
	}
	for _, b := range f.Bands {
		out.Bands = append(out.Bands, flowBandJSON{code(f.Left[b.From].Unit), code(f.Right[b.To].Unit), b.Size, b.Edges})
	}
	return out
}

func count(n int64) string { return strconv.FormatInt(n, 10) }
