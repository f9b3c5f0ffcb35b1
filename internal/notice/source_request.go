package notice

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"neike/internal/access"
	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
	"neike/internal/talk"
)

// said is what a request announces: About, and for one that went to another unit, the unit it came from.
type said struct {
	request.About
	From      number `json:"from"`
	By        number `json:"by"`
	Duplicate bool   `json:"duplicate"` // told with the request that it goes along with
}

// EventKind is that of no event by itself: it reads all of them.
func (said) EventKind() string { return "" }

// number reads the id of a unit or person and nothing else: "from" is a time where a date was moved, and "by" was one in old
// logs where an acceptance nears.
type number int64

func (n *number) UnmarshalJSON(b []byte) error {
	if id, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		*n = number(id)
	}
	return nil
}

// heard makes a source of what a request announces. Everything it announces begins with About.
func heard(tell func(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error)) source {
	return func(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
		a, err := event.Decode[said](r)
		if err != nil || a.Imported {
			return nil, err
		}
		p, there := b.parties[r.Subject]
		if !there {
			return nil, nil
		}
		list, err := tell(ctx, rd, b, a, p)
		if a.For != 0 && slices.Contains(p.Customers, int64(a.For)) { // somebody did it in the customer's place
			list = append(list, Told{Kind: "request.for-you", Person: int64(a.For), As: AsCustomer})
		}
		for i := range list {
			if list[i].By = int64(a.By); !p.Confidential { // nothing of it goes to a group
				list[i].Unit = a.Unit
			}
		}
		return list, err
	}
}

// alone leaves out what happened to a duplicate with the request that it goes along with: whoever hears of that one knows.
func alone(tell source) source {
	return func(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
		if e, err := event.Decode[said](r); err != nil || e.Duplicate {
			return nil, err
		}
		return tell(ctx, rd, b, r)
	}
}

// requestSources says whom the events of a request are told.
func (s *Service) requestSources() {
	crew := func(kind string) source {
		return heard(func(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
			return s.serving(ctx, rd, b, kind, a.Assignee, a.Unit, p)
		})
	}
	assignee := func(kind string) source {
		return heard(func(_ context.Context, _ sqldb.Reader, _ *batch, a said, _ request.Party) ([]Told, error) {
			return []Told{{Kind: kind, Person: a.Assignee, As: AsAssignee}}, nil
		})
	}
	customers := func(kind string) source {
		return heard(func(_ context.Context, _ sqldb.Reader, _ *batch, _ said, p request.Party) ([]Told, error) {
			return each(kind, AsCustomer, p.Customers), nil
		})
	}
	for e, tell := range map[event.Event]source{
		request.WasOpened{}:          crew("request.opened"),
		request.WasNudged{}:          crew("request.nudged"),
		request.WasWithdrawn{}:       crew("request.withdrawn"),
		request.WasCancelled{}:       crew("request.cancelled"),
		request.WasAssigned{}:        assignee("request.assigned"),
		request.WasAnswered{}:        assignee("request.answered"),
		request.WasAccepted{}:        alone(assignee("request.accepted")),
		request.WasLogged{}:          customers("request.logged"),
		request.WasDisowned{}:        crew("request.disowned"),
		request.WasTaken{}:           customers("request.taken"),
		request.DateProposed{}:       customers("request.date-proposed"),
		request.StageMoved{}:         customers("request.stage-moved"),
		request.AcceptanceNears{}:    heard(s.acceptanceNears),
		request.WasAcceptedByHouse{}: alone(heard(s.acceptedByHouse)),
		request.WasReopened{}:        heard(s.reopened),
		request.DateAnswered{}:       assignee("request.date-answered"),
		request.WasAsked{}:           customers("request.asked"),
		request.WasDeclined{}:        heard(s.passedOn),
		request.WasReturned{}:        alone(heard(s.returned)),
		request.WasRated{}:           heard(s.rated),
	} {
		s.sources[e.EventKind()] = tell
	}
	delivered := customers("request.delivered")
	s.sources[request.WasDelivered{}.EventKind()] = func(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
		if e, err := event.Decode[request.WasDelivered](r); err != nil || e.Told { // with the one that it went along with
			return nil, err
		}
		return delivered(ctx, rd, b, r)
	}
	s.sources[request.WasRouted{}.EventKind()] = s.routed
	s.handSources()
	s.causeSources()
	s.sources[request.WasNamed{}.EventKind()] = s.named
	s.sources[clock.WasBreached{}.EventKind()] = s.breached
	s.sources[request.StepWasReached{}.EventKind()] = s.used
	s.sources[talk.WasPosted{}.EventKind()] = s.posted
}

// serving is who serves a request: whoever has it, or everybody who may take it. Of a confidential one, the people named.
func (s *Service) serving(ctx context.Context, rd sqldb.Reader, b *batch, kind string, assignee, unit int64, p request.Party) ([]Told, error) {
	if assignee != 0 {
		return []Told{{Kind: kind, Person: assignee, As: AsAssignee}}, nil
	}
	if !p.Confidential {
		list, err := b.crew(ctx, rd, unit)
		return kinded(kind, list), err
	}
	grants, err := s.Access.Grants(ctx, rd, access.Subject{Kind: request.Kind, ID: p.ID})
	var out []Told
	for _, g := range grants {
		if g.Why == access.WhyNamed && g.Holder.Kind == "person" {
			out = append(out, Told{Kind: kind, Person: g.Holder.ID, As: AsAssignee})
		}
	}
	return out, err
}

func (s *Service) passedOn(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
	list, err := s.serving(ctx, rd, b, "request.passed-on", a.Assignee, a.Unit, p)
	return append(list, each("request.moved", AsCustomer, p.Customers)...), err
}

func (s *Service) returned(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
	list := []Told{{Kind: "request.returned", Person: a.Assignee, As: AsAssignee}}
	if p.Confidential {
		return list, nil
	}
	heads, err := b.headsOf(ctx, rd, a.Unit)
	return append(list, each("request.returned", AsHead, heads)...), err
}

// reopened tells whoever goes on with it, or those who may take it, and the heads of the unit.
func (s *Service) reopened(ctx context.Context, rd sqldb.Reader, b *batch, a said, p request.Party) ([]Told, error) {
	list, err := s.serving(ctx, rd, b, "request.reopened", a.Assignee, a.Unit, p)
	if err != nil || p.Confidential {
		return list, err
	}
	heads, err := b.headsOf(ctx, rd, a.Unit)
	return append(list, each("request.reopened", AsHead, heads)...), err
}

// acceptanceNears tells its customers that the house will accept a delivery.
func (s *Service) acceptanceNears(_ context.Context, _ sqldb.Reader, _ *batch, _ said, p request.Party) ([]Told, error) {
	return oncePerDelivery(p, each("request.acceptance-nears", AsCustomer, p.Customers)), nil
}

// oncePerDelivery tells each person once of what becomes of one delivery, however many requests it answers.
func oncePerDelivery(p request.Party, list []Told) []Told {
	for i, t := range list {
		list[i].Once = t.Kind + ":" + idText(p.Work) + ":" + idText(p.Delivered.Unix())
	}
	return list
}

// acceptedByHouse tells both sides that the house accepted a delivery.
func (s *Service) acceptedByHouse(_ context.Context, _ sqldb.Reader, _ *batch, a said, p request.Party) ([]Told, error) {
	list := each("request.accepted-by-house", AsCustomer, p.Customers)
	return oncePerDelivery(p, append(list, Told{Kind: "request.accepted-by-house", Person: a.Assignee, As: AsAssignee})), nil
}

// rated says that there was a rating, and not of what: neither the request nor who gave it is kept.
func (s *Service) rated(_ context.Context, _ sqldb.Reader, _ *batch, a said, _ request.Party) ([]Told, error) {
	return []Told{{Kind: "request.rated", Person: a.Assignee, As: AsAssignee}}, nil
}

// routed tells who was given a request by a rule; what was given while it was opened was told as new.
func (s *Service) routed(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.WasRouted](r)
	if err != nil || e.Imported || e.Opening {
		return nil, err
	}
	if e.Assignee != 0 {
		return []Told{{Kind: "request.assigned", Person: e.Assignee, As: AsAssignee}}, nil
	}
	list, err := b.crew(ctx, rd, e.Unit)
	return kinded("request.passed-on", list), err
}

func (s *Service) named(_ context.Context, _ sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.WasNamed](r)
	if err != nil || e.Imported {
		return nil, err
	}
	return []Told{{Kind: "request.named", Person: e.Person, As: AsNamed, By: e.By}}, nil
}

// used tells those whom the request's ladder names that part of its time is used. All of it is a breach.
func (s *Service) used(_ context.Context, _ sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[request.StepWasReached](r)
	if err != nil || e.Imported {
		return nil, err
	}
	p, there := b.parties[r.Subject]
	if !there || !p.State.Open() {
		return nil, nil
	}
	kind := "request.used"
	if e.Percent >= 100 {
		kind = "request.breached"
	}
	var list []Told
	for _, role := range slices.Sorted(maps.Keys(e.Told)) {
		list = append(list, each(kind, role, e.Told[role])...)
	}
	for i := range list {
		list[i].Note, list[i].Urgent, list[i].In = strconv.Itoa(e.Percent)+" "+cmp.Or(e.Clock, clock.Completion), e.Urgent, e.Calendar
		if !p.Confidential {
			list[i].Unit = p.Unit
		}
	}
	return list, nil
}

// breached tells that the first response, or the answer to what the customer said next, is late: whoever has it, or those who may take it, and the heads of the unit.
func (s *Service) breached(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[clock.WasBreached](r)
	if err != nil || e.Subject.Kind != request.Kind || e.Kind != clock.FirstResponse && e.Kind != clock.NextResponse {
		return nil, err
	}
	p, there := b.parties[r.Subject]
	if !there || !p.State.Open() || p.Duplicate || p.Climbs(e.Kind) { // nobody waits for it by itself, or its ladder says so
		return nil, nil
	}
	list, err := s.serving(ctx, rd, b, "request.breached", p.Assignee, p.Unit, p)
	if err != nil {
		return nil, err
	}
	if !p.Confidential {
		heads, err := b.headsOf(ctx, rd, p.Unit)
		if err != nil {
			return nil, err
		}
		list = append(list, each("request.breached", AsHead, heads)...)
	}
	for i := range list {
		if list[i].Note, list[i].Urgent = e.Kind, p.Urgent; !p.Confidential {
			list[i].Unit = p.Unit
		}
	}
	return list, nil
}

// posted tells of words. A question and an answer are told as what they are; who is named in them is told so.
func (s *Service) posted(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[talk.WasPosted](r)
	if err != nil {
		return nil, err
	}
	plain, mention := "talk.message", "talk.mention"
	switch e.Kind {
	case talk.KindNote:
		plain, mention = "talk.note", "talk.note-mention"
	case talk.KindAsk, talk.KindAnswer:
		plain = ""
	}
	var out []Told
	for _, p := range e.Readers {
		t := Told{Kind: plain, Person: p, As: AsWatcher, Message: e.Message}
		if slices.Contains(e.Named, p) {
			t.Kind, t.As = mention, AsNamed
		}
		if t.Kind != "" {
			out = append(out, t)
		}
	}
	return out, nil
}
