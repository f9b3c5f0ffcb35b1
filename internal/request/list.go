package request

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/place"
)

// Filter chooses requests. Pages and API use the same names for the same things.
type Filter struct {
	Mine      bool                // asked by the actor, or for the actor
	Unit      string              // code of the holding unit; units below it count too
	Provider  string              // code of the providing unit
	Below     bool                // units below Provider count too
	Customer  string              // code of the customer unit; units below it count too
	Service   string              // code
	State     string              // a state, "open", or "" any
	Assignee  string              // 工号, "me", "none"
	Q         string              // a number, or part of the title
	DueBefore time.Time           // completion due before
	DueFrom   time.Time           // completion due at or after
	Due       string              // of what is open: overdue, today, week (Monday to Sunday, by the clock of the company)
	Way       string              // how it was raised, one of Ways; confidential ones are never among them
	Merged    string              // yes: goes, or went, along with another; no
	Cause     string              // of the late clock: own, customer, third, force, or "none" nobody has said
	CauseIs   string              // where the cause stands: asked, stated, disputed, settled
	Outcome   string              // of the completion: met, breached, pending, excluded
	OfferedBy string              // code of the unit whose services these are; units below it count too
	Via       string              // code of a unit that had it in hand for another, or a part of it
	Opened    Span                // opened at or after From and before To; zero ends are open
	Done      Span                // accepted at or after From and before To
	Clock     string              // which clock DueFrom, DueBefore and Outcome read: completion (default), first_response or next_response
	Edge      int64               // provider → customer
	Fields    map[string][]string // conditions on indexed form fields by what follows field.: KEY, KEY.min, KEY.max
	Place     string              // code of a place; those under it count too
	exactly   bool                // that place alone
	Stage     string              // code of a stage of Service, or none
	Sort      string              // place, -place, or  field.KEY, or -field.KEY for the greatest first; "": the order of the list
	Columns   []string            // keys of indexed fields that the list shows
	Cursor    string
	Limit     int
}

// Line is a request as a list shows it.
type Line struct {
	ID           ID
	Number       int64
	Title        string
	Service      int64
	Provider     int64
	Unit         int64
	Customer     int64
	AskedBy      int64
	Assignee     int64
	Asker        org.Person // who asked, by name
	Holder       org.Person // the assignee, by name; zero: nobody
	State        State
	Confidential bool
	OpenedAt     time.Time
	ResponseDue  time.Time
	RespondedAt  time.Time
	Due          time.Time
	NextDue      time.Time
	ReplySince   time.Time // since when the customer waits for an answer; zero: it does not, or nothing is promised of it
	ReplyDue     time.Time
	ClosedAt     time.Time
	CompletionIs Outcome
	Took         int64 // counted seconds of the completion clock, as of the last event
	LastAt       time.Time
	Priority     Priority
	Stage        string // of its service, as a code; "": none
	Rated        bool
	Hops         int // stretches that units had it
	HandOvers    int
	CameBack     int
	Place        Spot
	Parent       ID // the request that it is a part of
	Parts        int
	MergedInto   ID             // the request that it goes along with
	Duplicate    bool           // that one's customer asked for it, too
	Answers      []ui.Pair      // to the fields that the list shows, in their order
	Given        map[string]any // the same, canonical
}

// Ref is the number as people write it.
func (l Line) Ref() string { return Ref(l.Number) }

// eye is whose list it is: what the organisation makes of the actor, as lists need it.
type eye struct {
	person  int64
	serves  []int64 // units whose requests the actor sees because they serve: agent of, or head of it or of one above
	asks    []int64 // units whose requests the actor sees because they asked
	all     bool    // sees every request that is not confidential
	stands  []int64 // persons in whose place the actor is now
	viewing bool    // somebody else looks with these eyes: nothing confidential
}

// eyeOf works out whose list it is. It follows access: a list shows what access.Require lets through, and nothing else.
func (s *Service) eyeOf(ctx context.Context) (eye, *org.Tree, error) {
	a := actor.From(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return eye{}, nil, err
	}
	e := eye{person: a.Person, viewing: a.Viewer != 0, all: access.SeesAll(a, "request.see"), stands: a.StandsFor}
	shared := s.Org.Company(ctx).Switches.SharedInUnit
	for _, g := range a.Groups {
		switch g.Role {
		case "agent":
			e.serves = append(e.serves, g.ID)
		case "member":
			if shared {
				e.asks = append(e.asks, g.ID)
			}
		case "head", "quality":
			e.serves = append(e.serves, tree.Descendants(g.ID)...)
			e.asks = append(e.asks, tree.Descendants(g.ID)...)
		}
	}
	e.serves, e.asks = unique(tree.WithForebears(e.serves)), unique(tree.WithForebears(e.asks))
	if n := tree.Len(); n > 0 && len(e.serves) >= n { // heads the whole company: naming every unit would say no less
		e.all = true
	}
	return e, tree, nil
}

func unique(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// scope is a Filter with codes turned into ids, and whose eyes read it.
type scope struct {
	Filter
	eye
	states    []string // empty: any
	units     []int64
	provider  int64
	services  []int64 // those that OfferedBy means; {0}: none
	via       int64
	providers []int64 // it and what is below, where both count
	customers []int64
	service   int64
	assignee  int64 // -1: nobody
	number    int64
	fields    []fieldFilter
	driven    bool    // the first of fields has chosen the rows already
	fieldIn   []int64 // services whose fields these are
	sortBy    *form.Field
	spot      place.Place
	placed    bool // the place has chosen the rows already
	granted   ID   // of what was shown to the reader only what has a later id is read
	byPlace   bool // in the order of the places
	sortDown  bool
	columns   []form.Field
	since     time.Time // opened since, or with nobody
	after     []int64
	limit     int
	now       time.Time
}

func (s *Service) scopeOf(ctx context.Context, f Filter) (scope, *org.Tree, error) {
	sc := scope{Filter: f, limit: web.Paging{Limit: f.Limit}.Size()}
	e, tree, err := s.eyeOf(ctx)
	if err != nil {
		return sc, nil, err
	}
	sc.eye = e
	var bad fault.Fields
	s.aimDue(ctx, &sc, &bad)
	sc.states = statesOf(sc.State, &bad)
	if f.Unit != "" {
		if id := unitOf(tree, f.Unit, "unit", &bad); id != 0 {
			sc.units = tree.Descendants(id)
		}
	}
	if f.Provider != "" {
		sc.provider = unitOf(tree, f.Provider, "provider", &bad)
		if f.Below && len(tree.Descendants(sc.provider)) > 1 {
			sc.providers = tree.Descendants(sc.provider)
		}
	}
	if f.Customer != "" {
		if id := unitOf(tree, f.Customer, "customer", &bad); id != 0 {
			sc.customers = tree.Descendants(id)
		}
	}
	if f.OfferedBy != "" {
		if err := s.aimOffered(ctx, &sc, tree, &bad); err != nil {
			return sc, nil, err
		}
	}
	if f.Via != "" {
		sc.via = unitOf(tree, f.Via, "via", &bad)
	}
	if f.Outcome != "" && !slices.Contains([]string{"met", "breached", "pending", "excluded"}, f.Outcome) {
		bad.Add("outcome", "request.outcome-unknown", "value", f.Outcome)
	}
	if f.Cause != "" && f.Cause != "none" && !slices.Contains(Causes, Cause(f.Cause)) {
		bad.Add("cause", "request.cause-unknown", "value", f.Cause)
	}
	if f.CauseIs != "" && !slices.Contains(CauseStates, f.CauseIs) {
		bad.Add("cause_state", "request.cause-state-unknown", "value", f.CauseIs)
	}
	if !slices.Contains([]string{"", "yes", "no", "duplicate"}, f.Merged) {
		bad.Add("merged", "request.merged-unknown", "value", f.Merged)
	}
	if f.Way != "" && !slices.Contains(Ways, f.Way) {
		bad.Add("raised", "request.way-unknown", "value", f.Way)
	}
	if f.Clock != "" && !slices.Contains(clocksJudged, f.Clock) {
		bad.Add("clock", "request.clock-unknown", "value", f.Clock)
	}
	if err := s.lookUp(ctx, &sc, &bad); err != nil {
		return sc, nil, err
	}
	s.aimStage(ctx, &sc, &bad)
	if err := s.aimPlace(ctx, &sc, &bad); err != nil {
		return sc, nil, err
	}
	if err := s.aimFields(ctx, &sc, &bad); err != nil {
		return sc, nil, err
	}
	if sc.after, err = web.ParseCursor(f.Cursor, 2); err != nil {
		if err := merge(&bad, err); err != nil {
			return sc, nil, err
		}
	}
	return sc, tree, bad.Err()
}

// lookUp finds the service, the assignee and the number that a filter names.
func (s *Service) lookUp(ctx context.Context, sc *scope, bad *fault.Fields) error {
	if sc.Service != "" {
		snap, err := s.Catalog.Snapshot(ctx)
		if err != nil {
			return err
		}
		if service, ok := snap.ByCode(sc.Service); ok {
			sc.service = service.ID
		} else {
			bad.Add("service", "request.service-unknown")
		}
	}
	switch sc.Assignee {
	case "":
	case "none":
		sc.assignee = -1
	case "me":
		sc.assignee = sc.person
	default:
		p, err := s.Org.PersonByNo(ctx, sc.Assignee)
		if err := missing(bad, err, "assignee", "request.person-unknown"); err != nil {
			return err
		}
		sc.assignee = p.ID
	}
	sc.Q = strings.TrimSpace(sc.Q)
	if number, err := ParseRef(sc.Q); err == nil {
		sc.number = number
	}
	return nil
}

func statesOf(text string, bad *fault.Fields) []string {
	switch {
	case text == "" || text == "any":
		return nil
	case text == InHandWord:
		return []string{string(StateNew), string(StateWorking), string(StateWaiting)}
	case text == "open":
		return []string{string(StateNew), string(StateWorking), string(StateWaiting), string(StateDelivered)}
	case slices.Contains(States, State(text)):
		return []string{text}
	}
	bad.Add("state", "request.state-unknown", "value", text)
	return nil
}

func unitOf(tree *org.Tree, code, name string, bad *fault.Fields) int64 {
	u, ok := tree.ByCode(code)
	if !ok {
		bad.Add(name, "request.unit-unknown")
	}
	return u.ID
}

// List is one page of the requests that the actor may see and the filter chooses, newest first.
func (s *Service) List(ctx context.Context, f Filter) (web.Page[Line], error) {
	sc, _, err := s.scopeOf(ctx, f)
	if err != nil {
		return web.Page[Line]{}, err
	}
	var rows []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if rows, err = newest(ctx, rd, sc); err != nil {
			return err
		}
		if err := s.answerRows(ctx, rd, sc, rows); err != nil {
			return err
		}
		return s.nameRows(ctx, rd, rows)
	})
	return web.Cut(rows, sc.limit, func(l Line) string { return web.Cursor(l.OpenedAt.UnixMilli(), l.ID) }), err
}

// Views of the queue.
const (
	ViewUnit       = "unit"       // everything open in my units
	ViewMine       = "mine"       // what I have in hand
	ViewUnassigned = "unassigned" // what nobody has taken
	ViewLate       = "late"       // what is late, or will be by the end of today
	ViewDuty       = "duty"       // what came since the present duty began, and what nobody has
)

// Queue is one page of what is open in the units that the actor serves, the next due first.
func (s *Service) Queue(ctx context.Context, view string, f Filter) (web.Page[Line], error) {
	sc, _, err := s.scopeOf(ctx, f)
	if err != nil {
		return web.Page[Line]{}, err
	}
	if err := s.aim(ctx, &sc, view); err != nil {
		return web.Page[Line]{}, err
	}
	if view == ViewLate {
		return s.late(ctx, sc)
	}
	var rows []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if rows, err = nextDueFirst(ctx, rd, sc); err != nil {
			return err
		}
		if err := s.answerRows(ctx, rd, sc, rows); err != nil {
			return err
		}
		return s.nameRows(ctx, rd, rows)
	})
	return web.Cut(rows, sc.limit, byNextDue), err
}

// aimDue turns 'overdue', 'today' and 'week' into times of what is open, on top of other times that are asked for.
func (s *Service) aimDue(ctx context.Context, sc *scope, bad *fault.Fields) {
	tonight := s.tonight(ctx)
	var from, before time.Time
	switch sc.Due {
	case "":
		return
	case "overdue":
		before = s.db.Now()
	case "today":
		from, before = tonight.AddDate(0, 0, -1), tonight
	case "week":
		past := (int(tonight.In(s.Org.Company(ctx).Location()).Weekday()) + 5) % 7 // whole days since Monday
		from = tonight.AddDate(0, 0, -1-past)
		before = from.AddDate(0, 0, 7)
	default:
		bad.Add("due", "request.due-unknown", "value", sc.Due)
		return
	}
	if sc.State == "" {
		sc.State = "open"
	}
	if sc.DueFrom.Before(from) {
		sc.DueFrom = from
	}
	if sc.DueBefore.IsZero() || before.Before(sc.DueBefore) {
		sc.DueBefore = before
	}
}

// aim turns a view into conditions.
func (s *Service) aim(ctx context.Context, sc *scope, view string) error {
	switch view {
	case "", ViewUnit:
	case ViewMine:
		sc.assignee = sc.person
	case ViewUnassigned:
		sc.assignee = -1
	case ViewLate:
		sc.DueBefore = s.tonight(ctx)
	case ViewDuty:
		since, _, err := s.dutySince(ctx, sc.Unit)
		if err != nil {
			return err
		}
		sc.since = since
	default:
		var f fault.Fields
		f.Add("view", "request.view-unknown", "value", view)
		return f.Err()
	}
	if len(sc.units) == 0 {
		return nil
	}
	if !sc.all {
		serves := sc.serves
		sc.units = slices.DeleteFunc(slices.Clone(sc.units), func(id int64) bool {
			_, served := slices.BinarySearch(serves, id)
			return !served
		})
	}
	if len(sc.units) == 0 {
		return fault.ErrNotFound
	}
	sc.serves = sc.units
	return nil
}

// tonight is the end of the reader's day in the company's zone.
func (s *Service) tonight(ctx context.Context) time.Time {
	now := s.db.Now().In(s.Org.Company(ctx).Location())
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()).UTC()
}

// Late counts what is late, or will be by the end of today, in the actor's units: as many as Queue lists for ViewLate.
func (s *Service) Late(ctx context.Context, f Filter) (Late, error) {
	sc, _, err := s.scopeOf(ctx, f)
	if err == nil {
		err = s.aim(ctx, &sc, ViewLate)
	}
	if err != nil {
		return Late{}, err
	}
	page, err := s.lateToday(ctx, sc)
	return Late{N: len(page.Items), More: page.NextCursor != ""}, err
}
