package request

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// breachRow is one late clock in the list of breaches.
type breachRow struct {
	row
	Was  string // when it was due
	Tags []ui.TagProps
}

// breachesView is the list of what was late, with the causes.
type breachesView struct {
	Filter ui.FilterProps
	Rows   []breachRow
	Pager  ui.PagerProps
	File   string
	Count  string
}

// showBreaches lists what was late among what the reader may see, with what is said of the causes.
func (s *Service) showBreaches(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in.Outcome, in.State = "breached", ""
	f, err := in.filter()
	if err != nil {
		return err
	}
	page, err := s.List(ctx, f)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	v := breachesView{File: in.href("/breaches/export"), Filter: s.breachFilter(ctx, in, tree)}
	if v.Rows, err = s.breachRows(ctx, tree, in, page.Items); err != nil {
		return err
	}
	v.Count = lang.T(ctx, "request.breaches.count", "count", len(v.Rows))
	if page.NextCursor != "" {
		v.Pager.NextHref = in.href("/breaches", "cursor", page.NextCursor)
	}
	return web.Show(w, r, http.StatusOK, breachesPage(v), breachesContent(v))
}

func (s *Service) breachRows(ctx context.Context, tree *org.Tree, in asking, lines []Line) ([]breachRow, error) {
	said, err := s.causesBy(ctx, lines)
	if err != nil {
		return nil, err
	}
	turns, err := s.lateTurnsOf(ctx, in, lines)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]breachRow, 0, len(lines))
	for _, l := range lines {
		b := breachRow{row: row{Ref: l.Ref(), Title: l.Title, Href: link(l.Number), State: stateTag(ctx, l.State), Confidential: l.Confidential,
			Other: lang.T(ctx, "request.list.between", "customer", tree.Name(ctx, l.Customer), "unit", tree.Name(ctx, l.Unit))}}
		if service, ok := snap.ByID(l.Service); ok {
			b.Service = service.Name.In(ctx)
		}
		due, clock := l.Due, "completion"
		if in.Clock == "first_response" {
			due, clock = l.ResponseDue, in.Clock
		}
		if b.Was = lang.Short(ctx, due); in.Clock == "next_response" {
			clock, b.Was = in.Clock, ""
			if list := turns[l.ID]; len(list) > 0 {
				b.Was = lang.Short(ctx, list[len(list)-1].Due)
				if len(list) > 1 {
					b.Was = lang.T(ctx, "request.breaches.turns", "at", b.Was, "count", len(list))
				}
			}
		}
		for _, x := range said[l.ID] {
			if x.Clock == clock && ofTurns(x, turns[l.ID]) {
				b.Tags = append(b.Tags, causeTag(ctx, x))
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// ofTurns says whether a cause is that of one of the turns, where it is of a turn.
func ofTurns(b Breach, turns []Turn) bool {
	return b.Turn == 0 || slices.ContainsFunc(turns, func(t Turn) bool { return t.N == b.Turn })
}

// lateTurnsOf reads which turns of some requests were late, when the list asks for them.
func (s *Service) lateTurnsOf(ctx context.Context, in asking, lines []Line) (out map[int64][]Turn, err error) {
	if in.Clock != "next_response" || len(lines) == 0 {
		return nil, nil
	}
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	ids := make([]ID, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out, err = lateTurns(ctx, rd, ids, Span{f.DueFrom, f.DueBefore})
		return err
	})
	return out, err
}

// causesBy reads what is said of the causes of some requests.
func (s *Service) causesBy(ctx context.Context, lines []Line) (map[ID][]Breach, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	ids := make([]ID, len(lines))
	rests := map[ID]bool{} // nothing is late of a duplicate
	for i, l := range lines {
		ids[i], rests[l.ID] = l.ID, l.Duplicate
	}
	out := map[ID][]Breach{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := breachesOf(ctx, rd, ids...)
		for _, b := range list {
			if rests[b.Request] {
				continue
			}
			out[b.Request] = append(out[b.Request], b)
		}
		return err
	})
	return out, err
}

func (s *Service) breachFilter(ctx context.Context, in asking, tree *org.Tree) ui.FilterProps {
	choose := func(name, label, value string, options []ui.Option) ui.Filter {
		f := ui.Filter{Name: name, Label: label, Options: options}
		for i := range f.Options {
			f.Options[i].Selected = f.Options[i].Value == value
			f.On = f.On || f.Options[i].Selected && i > 0
		}
		return f
	}
	anything := ui.Option{Text: lang.T(ctx, "request.filter.any")}
	causes := []ui.Option{anything, {Value: "none", Text: lang.T(ctx, "request.cause-state.asked")}}
	for _, c := range Causes {
		causes = append(causes, ui.Option{Value: string(c), Text: lang.T(ctx, "request.cause."+string(c))})
	}
	states := []ui.Option{anything}
	for _, st := range CauseStates {
		states = append(states, ui.Option{Value: st, Text: lang.T(ctx, "request.cause-state."+st)})
	}
	clocks := []ui.Option{{Value: "", Text: lang.T(ctx, "request.cause.clock-completion")}, {Value: "first_response", Text: lang.T(ctx, "request.cause.clock-first_response")},
		{Value: "next_response", Text: lang.T(ctx, "request.cause.clock-next_response")}}
	if in.Clock == "completion" {
		in.Clock = ""
	}
	p := ui.FilterProps{Action: "/breaches", Target: "list", Hidden: map[string]string{}, Clear: "/breaches", Filters: []ui.Filter{
		choose("unit", lang.T(ctx, "request.breaches.unit"), in.Unit, s.unitChoices(ctx, tree, in.Unit, nil)),
		choose("cause", lang.T(ctx, "request.field.cause"), in.Cause, causes),
		choose("cause_state", lang.T(ctx, "request.breaches.state"), in.CauseIs, states),
		choose("clock", lang.T(ctx, "request.report.clock"), in.Clock, clocks)}}
	for name, value := range map[string]string{"provider": in.Provider, "customer": in.Customer, "service": in.Service, "due_from": in.DueFrom, "due_before": in.DueBefore} {
		if value != "" {
			p.Hidden[name] = value
		}
	}
	return p
}

// showBreachesExport sends the list as a file, with its causes.
func (s *Service) showBreachesExport(w http.ResponseWriter, r *http.Request) error {
	return s.export(w, r, "request.breaches.title", func(ctx context.Context, _ asking, f Filter) (web.Page[Line], error) {
		f.Outcome, f.State = "breached", ""
		return s.List(ctx, f)
	})
}

// causeCells are the cause of the late clock that the list is about, and where it stands; without one the completion's, or
// else the first response's. Of turns it is the last.
func causeCells(ctx context.Context, list []Breach, kind string) []any {
	if kind != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(b Breach) bool { return b.Clock != kind })
	}
	if len(list) == 0 {
		return []any{nil, nil}
	}
	b := list[0]
	if b.Turn > 0 {
		b = list[len(list)-1]
	}
	cause := any(nil)
	if b.Cause != "" {
		cause = lang.T(ctx, "request.cause."+string(b.Cause))
	}
	return []any{cause, lang.T(ctx, "request.cause-state."+b.State)}
}

func breachHeads(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: lang.T(ctx, "request.column.due")}, {Label: lang.T(ctx, "request.column.request")}, {Label: lang.T(ctx, "request.column.between")},
		{Label: lang.T(ctx, "request.column.state")}, {Label: lang.T(ctx, "request.breaches.state")}}
}
