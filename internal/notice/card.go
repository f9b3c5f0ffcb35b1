package notice

import (
	"context"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/todo"
)

// To-do cards follow the table of todos by the events of its subjects: after each of them the follower compares what is
// owed on the subject now with the cards that stand. Nothing is added to the write path of a deed; a card that was missed is
// found by the next event, or by SweepCards. Without a chat suite nothing is compared.

// cardVerbs are the obligations that stand in a chat suite's list: an invitation to rate is none.
var cardVerbs = []string{"take", "reply", "deliver", "rework", "answer", "agree-date", "accept"}

// cardsFor lets the cards of the subjects of a batch follow their todos.
func (s *Service) cardsFor(ctx context.Context, plans []plan) error {
	var subjects []access.Subject
	for _, p := range plans {
		if p.cards && !slices.Contains(subjects, p.subject) {
			subjects = append(subjects, p.subject)
		}
	}
	if len(subjects) == 0 || s.Suites == nil {
		return nil
	}
	var changes []cardChange
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		suites, err := s.Suites.Notifying(ctx, rd)
		if err != nil || len(suites) == 0 {
			return err
		}
		for _, sub := range subjects {
			found, err := s.cardChanges(ctx, rd, sub)
			if err != nil {
				return err
			}
			changes = append(changes, found...)
		}
		return nil
	})
	if err != nil || len(changes) == 0 {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.applyCards(ctx, tx, changes) })
}

// cardChange is a card to be made, or one to be closed.
type cardChange struct {
	make  Post
	close Post
}

// cardChanges compares what is owed on a subject by people who have an account at a suite with the cards that stand.
func (s *Service) cardChanges(ctx context.Context, rd sqldb.Reader, sub access.Subject) ([]cardChange, error) {
	owed, err := s.Todo.On(ctx, rd, sub)
	if err != nil {
		return nil, err
	}
	owed = slices.DeleteFunc(owed, func(t todo.Todo) bool {
		return t.Holder.Kind != "person" || !t.Until.IsZero() || !slices.Contains(cardVerbs, t.Verb)
	})
	standing, err := cardsOf(ctx, rd, sub)
	if err != nil {
		return nil, err
	}
	var changes []cardChange
	for _, c := range standing {
		if !slices.ContainsFunc(owed, func(t todo.Todo) bool { return t.Holder.ID == c.Person && t.Verb == c.Verb }) {
			changes = append(changes, cardChange{close: c})
		}
	}
	var people []org.ID
	for _, t := range owed {
		if !slices.ContainsFunc(standing, func(c Post) bool { return c.Person == t.Holder.ID && c.Verb == t.Verb }) {
			people = append(people, t.Holder.ID)
		}
	}
	if len(people) == 0 {
		return changes, nil
	}
	x, err := s.reach(ctx, rd, people)
	if err != nil {
		return nil, err
	}
	for _, t := range owed {
		connection, has := x.chats[t.Holder.ID]
		if !has || !slices.Contains(people, t.Holder.ID) || !x.people[t.Holder.ID].Active || !x.carded(t.Holder.ID) {
			continue
		}
		table, err := s.calendarOf(ctx, x, x.people[t.Holder.ID])
		if err != nil {
			return nil, err
		}
		habits, chosen := x.habits[t.Holder.ID]
		if !chosen {
			habits = usualHabits
		}
		changes = append(changes, cardChange{make: Post{Channel: Chat, Target: connection, Person: t.Holder.ID, Form: card, Subject: sub,
			Verb: t.Verb, Due: sendAt(rd.Instant(), false, habits, table)}})
	}
	return changes, nil
}

func (s *Service) applyCards(ctx context.Context, tx *sqldb.Tx, changes []cardChange) error {
	lanes := map[lane]bool{}
	var made []Post
	for _, c := range changes {
		if c.close.ID != 0 {
			if err := closeCard(ctx, tx, c.close); err != nil {
				return err
			}
			lanes[c.close.lane()] = true
			continue
		}
		c.make.ID = tx.NewID()
		made = append(made, c.make)
		lanes[c.make.lane()] = true
	}
	if _, err := joinPosts(ctx, tx, made); err != nil {
		return err
	}
	return s.wake(ctx, tx, lanes)
}

// SweepCards closes the cards whose todo has gone without an event: an invitation that lapsed, a record that was repaired.
func (s *Service) SweepCards(ctx context.Context) error {
	if s.Suites == nil {
		return nil
	}
	for after := ID(0); ; {
		var changes []cardChange
		more := false
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			standing, err := cardsAfter(ctx, rd, after, chunk)
			if err != nil || len(standing) == 0 {
				return err
			}
			more, after = len(standing) == chunk, standing[len(standing)-1].ID
			for _, c := range standing {
				owed, err := s.Todo.On(ctx, rd, c.Subject)
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(owed, func(t todo.Todo) bool {
					return t.Holder.ID == c.Person && t.Verb == c.Verb && t.Holder.Kind == "person"
				}) {
					changes = append(changes, cardChange{close: c})
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(changes) > 0 {
			if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.applyCards(ctx, tx, changes) }); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// composeCard makes the words of a card; false when the todo is gone before the card was shown.
func (s *Service) composeCard(ctx context.Context, rd sqldb.Reader, m *message) (bool, error) {
	p, w := m.posts[0], &m.words
	w.id = "neike-" + idText(p.ID)
	w.at = p.Created
	about, err := s.aboutAll(ctx, rd, map[string][]int64{p.Subject.Kind: {p.Subject.ID}})
	if err != nil {
		return false, err
	}
	a, seen := about[p.Subject]
	verb := lang.T(ctx, s.Todo.Verb(p.Verb).Label)
	if p.State == Closing {
		w.title, w.done = lang.T(ctx, "notice.card.done", "verb", verb, "ref", a.Ref, "title", a.Title), true
		if !seen || a.Confidential {
			w.title = lang.T(ctx, "notice.card.done-secret")
		}
		w.blocks = []block{{title: w.title, actions: []link{{lang.T(ctx, "notice.open"), s.Org.Address(ctx) + a.Link}}}}
		return true, nil
	}
	if !seen {
		return false, nil
	}
	owed, err := s.Todo.On(ctx, rd, p.Subject)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(owed, func(t todo.Todo) bool {
		return t.Holder.Kind == "person" && t.Holder.ID == p.Person && t.Verb == p.Verb
	})
	if i < 0 {
		return false, nil
	}
	if a.Confidential {
		w.title = lang.T(ctx, "notice.confidential")
		w.blocks = []block{{title: w.title, actions: []link{{lang.T(ctx, "notice.open"), s.Org.Address(ctx) + "/todos"}}}}
		return true, nil
	}
	w.title = lang.T(ctx, "notice.card.title", "verb", verb, "ref", a.Ref, "title", a.Title)
	b := block{title: w.title, actions: append(s.cardLinks(ctx, rd, p), link{lang.T(ctx, "notice.open"), s.Org.Address(ctx) + a.Link})}
	if due := owed[i].Due; !due.IsZero() {
		b.facts = append(b.facts, [2]string{lang.T(ctx, "notice.due"), lang.DateTime(ctx, due)})
	}
	w.blocks = []block{b}
	return true, nil
}
