package request

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// showQueue is what the reader's units have to do, the next due first.
func (s *Service) showQueue(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if sent, err := s.View.Standard(w, r, listQueue); sent || err != nil {
		return err
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if in.View == "" {
		in.View = ViewUnit
	}
	f, err := in.filter()
	if err != nil {
		return err
	}
	if in.Look == "board" {
		f.Limit = boardMost
	}
	var v listView
	err = s.db.Read(ctx, func(ctx context.Context, _ sqldb.Reader) (err error) { // once for all that the page reads
		v, err = s.queueView(ctx, in, f)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

func (s *Service) queueView(ctx context.Context, in asking, f Filter) (listView, error) {
	page, err := s.Queue(ctx, in.View, f)
	v := listView{Path: "/queue", Active: "queue", Title: lang.T(ctx, "request.queue.title"), Other: lang.T(ctx, "request.column.customer"), Bulk: true}
	if fault.KindOf(err) == fault.Invalid {
		v.Problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return v, err
	}
	for _, view := range []string{ViewUnit, ViewMine, ViewUnassigned, ViewLate, ViewDuty} {
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "request.queue."+view), Href: asking{View: view, Unit: in.Unit, Look: in.Look, Group: in.Group}.href("/queue"), On: in.View == view})
	}
	if in.View != ViewLate {
		if in.View == ViewUnit && in.plain() && v.Problem == "" {
			v.Late, err = s.lateBeside(ctx, page)
		} else {
			v.Late, err = s.Late(ctx, Filter{Unit: in.Unit})
		}
		if err != nil {
			return v, err
		}
		v.LateRef = asking{View: ViewLate, Unit: in.Unit}.href("/queue")
	}
	if v.Routing, err = s.Routing.Href(ctx, in.Unit); err != nil {
		return v, err
	}
	if err := s.fill(ctx, &v, in, page); err != nil {
		return v, err
	}
	v.Looks = []ui.SegmentProps{{Text: lang.T(ctx, "request.look.list"), Icon: "list", Href: in.href("/queue", "look", "", "group", ""), On: in.Look != "board"},
		{Text: lang.T(ctx, "request.look.board"), Icon: "columns", Href: in.href("/queue", "look", "board"), On: in.Look == "board"}}
	if in.Look == "board" {
		b := s.board(ctx, in, page, v.Rows)
		v.Board, v.Group, v.Pager = &b, in.Group, ui.PagerProps{}
	}
	if v.Shift, err = s.shiftNote(ctx, in); err != nil {
		return v, err
	}
	if v.Lead, v.Live, err = s.queueLead(ctx, in.Unit); err != nil {
		return v, err
	}
	if v.OnDuty, err = s.onDuty(ctx, in.Unit); err != nil {
		return v, err
	}
	if v.People, v.Among, err = s.colleagues(ctx, in.Unit); err != nil {
		return v, err
	}
	v.Empty = ui.EmptyProps{Icon: "circle-check", Level: 2, Title: lang.T(ctx, "request.queue.empty"), Text: lang.T(ctx, "request.queue.empty-hint")}
	return v, nil
}

// plain says that the address asks for the first page of all that a view of some unit holds.
func (a asking) plain() bool {
	for name := range a.query() {
		if !slices.Contains([]string{"view", "unit", "look", "group"}, name) {
			return false
		}
	}
	return a.Cursor == ""
}

// queueLead names the units whose queue it is, and their topics.
func (s *Service) queueLead(ctx context.Context, unit string) (lead string, topics []string, err error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return "", nil, err
	}
	units := s.served(ctx)
	if u, ok := tree.ByCode(unit); ok {
		units = []int64{u.ID}
	}
	for i, id := range units {
		if i < 3 {
			if i > 0 {
				lead += lang.T(ctx, "ui.comma")
			}
			lead += tree.FullName(ctx, id)
		}
		if i < 10 {
			topics = append(topics, topicOfUnit(id))
		}
	}
	if len(units) > 3 {
		lead = lang.T(ctx, "request.queue.units", "names", lead, "count", len(units))
	}
	return lang.T(ctx, "request.queue.lead", "units", lead), topics, nil
}

// served are the units that the reader is agent or head of, by themselves.
func (s *Service) served(ctx context.Context) []int64 {
	var units []int64
	for _, g := range actor.From(ctx).Groups {
		if (g.Role == "agent" || g.Role == "head") && !slices.Contains(units, g.ID) {
			units = append(units, g.ID)
		}
	}
	return units
}

// colleagues are those whom the reader may assign to: the agents of the unit, of the one in the address or the first
// served. When they are more than a select takes, it is the code of the unit that they are found in instead.
func (s *Service) colleagues(ctx context.Context, unit string) (options []ui.Option, among string, err error) {
	units := s.served(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, "", err
	}
	if u, ok := tree.ByCode(unit); ok {
		units = []int64{u.ID}
	}
	if len(units) == 0 {
		return nil, "", nil
	}
	options = []ui.Option{{Text: lang.T(ctx, "request.choose-colleague"), Selected: true}}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var ids []int64
		for _, u := range units[:min(len(units), 5)] {
			agents, err := s.Org.AgentsUpTo(ctx, rd, u, peopleOffered+1)
			if err != nil {
				return err
			}
			if ids = append(ids, agents...); len(ids) > peopleOffered {
				options, among = nil, unitCode(tree, u)
				return nil
			}
		}
		people, err := s.Org.Names(ctx, rd, unique(ids))
		if err != nil {
			return err
		}
		away, err := s.Org.AbsentAt(ctx, rd, ids, rd.Instant())
		if err != nil {
			return err
		}
		hands, err := handsUpTo(ctx, rd, units[0], unique(ids))
		for _, id := range unique(ids) {
			if people[id].OnLeave {
				continue
			}
			options = append(options, ui.Option{Value: people[id].No, Text: awayName(ctx, people[id], away) + handsWord(ctx, hands[id])})
		}
		return err
	})
	return options, among, err
}

// colleaguesSource is where the picker of a unit's people asks; who is on long leave is given no work.
func colleaguesSource(unit string) string {
	return "/people/find?at-work&unit=" + url.QueryEscape(unit)
}
