package request

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/relation"
	"neike/internal/todo"
)

// fillSlots puts what this room knows into the places that lower rooms leave for it.
func (s *Service) fillSlots() {
	s.Todo.AddPanel(todo.Panel{Slot: todo.Waiting, Order: 10, Render: s.waitingPanel})
	s.Relation.AddPanel(relation.Panel{Place: relation.InDirection, Order: 30, Render: s.edgePanel})
	s.Relation.UsePending(s.openIn)
	s.Relation.UseOpenNow(s.openAround)
	s.Relation.UseDelays(s.delaysOf)
	s.Relation.AddPanel(relation.Panel{Place: relation.InDirection, Order: 35, Render: s.waitsPanel})
	s.Todo.AddTiles(todo.OfUnit, 20, s.capacityTile)
	s.Org.AddDeeds(s.deeds)
	s.Org.OpenBy(s.openLines)
	s.Catalog.FormsInUse(s.formsInUse)
	s.Catalog.ResolveBy(s.resolve)
	s.Catalog.LadderBy(s.rungNow)
	s.Catalog.ConcernedBy(s.concerned)
	s.Todo.StandInBy(Kind, s.mayStandIn)
	s.Todo.AddVerb(endParts, todo.Verb{Label: "request.verb.end-parts", Icon: "ban", Serving: true})
	s.Todo.AddVerb(verbReply, todo.Verb{Label: "request.verb.reply", Icon: "message", Serving: true})
	s.Todo.AddVerb("settle", todo.Verb{Label: "request.verb.settle", Icon: "gavel", Serving: true})
}

// AboveAsk fills a slot: what a higher room shows above the form in which one asks for a service; nil when it has nothing to
// say. Call it while wiring.
func (s *Service) AboveAsk(show func(ctx context.Context, service *catalog.Service) (templ.Component, error)) {
	s.aboveAsk = append(s.aboveAsk, show)
}

// above is what stands above the form of a service.
func (s *Service) above(ctx context.Context, service *catalog.Service) ([]templ.Component, error) {
	var out []templ.Component
	for _, show := range s.aboveAsk {
		c, err := show(ctx, service)
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, c)
		}
	}
	return out, nil
}

// waitingRows is how many requests the home page shows of those that its reader waits for.
const waitingRows = 6

// waitingView is 'what do I wait for'.
type waitingView struct {
	Lines []waitingLine
	Note  string // how many
	More  bool
}

// waitingLine is one request that its reader waits for.
type waitingLine struct {
	row
	Note string
	Tail string // how much of the time is used, or how late it is
}

// waitingPanel lists what the reader asked for and somebody else has to do next.
func (s *Service) waitingPanel(ctx context.Context) (templ.Component, error) {
	me := actor.From(ctx).Person
	if me == 0 {
		return nil, nil
	}
	var rows []Line
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if rows, err = waitedFor(ctx, rd, me, waitingRows+1); err != nil {
			return err
		}
		return s.nameRows(ctx, rd, rows)
	})
	if err != nil {
		return nil, err
	}
	if actor.From(ctx).Viewer != 0 {
		rows = slices.DeleteFunc(rows, func(l Line) bool { return l.Confidential })
	}
	v := waitingView{More: len(rows) > waitingRows}
	rows = rows[:min(len(rows), waitingRows)]
	if !v.More && len(rows) > 0 {
		v.Note = lang.T(ctx, "request.waiting.count", "count", len(rows))
	}
	v.Lines, err = s.waitingLines(ctx, rows)
	return waitingCard(v), err
}

func (s *Service) waitingLines(ctx context.Context, rows []Line) ([]waitingLine, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]waitingLine, 0, len(rows))
	for _, l := range rows {
		table, err := s.tableOf(ctx, book, l.Unit, l.Service)
		if err != nil {
			return nil, err
		}
		w := waitingLine{row: rowOf(ctx, tree, table, l, s.db.Now())}
		who := l.Holder.Display(ctx)
		if who == "" {
			who = w.State.Text
		}
		w.Note = l.Ref() + " · " + tree.FullName(ctx, l.Unit) + " · " + who
		if !l.NextDue.Equal(never) {
			w.Due = lang.T(ctx, "request.waiting.due", "at", lang.At(ctx, l.NextDue))
		}
		if w.Bar != nil {
			w.Bar.Thin, w.Tail = false, w.Bar.Label
		}
		out = append(out, w)
	}
	return out, nil
}

// edgePanel is the open work of one direction of a relation, for those who may see it.
func (s *Service) edgePanel(ctx context.Context, p relation.Pair) (templ.Component, error) {
	f := Filter{Unit: p.Provider.Code, Customer: p.Customer.Code, State: "open", Limit: 5}
	page, err := s.List(ctx, f)
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	var lines []ui.ListItemProps
	for _, l := range page.Items {
		note := l.Ref()
		if !l.NextDue.Equal(never) {
			note += " · " + lang.T(ctx, "request.waiting.until", "at", lang.At(ctx, l.NextDue))
		}
		lines = append(lines, ui.ListItemProps{Icon: stateTag(ctx, l.State).Icon, Title: l.Title, Href: link(l.Number), Note: note, Tag: ui.Tag(stateTag(ctx, l.State))})
	}
	more := ""
	if page.NextCursor != "" {
		more = asking{View: "all", Unit: f.Unit, Customer: f.Customer, State: "open"}.href("/requests")
	}
	return edgeCard(lines, more), nil
}

// openCases remembers the open cases of a period for a few seconds: the matrix asks with every page.
type openCases struct {
	mu     sync.Mutex
	at     time.Time
	period relation.Period
	list   []relation.Open
}

const openCasesLast = 5 * time.Second

// openIn counts the open cases that are due in the period and not decided yet, per edge.
func (s *Service) openIn(ctx context.Context, rd sqldb.Reader, p relation.Period) ([]relation.Open, error) {
	now := rd.Instant()
	s.open.mu.Lock()
	if age := now.Sub(s.open.at); s.open.period == p && age >= 0 && age < openCasesLast {
		defer s.open.mu.Unlock()
		return s.open.list, nil
	}
	s.open.mu.Unlock()
	zone := s.Org.Company(ctx).Location()
	list, err := pending(ctx, rd, dayStart(p.From, zone), dayStart(p.To, zone).AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	s.open.mu.Lock()
	defer s.open.mu.Unlock()
	s.open.at, s.open.period, s.open.list = now, p, list
	return list, nil
}

// dayStart is the midnight at which a day of relation (20261121) begins.
func dayStart(day int64, zone *time.Location) time.Time {
	return time.Date(int(day/10000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, zone)
}
