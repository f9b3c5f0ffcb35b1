package relation

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
	"neike/internal/todo"
)

// Kind is the subject kind of edges in todos, notices and events.
const Kind = "edge"

// The obligations of the room: a side that is asked about an edge, and the office where two sides differ.
const (
	verbConfirm = "edge-confirm"
	verbRule    = "edge-rule"
)

const (
	noteLongest = 500
	wordMost    = 200 // lines of a log that a page shows
)

// Saying is a word about an edge.
type Saying struct {
	Says Says   // Yes or No; Asks: the office's question
	Note string // why; needed for No, and for a ruling
}

// Stand is an edge with what its sides say of it.
type Stand struct {
	Edge                     ID
	Provider, Customer       org.Unit
	Observed, Declared       bool
	Standing                 Standing
	Words                    []Word
	Log                      []Change // of one edge alone
	People                   map[org.ID]org.Person
	MaySay                   []Side // what the reader speaks for: sides, or the office
	MayAsk, MayRule          bool
	Requests                 int64 // opened in the last whole months and this one, as many as Quiet says; zero unless Shown
	Shown, Quiet, Suggestion bool
}

// Exists says that the edge is on the map.
func (s Stand) Exists() bool {
	return edgeRow{Observed: s.Observed, Declared: s.Declared, Standing: s.Standing}.exists()
}

// Word is what a side says now.
func (s Stand) Word(side Side) (Word, bool) {
	i := slices.IndexFunc(s.Words, func(w Word) bool { return w.Side == side })
	if i < 0 {
		return Word{}, false
	}
	return s.Words[i], true
}

// Say notes what the actor says of the edge provider → customer, for the side or sides that they head, or for the quality office: its question where
// nobody has objected, its ruling where the two sides differ. An edge that nobody knew becomes a proposal.
// Errors: ErrNotFound for a unit that is not there and for who may not speak; Invalid; Conflict when the office has nothing to
// rule on, or when the same has been said already.
func (s *Service) Say(ctx context.Context, provider, customer string, in Saying) (Stand, error) {
	from, to, err := s.ends(ctx, provider, customer)
	if err != nil {
		return Stand{}, err
	}
	a := actor.From(ctx)
	sides, err := s.speakers(ctx)(from, to)
	if err != nil {
		return Stand{}, err
	}
	if len(sides) == 0 {
		return Stand{}, fault.ErrNotFound
	}
	in.Note = strings.TrimSpace(in.Note)
	if err := in.check(sides, from.ID == to.ID); err != nil {
		return Stand{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return s.say(ctx, tx, a, from.ID, to.ID, sides, in)
	})
	if err != nil {
		return Stand{}, err
	}
	return s.Stand(ctx, provider, customer)
}

// check finds what is wrong with a word by itself.
func (in Saying) check(sides []Side, itself bool) error {
	var bad fault.Fields
	office := len(sides) == 1 && sides[0] == Office
	switch {
	case itself:
		bad.Add("customer", "relation.word.itself")
	case !slices.Contains([]Says{Yes, No, Asks}, in.Says), in.Says == Asks && !office:
		bad.Add("says", "relation.word.unknown")
	}
	if in.Note == "" && (in.Says == No || office && in.Says == Yes) {
		bad.Add("note", "relation.word.note-missing")
	}
	if n := len([]rune(in.Note)); n > noteLongest {
		bad.Add("note", "web.too-long", "most", noteLongest, "count", n)
	}
	return bad.Err()
}

// say writes the words, how the edge stands by them, the log, and whom it waits for.
func (s *Service) say(ctx context.Context, tx *sqldb.Tx, a actor.Actor, provider, customer org.ID, sides []Side, in Saying) error {
	e, err := wordEdge(ctx, tx, provider, customer)
	if err != nil {
		return err
	}
	words, err := wordsOf(ctx, tx, []ID{e.ID})
	if err != nil {
		return err
	}
	now := said{}
	for _, w := range words[e.ID] {
		now[w.Side] = w.Says
	}
	office := sides[0] == Office
	if office {
		if err := officeMay(e.Standing, in.Says); err != nil {
			return err
		}
	}
	was, changed := e.Standing, false
	for _, side := range sides {
		if now[side] == in.Says && !(office && in.Says != Asks) {
			continue
		}
		changed = true
		for _, gone := range now.forgets(side, in.Says, was) {
			delete(now, gone)
			if err := dropWord(ctx, tx, e.ID, gone); err != nil {
				return err
			}
		}
		now[side] = in.Says
		w := Word{Side: side, Says: in.Says, Person: a.Person, At: tx.Now, Note: in.Note}
		if err := setWord(ctx, tx, e.ID, w); err != nil {
			return err
		}
		e.Standing = standingOf(now, e.there())
		if err := note(ctx, tx, e, string(in.Says), w); err != nil {
			return err
		}
	}
	if !changed {
		return fault.New(fault.Conflict, "relation.word.said-already")
	}
	if e.Standing != was {
		if err := setStanding(ctx, tx, e.ID, e.Standing); err != nil {
			return err
		}
	}
	tx.OnCommit(s.store.forget)
	if err := s.ask(ctx, tx, e, now, a.Person); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, WasSpokenOf{Edge: e.ID, Provider: provider, Customer: customer, Sides: sides, Says: in.Says, Standing: e.Standing, Waits: now.silent(e.Standing), By: a.Person})
}

// officeMay says whether the office may ask, or rule.
func officeMay(s Standing, says Says) error {
	switch {
	case says == Asks && s != Unspoken && s != Ended:
		return fault.New(fault.Conflict, "relation.word.spoken-of")
	case says != Asks && s != Disputed:
		return fault.New(fault.Conflict, "relation.word.nothing-to-rule")
	}
	return nil
}

// ask notes who owes a word about the edge now, and forgets who owed one.
func (s *Service) ask(ctx context.Context, tx *sqldb.Tx, e edgeRow, now said, by org.ID) error {
	sub := access.Subject{Kind: Kind, ID: e.ID}
	if err := s.todo.Fulfil(ctx, tx, sub, verbConfirm, verbRule); err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	provider, _ := tree.ByID(e.Provider)
	customer, _ := tree.ByID(e.Customer)
	house := s.org.Company(ctx).Locale
	owed := todo.Todo{Subject: sub, For: by, Title: provider.Name.For(house) + " → " + customer.Name.For(house),
		Link: "/relations/" + url.PathEscape(provider.Code) + "/" + url.PathEscape(customer.Code)}
	waits := now.silent(e.Standing)
	var heads []org.ID // of either side
	for _, side := range []Side{Provider, Customer} {
		unit, other := e.Provider, e.Customer
		if side == Customer {
			unit, other = other, unit
		}
		of, holds, err := s.org.HeadsFrom(ctx, tx, unit)
		if err != nil {
			return err
		}
		heads = append(heads, of...)
		if !slices.Contains(waits, side) {
			continue
		}
		if holds == 0 { // nobody heads it, nor any above: whoever does one day finds it
			holds = unit
		}
		owed.Verb, owed.Unit, owed.Holder = verbConfirm, other, access.Holder{Kind: "unit", ID: holds, Role: "head"}
		if err := s.todo.Owe(ctx, tx, owed); err != nil {
			return err
		}
	}
	if e.Standing != Disputed {
		return nil
	}
	judges, err := s.org.HoldersOver(ctx, tx, "quality", e.Provider)
	if err != nil {
		return err
	}
	for _, p := range judges {
		if slices.Contains(heads, p) { // nobody rules on what is theirs
			continue
		}
		owed.Verb, owed.Unit, owed.Holder = verbRule, e.Customer, access.Holder{Kind: "person", ID: p}
		if err := s.todo.Owe(ctx, tx, owed); err != nil {
			return err
		}
	}
	return nil
}

// ends finds the two units of an address.
func (s *Service) ends(ctx context.Context, provider, customer string) (from, to org.Unit, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return from, to, err
	}
	from, ok := tree.ByCode(provider)
	to, known := tree.ByCode(customer)
	if !ok || !known {
		return from, to, fault.ErrNotFound
	}
	return from, to, nil
}

// speakers says for whom the actor may speak of edges: the sides that they head, or else the office. What an actor is to a unit
// is found once.
func (s *Service) speakers(ctx context.Context) func(provider, customer org.Unit) ([]Side, error) {
	a, now, is := actor.From(ctx), s.db.Now(), map[org.ID]access.Set{}
	towards := func(unit org.ID) (access.Set, error) {
		set, known := is[unit]
		if known {
			return set, nil
		}
		set, err := s.access.Towards(ctx, a, unit)
		is[unit] = set
		return set, err
	}
	return func(provider, customer org.Unit) ([]Side, error) {
		serves, err := towards(provider.ID)
		if err != nil {
			return nil, err
		}
		asks, err := towards(customer.ID)
		if err != nil || !provider.Valid(now) || !customer.Valid(now) {
			return nil, err
		}
		var sides []Side
		if serves.Has(access.HeadServes) {
			sides = append(sides, Provider)
		}
		if asks.Has(access.HeadServes) {
			sides = append(sides, Customer)
		}
		if len(sides) == 0 && (serves | asks).Has(access.Quality) {
			sides = []Side{Office}
		}
		return sides, nil
	}
}

// mayBy says what a reader who speaks for these sides can say of the edge now.
func (v *Stand) mayBy(sides []Side) {
	if v.Provider.ID == v.Customer.ID {
		return
	}
	v.MaySay = sides
	if slices.Contains(sides, Office) {
		v.MayAsk, v.MayRule = officeMay(v.Standing, Asks) == nil, officeMay(v.Standing, Yes) == nil
	}
}

// Stand reads how the edge stands between two units, with its log. Everybody may see it.
func (s *Service) Stand(ctx context.Context, provider, customer string) (Stand, error) {
	from, to, err := s.ends(ctx, provider, customer)
	if err != nil {
		return Stand{}, err
	}
	v := Stand{Provider: from, Customer: to}
	sides, err := s.speakers(ctx)(from, to)
	if err != nil {
		return v, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		e, err := edgeOf(ctx, rd, from.ID, to.ID)
		if err != nil && fault.KindOf(err) == fault.NotFound { // nobody has heard of it yet
			return nil
		}
		if err != nil {
			return err
		}
		v.Edge, v.Observed, v.Declared, v.Standing = e.ID, e.Observed, e.Declared, e.Standing
		words, err := wordsOf(ctx, rd, []ID{e.ID})
		if err != nil {
			return err
		}
		v.Words = words[e.ID]
		if v.Log, err = changesOf(ctx, rd, e.ID, wordMost); err != nil {
			return err
		}
		var people []org.ID
		for _, c := range v.Log {
			people = append(people, c.Person)
		}
		for _, w := range v.Words {
			people = append(people, w.Person)
		}
		v.People, err = s.org.Names(ctx, rd, people)
		return err
	})
	v.mayBy(sides)
	return v, err
}

// AboutEdges names edges, for whoever is told of them. That there is one is no secret.
func (s *Service) AboutEdges(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]talk.About, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, err := sqldb.AllQ(ctx, rd, scanEdge, sqldb.Select("select "+edgeColumns+"\nfrom edge").In("id", ids))
	out := make(map[ID]talk.About, len(list))
	for _, e := range list {
		provider, _ := tree.ByID(e.Provider)
		customer, _ := tree.ByID(e.Customer)
		out[e.ID] = talk.About{Title: provider.Name.In(ctx) + " → " + customer.Name.In(ctx), Link: "/relations/" + url.PathEscape(provider.Code) + "/" + url.PathEscape(customer.Code)}
	}
	return out, err
}

// WasSpokenOf says that a side, or the quality office, has said something of an edge.
type WasSpokenOf struct {
	Edge     ID       `json:"edge"`
	Provider org.ID   `json:"provider"`
	Customer org.ID   `json:"customer"`
	Sides    []Side   `json:"sides"`
	Says     Says     `json:"says"`
	Standing Standing `json:"standing"`
	Waits    []Side   `json:"waits,omitempty"` // for whose word it waits now
	By       org.ID   `json:"by"`
}

// EventKind names the event.
func (WasSpokenOf) EventKind() string { return "relation.was-spoken-of" }

// EventSubject is the edge.
func (e WasSpokenOf) EventSubject() (string, int64) { return "edge", e.Edge }
