package notice

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/delivery"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/promise"
	"neike/internal/request"
)

// source says whom to tell of one event.
type source func(ctx context.Context, rd sqldb.Reader, b *batch, r event.Record) ([]Told, error)

// AddSource lets a kind of event be told: tell says to whom. Call it while wiring.
func (s *Service) AddSource(event_ string, tell func(ctx context.Context, rd sqldb.Reader, r event.Record) ([]Told, error)) {
	s.sources[event_] = func(ctx context.Context, rd sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		list, err := tell(ctx, rd, r)
		for i, t := range list {
			if t.Subject.ID == 0 { // what the event is about
				list[i].Subject = access.Subject{Kind: r.SubjectKind, ID: r.Subject}
			}
		}
		return list, err
	}
	s.events.Also(follower, event_)
}

// batch is what several events ask for more than once.
type batch struct {
	s       *Service
	parties map[int64]request.Party
	agents  map[org.ID][]Told // of a unit, without kind and subject
	heads   map[org.ID][]org.ID
}

// mostAgents is how many agents of a unit are told one by one what is new for all of them. A unit with more has people on
// duty, a queue with a live count, and a group; its heads are told.
const mostAgents = 30

// crew is who is told what is new for a unit: those on duty, or its agents.
func (b *batch) crew(ctx context.Context, rd sqldb.Reader, unit org.ID) ([]Told, error) {
	if list, known := b.agents[unit]; known {
		return list, nil
	}
	var list []Told
	duty, err := b.s.Org.OnDuty(ctx, rd, unit, rd.Instant())
	if err != nil {
		return nil, err
	}
	for _, p := range duty {
		list = append(list, Told{Person: p, As: AsDuty})
	}
	if len(list) == 0 {
		agents, err := b.s.Org.AgentsUpTo(ctx, rd, unit, mostAgents+1)
		if err != nil {
			return nil, err
		}
		if len(agents) <= mostAgents {
			for _, p := range agents {
				list = append(list, Told{Person: p, As: AsAgent})
			}
		}
	}
	if len(list) == 0 {
		heads, err := b.headsOf(ctx, rd, unit)
		if err != nil {
			return nil, err
		}
		for _, p := range heads {
			list = append(list, Told{Person: p, As: AsHead})
		}
	}
	b.agents[unit] = list
	return list, nil
}

func (b *batch) headsOf(ctx context.Context, rd sqldb.Reader, unit org.ID) ([]org.ID, error) {
	if list, known := b.heads[unit]; known {
		return list, nil
	}
	list, _, err := b.s.Org.HeadsFrom(ctx, rd, unit)
	b.heads[unit] = list
	return list, err
}

// party is a request, with all others of the batch read at once.
func (b *batch) read(ctx context.Context, rd sqldb.Reader, records []event.Record) error {
	var ids []int64
	for _, r := range records {
		if r.SubjectKind == request.Kind && !slices.Contains(ids, r.Subject) {
			ids = append(ids, r.Subject)
		}
	}
	var err error
	b.parties, err = b.s.Request.Parties(ctx, rd, ids)
	return err
}

// each tells several people the same.
func each(kind, as string, people []org.ID) []Told {
	out := make([]Told, len(people))
	for i, p := range people {
		out[i] = Told{Kind: kind, As: as, Person: p}
	}
	return out
}

func kinded(kind string, list []Told) []Told {
	out := slices.Clone(list)
	for i := range out {
		out[i].Kind = kind
	}
	return out
}

// plan is what a batch of events comes to, worked out before anything is written.
type plan struct {
	seq     int64
	subject access.Subject
	unit    org.ID
	kinds   []string // that happened: what they end is moot
	told    []told
	groups  []groupPost
	cards   bool // the subject's todos may have changed
	at      time.Time
}

// told is one notice with its posts.
type told struct {
	Notice
	urgent bool
	posts  []postTo
}

// postTo is a message to be written or joined.
type postTo struct {
	channel string
	target  int64
	form    string
	due     time.Time
}

// groupPost is a message to a unit's group.
type groupPost struct {
	robot  ID
	kind   string
	by     org.ID
	note   string
	urgent bool
}

// tellable is how old an event may be to be told: what a new house finds in an old log is history.
const tellable = 24 * time.Hour

// planned works out a batch, event by event.
func (s *Service) planned(ctx context.Context, rd sqldb.Reader, records []event.Record) ([]plan, error) {
	b := &batch{s: s, agents: map[org.ID][]Told{}, heads: map[org.ID][]org.ID{}}
	if err := b.read(ctx, rd, records); err != nil {
		return nil, err
	}
	now := rd.Instant()
	var plans []plan
	var lists [][]Told
	for _, r := range records {
		tell, known := s.sources[r.Kind]
		p := plan{seq: r.Seq, subject: access.Subject{Kind: r.SubjectKind, ID: r.Subject}, at: r.At, cards: r.SubjectKind == request.Kind}
		var list []Told
		if known && now.Sub(r.At) < tellable && r.Via != "import" {
			var err error
			if list, err = tell(ctx, rd, b, r); err != nil {
				return nil, err
			}
		}
		for i := range list {
			t := &list[i]
			t.At = r.At
			if t.Subject == (access.Subject{}) {
				t.Subject = s.subjectOf(t.Kind, p.subject)
			}
			if t.By == 0 {
				t.By = r.Actor
			}
			if t.Unit != 0 {
				p.unit = t.Unit
			}
			if !slices.Contains(p.kinds, t.Kind) {
				p.kinds = append(p.kinds, t.Kind)
			}
		}
		plans, lists = append(plans, p), append(lists, list)
	}
	return plans, s.address(ctx, rd, plans, lists)
}

// subjectOf is what a notice is about: the record of the event where people can open it, else only what it is. A rating is
// about nothing that could be found again.
func (s *Service) subjectOf(kind string, of access.Subject) access.Subject {
	if _, own := s.names[of.Kind]; (own || of.Kind == request.Kind || of.Kind == delivery.Kind || of.Kind == promise.Kind) && kind != "request.rated" {
		return of
	}
	return access.Subject{Kind: kind}
}

// reached is who of those to be told can be reached how.
type reached struct {
	people    map[org.ID]org.Person
	own       map[org.ID]choices
	habits    map[org.ID]Habits
	chats     map[org.ID]int64 // connection of the person
	mail      bool             // the house has a mail server
	company   choices
	calendars map[org.ID]clockOf // by unit
	named     map[string]clockOf // by code
}

// address turns those to be told into notices and posts.
func (s *Service) address(ctx context.Context, rd sqldb.Reader, plans []plan, lists [][]Told) error {
	for i := range lists {
		list, err := s.withDeputies(ctx, rd, lists[i])
		if err != nil {
			return err
		}
		lists[i] = strongest(slices.DeleteFunc(list, func(t Told) bool { return t.Person == 0 || t.Person == t.By && t.As != AsSelf }))
	}
	var ids []org.ID
	for _, list := range lists {
		for _, t := range list {
			ids = append(ids, t.Person)
		}
	}
	x, err := s.reach(ctx, rd, ids)
	if err != nil {
		return err
	}
	for i, list := range lists {
		for _, t := range list {
			if p, there := x.people[t.Person]; there && p.Active && (!p.OnLeave || own(t.As)) {
				one, err := s.one(ctx, x, t, rd.Instant())
				if err != nil {
					return err
				}
				if one.Shown || len(one.posts) > 0 {
					plans[i].told = append(plans[i].told, one)
				}
			}
		}
		if plans[i].groups, err = s.groupPosts(ctx, rd, plans[i], list); err != nil {
			return err
		}
	}
	return nil
}

// own says whether somebody is told of something that is theirs, not their work: that goes on during a long leave.
func own(as string) bool { return as == AsSelf || as == AsCustomer }

// one decides what happens to one notice: the house shows it, and by which channels it leaves when.
func (s *Service) one(ctx context.Context, x *reached, t Told, now time.Time) (told, error) {
	k, _ := s.kind(t.Kind)
	p := x.people[t.Person]
	urgent := k.Urgent || t.Urgent
	out := told{urgent: urgent, Notice: Notice{Person: t.Person, Kind: t.Kind, Subject: t.Subject, Message: t.Message, By: t.By, For: t.For,
		Note: t.Note, Once: t.Once, Shown: k.listed(t.As), At: t.At}}
	connection, hasChat := x.chats[t.Person]
	for _, channel := range Channels {
		if channel == Chat && !hasChat || channel == Mail && (!x.mail || p.Email == "") {
			continue
		}
		value := want(k, t.As, channel, x.own[t.Person], x.company, hasChat)
		if value == Off || channel == Chat && value == Now && k.Verb != "" && t.For == 0 && x.carded(t.Person) {
			continue
		}
		table, habits, err := s.timeOf(ctx, x, t.Person)
		if err != nil {
			return out, err
		}
		post := postTo{channel: channel, form: value}
		if channel == Chat {
			post.target = connection
		}
		if value == Digest {
			post.due = digestAt(now, t.Person, habits, table)
		} else {
			wait := window(channel)
			if urgent {
				wait = 0
			}
			if t.In != "" {
				if table, err = s.calendarNamed(ctx, x, t.In); err != nil {
					return out, err
				}
			}
			post.due = sendAt(now.Add(wait), urgent, habits, table)
		}
		out.posts = append(out.posts, post)
	}
	return out, nil
}

// carded says whether somebody gets to-do cards; not on long leave.
func (x *reached) carded(person org.ID) bool {
	return !x.people[person].OnLeave && want(cardKind, "", Chat, x.own[person], x.company, true) == Now
}

// cardKind is the choice about to-do cards.
var cardKind = Kind{Code: "todo.card", As: all(Now)}

// timeOf is the calendar and the habits of somebody reached.
func (s *Service) timeOf(ctx context.Context, x *reached, person org.ID) (clockOf, Habits, error) {
	habits, chosen := x.habits[person]
	if !chosen {
		habits = usualHabits
	}
	table, err := s.calendarOf(ctx, x, x.people[person])
	return table, habits, err
}

func (s *Service) calendarOf(ctx context.Context, x *reached, p org.Person) (clockOf, error) {
	if t, known := x.calendars[p.Unit]; known {
		return t, nil
	}
	t, err := s.Calendar.TableFor(ctx, p.Unit)
	if err != nil {
		return nil, err
	}
	x.calendars[p.Unit] = t
	return t, nil
}

// calendarNamed is a calendar by its code; of one that is no more, the company's.
func (s *Service) calendarNamed(ctx context.Context, x *reached, code string) (clockOf, error) {
	if t, known := x.named[code]; known {
		return t, nil
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	if !book.Has(code) {
		code = calendar.Default
	}
	t, err := book.Table(code, 0)
	if err != nil {
		return nil, err
	}
	if x.named == nil {
		x.named = map[string]clockOf{}
	}
	x.named[code] = t
	return t, nil
}

// reach reads all that decides how people are told, in as many statements whoever many they are.
func (s *Service) reach(ctx context.Context, rd sqldb.Reader, ids []org.ID) (*reached, error) {
	x := &reached{chats: map[org.ID]int64{}, calendars: map[org.ID]clockOf{}}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return x, nil
	}
	var err error
	if x.people, err = s.Org.Names(ctx, rd, ids); err != nil {
		return nil, err
	}
	settings, err := s.settings(ctx, rd)
	if err != nil {
		return nil, err
	}
	x.mail, x.company = settings.mail, settings.choices
	if settings.personal {
		if x.own, err = choicesOf(ctx, rd, ids); err != nil {
			return nil, err
		}
		if x.habits, err = habitsOf(ctx, rd, ids); err != nil {
			return nil, err
		}
	}
	if s.Suites == nil {
		return x, nil
	}
	suites, err := s.Suites.Notifying(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, suite := range suites {
		addresses, err := s.Suites.Addresses(ctx, rd, suite.ID, ids)
		if err != nil {
			return nil, err
		}
		for p := range addresses {
			if _, has := x.chats[p]; !has {
				x.chats[p] = suite.ID
			}
		}
	}
	return x, nil
}

// withDeputies adds those who stand in for somebody who is away, where they may see what it is about.
func (s *Service) withDeputies(ctx context.Context, rd sqldb.Reader, list []Told) ([]Told, error) {
	var people []org.ID
	for _, t := range list {
		if t.As != AsSelf && t.As != AsWatcher && t.As != AsAgent && t.Subject.ID != 0 {
			people = append(people, t.Person)
		}
	}
	if len(people) == 0 {
		return list, nil
	}
	deputies, err := s.Org.DeputiesOf(ctx, rd, people)
	if err != nil || len(deputies) == 0 {
		return list, err
	}
	out := slices.Clone(list)
	for _, t := range list {
		if t.As == AsSelf || t.As == AsWatcher || t.As == AsAgent {
			continue
		}
		for _, d := range deputies[t.Person] {
			sees, err := s.sees(ctx, rd, d, t.Subject)
			if err != nil {
				return nil, err
			}
			if sees {
				more := t
				more.Person, more.For = d, t.Person
				out = append(out, more)
			}
		}
	}
	return out, nil
}

// sees says whether somebody may see a record.
func (s *Service) sees(ctx context.Context, rd sqldb.Reader, person org.ID, sub access.Subject) (bool, error) {
	ctx, ok, err := s.as(ctx, person)
	if err != nil || !ok {
		return false, err
	}
	about, err := s.aboutOf(ctx, rd, sub.Kind, []int64{sub.ID})
	_, seen := about[sub.ID]
	return seen, err
}
