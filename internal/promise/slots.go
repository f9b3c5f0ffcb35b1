package promise

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
	"neike/internal/kit/ui"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/todo"
)

// fillSlots puts what this room knows into the places that lower rooms leave for it.
func (s *Service) fillSlots() {
	s.Relation.AddPanel(relation.Panel{Place: relation.InDirection, Order: 50, Render: s.edgePanel})
	s.Relation.UseEntries(entriesBetween)
	s.Relation.UseAllEntries(entriesOfAll)
	s.Todo.AddPanel(todo.Panel{Slot: todo.Waiting, Order: 30, Render: s.waitingPanel})
	s.Todo.AddVerb(todoKeep, todo.Verb{Label: "promise.todo.keep", Icon: "heart-handshake", Serving: true})
	s.Todo.AddVerb(todoSay, todo.Verb{Label: "promise.todo.say", Icon: "message-question", Own: true})
	s.Todo.StandInBy(Kind, s.mayStandIn)
}

// mayStandIn picks the promises on which a deputy may act: those about nothing confidential.
func (s *Service) mayStandIn(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]bool, error) {
	list, err := byIDs(ctx, rd, ids)
	out := make(map[int64]bool, len(list))
	for _, p := range list {
		out[p.ID] = !p.Confidential
	}
	return out, err
}

// waitingRows is how many promises the home page shows of those that its reader waits for.
const waitingRows = 5

// waitingPanel lists what the reader, and units that the reader heads, were promised.
func (s *Service) waitingPanel(ctx context.Context) (templ.Component, error) {
	a := actor.From(ctx)
	if a.Person == 0 {
		return nil, nil
	}
	var heads []int64
	for _, g := range a.Groups {
		if g.Role == "head" {
			heads = append(heads, g.ID)
		}
	}
	var lines []Line
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := waitedFor(ctx, rd, a.Person, heads, waitingRows)
		if err == nil && len(rows) > 0 {
			lines, err = s.lines(ctx, rd, rows)
		}
		return err
	})
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	return waitingCard(s.items(ctx, lines)), nil
}

// items are promises as short lists show them.
func (s *Service) items(ctx context.Context, lines []Line) []ui.ListItemProps {
	now := s.db.Now()
	var out []ui.ListItemProps
	for _, l := range lines {
		out = append(out, ui.ListItemProps{Icon: "heart-handshake", Title: l.What, Href: link(l.Number), Tag: ui.Tag(l.tag(ctx, now)),
			Note: lang.T(ctx, "promise.line", "ref", l.Ref(), "who", l.From.Display(ctx), "due", dueWords(ctx, l.Due, l.WholeDay))})
	}
	return out
}

// rateView is what the edge page says of promises from one unit to another.
type rateView struct {
	Facts     []ui.Pair
	Finding   string
	Interval  string
	Open      []ui.ListItemProps
	More, New string
	Own       bool // the reader may promise something here
}

// few is the number of judged promises below which no share is shown.
const few = 5

// wide is how far apart the ends of an interval may be before it says nothing: 40 points.
const wide = 0.4

// edgePanel is what one direction of a relation has promised the other and how it went, by units and never by persons. Numbers
// are shown to whoever may see those of the edge; what the reader may see of the open ones is listed.
func (s *Service) edgePanel(ctx context.Context, p relation.Pair) (templ.Component, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var r Rate
	if p.Shown {
		zone := s.Org.Company(ctx).Location()
		r, err = s.counted(ctx, tree, p.Provider.ID, p.Customer.ID, dayStart(p.Period.From, zone), dayStart(p.Period.To, zone).AddDate(0, 0, 1))
		if err != nil {
			return nil, err
		}
	}
	list, err := s.List(ctx, Filter{Giver: p.Provider.Code, Receiver: p.Customer.Code, State: "open", Limit: 5})
	if err != nil {
		return nil, err
	}
	v := rateView{Open: s.items(ctx, list.Items)}
	unit := actor.From(ctx).Unit
	if v.Own = tree.Under(unit, p.Provider.ID); v.Own {
		v.New = "/promises/new?" + url.Values{"unit": {p.Customer.Code}}.Encode()
	}
	if r == (Rate{}) && len(v.Open) == 0 && !v.Own {
		return nil, nil
	}
	if r != (Rate{}) {
		v.Finding, v.Interval = finding(ctx, r)
		v.Facts = rateFacts(ctx, r)
	}
	v.More = "/promises?" + url.Values{"view": {"all"}, "giver_unit": {p.Provider.Code}, "receiver_unit": {p.Customer.Code}, "state": {"any"}}.Encode()
	return edgeCard(v), nil
}

// counted counts the promises that were due in a time, from one unit to another with all below both.
func (s *Service) counted(ctx context.Context, tree *org.Tree, giver, receiver int64, from, to time.Time) (r Rate, err error) {
	givers, receivers := tree.WithForebears(tree.Descendants(giver)), tree.WithForebears(tree.Descendants(receiver))
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		r, err = rateBetween(ctx, rd, givers, receivers, from, to, rd.Instant())
		return err
	})
	return r, err
}

// RateBetween is how promises from one unit to another went that were due in a time; codes name the units. Not found for a
// unit that is not there; shown is false, and nothing counted, for whoever may not see the numbers of the edge.
func (s *Service) RateBetween(ctx context.Context, giver, receiver string, from, to time.Time) (r Rate, shown bool, err error) {
	p, err := s.Relation.Direction(ctx, giver, receiver, relation.Period{From: relation.DayOf(from), To: relation.DayOf(to)})
	if err != nil || !p.Shown {
		return r, false, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return r, false, err
	}
	r, err = s.counted(ctx, tree, p.Provider.ID, p.Customer.ID, from, to)
	return r, true, err
}

// dayStart is the midnight at which a day of relation (20261121) begins.
func dayStart(day int64, zone *time.Location) time.Time {
	return time.Date(int(day/10000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, zone)
}

// finding is the share that was kept with its interval, in words; 'cannot tell' when there are few, or it is wide.
func finding(ctx context.Context, r Rate) (text, interval string) {
	n := r.N()
	if n == 0 {
		return lang.T(ctx, "promise.rate.none"), ""
	}
	low, high := stat.Wilson(r.Kept, n)
	if n < few {
		return lang.T(ctx, "promise.rate.few", "kept", r.Kept, "n", n), ""
	}
	interval = lang.T(ctx, "promise.rate.interval", "low", lang.Percent(ctx, low, 0), "high", lang.Percent(ctx, high, 0), "n", n)
	share := lang.Percent(ctx, float64(r.Kept)/float64(n), 0)
	if high-low > wide {
		return lang.T(ctx, "promise.rate.wide", "share", share, "kept", r.Kept, "n", n), interval
	}
	return lang.T(ctx, "promise.rate.kept", "share", share, "kept", r.Kept, "n", n), interval
}

func rateFacts(ctx context.Context, r Rate) []ui.Pair {
	var out []ui.Pair
	for _, x := range []struct {
		key string
		n   int64
	}{{"partly", r.Partly}, {"broken", r.Broken}, {"unsaid", r.Unsaid}, {"withdrawn", r.Withdrawn}, {"moved", r.Moved}, {"open", r.Open}, {"overdue", r.Overdue}} {
		if x.n > 0 {
			out = append(out, ui.Pair{Term: lang.T(ctx, "promise.count."+x.key), Text: lang.Number(ctx, x.n)})
		}
	}
	return out
}

// Card is what the page of a record shows of the promises made there: read is inside the caller's snapshot, with the rights
// of the actor, who may see the record. ref is the record's number.
func (s *Service) Card(ctx context.Context, rd sqldb.Reader, about access.Subject, ref string, mayMake bool) (templ.Component, error) {
	list, err := madeAbout(ctx, rd, about)
	if err != nil || len(list) == 0 && !mayMake {
		return nil, err
	}
	var v aboutView
	if len(list) > 0 {
		lines, err := s.lines(ctx, rd, list)
		if err != nil {
			return nil, err
		}
		v.Lines = s.items(ctx, lines)
	}
	if mayMake {
		v.New = NewHref(ref, 0)
	}
	return aboutCard(v), nil
}

// aboutView is the card on the page of a record.
type aboutView struct {
	Lines []ui.ListItemProps
	New   string
}

// NewHref is where one makes a promise about a record, from the words of one of its messages when one is given.
func NewHref(ref string, message int64) string {
	q := url.Values{"about": {ref}}
	if message != 0 {
		q.Set("message", idText(message))
	}
	return "/promises/new?" + q.Encode()
}

// Party is who stands where on a promise, for whoever tells people about it.
type Party struct {
	Promise
	Receivers []int64
}

// PartyOf reads one promise with the house's rights.
func (s *Service) PartyOf(ctx context.Context, rd sqldb.Reader, id ID) (Party, error) {
	p, err := byID(ctx, rd, id)
	if err != nil {
		return Party{}, err
	}
	judges, err := s.receivers(ctx, rd, p)
	return Party{p, judges}, err
}
