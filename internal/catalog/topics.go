package catalog

import (
	"context"
	"slices"
	"strings"

	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// doTopics is the row of access/table for the list of topics.
const doTopics = "service.topics"

// TopicInput is a topic as somebody writes it down.
type TopicInput struct {
	Code  string // of a new one; empty: made out of the name
	Name  lang.Text
	Icon  string
	Place int // in the list, from 1; 0 leaves it where it is, a new one at the end
}

func (in TopicInput) tidy() TopicInput {
	in.Code = strings.ToLower(strings.TrimSpace(in.Code))
	in.Name = lang.Text{Zh: strings.TrimSpace(in.Name.Zh), En: strings.TrimSpace(in.Name.En)}
	if in.Icon == "" {
		in.Icon = topicIcons[0]
	}
	return in
}

// Topics are the company's topics in their order.
func (c *Catalog) Topics(ctx context.Context) ([]Topic, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return snap.Topics(), nil
}

// MakeTopic adds a topic to the list.
func (c *Catalog) MakeTopic(ctx context.Context, in TopicInput) (t Topic, err error) {
	in = in.tidy()
	err = c.topics(ctx, func(ctx context.Context, tx *sqldb.Tx, list topicList) error {
		t = Topic{ID: tx.NewID(), Code: in.Code, Name: in.Name, Icon: in.Icon, Place: in.Place, Revision: 1}
		if t.Code == "" {
			t.Code = newTopicCode(t.Name, list)
		}
		var f fault.Fields
		checkTopic(&f, c.main(ctx), t, list)
		if len(list) >= mostTopics {
			f.Add("name."+c.main(ctx), "catalog.topics-many", "max", mostTopics)
		}
		if err := f.Err(); err != nil {
			return err
		}
		next := list.placed(t)
		t, _ = next.byCode(t.Code)
		if err := insertTopic(ctx, tx, t); err != nil {
			return err
		}
		if err := shift(ctx, tx, list, next, t.ID); err != nil {
			return err
		}
		return c.announce(ctx, tx, TopicWasSet{Topic: t.ID, Code: t.Code, Name: t.Name.In(ctx), Made: true})
	})
	if sqldb.IsUnique(err) {
		err = fault.Wrap(fault.Conflict, err, "catalog.topic-meanwhile")
	}
	return t, err
}

// SetTopic changes name, icon or place of a topic; its code stays. revision is the one that was seen; 0 does not care.
func (c *Catalog) SetTopic(ctx context.Context, code string, in TopicInput, revision int) (t Topic, err error) {
	in = in.tidy()
	err = c.topics(ctx, func(ctx context.Context, tx *sqldb.Tx, list topicList) error {
		was, err := list.seen(code, revision)
		if err != nil {
			return err
		}
		t = was
		t.Name, t.Icon = in.Name, in.Icon
		if in.Place != 0 {
			t.Place = in.Place
		}
		var f fault.Fields
		checkTopic(&f, c.main(ctx), t, slices.DeleteFunc(slices.Clone(list), func(x Topic) bool { return x.ID == t.ID }))
		if err := f.Err(); err != nil {
			return err
		}
		next := list.placed(t)
		if t, _ = next.byCode(code); t == was {
			return nil
		}
		t.Revision++
		if err := updateTopic(ctx, tx, t); err != nil {
			return err
		}
		if err := shift(ctx, tx, list, next, t.ID); err != nil {
			return err
		}
		return c.announce(ctx, tx, TopicWasSet{Topic: t.ID, Code: t.Code, Name: t.Name.In(ctx)})
	})
	return t, err
}

// RemoveTopic takes a topic out of the list. Its services go to the topic named by to; while it has some, one must be named.
// It gives their number.
func (c *Catalog) RemoveTopic(ctx context.Context, code, to string, revision int) (moved int, err error) {
	err = c.topics(ctx, func(ctx context.Context, tx *sqldb.Tx, list topicList) error {
		t, err := list.seen(code, revision)
		if err != nil {
			return err
		}
		all, err := services(ctx, tx)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(s *Service) bool { return list.of(s) != code })
		moved = len(all)
		var f fault.Fields
		if _, ok := list.byCode(to); to == code || to != "" && !ok {
			f.Add("to", "catalog.topic-unknown", "given", clip(to, 40), "choices", strings.Join(list.codes(), ", "))
		} else if to == "" && moved > 0 {
			f.Add("to", "catalog.topic-in-use", "count", moved, "name", t.Name.In(ctx))
		}
		if err := f.Err(); err != nil {
			return err
		}
		events := []event.Event{TopicWasRemoved{Topic: t.ID, Code: code, Name: t.Name.In(ctx), To: to, Moved: moved}}
		for _, s := range all {
			if err := moveTo(ctx, tx, s.ID, to); err != nil {
				return err
			}
			events = append(events, ServiceWasChanged{Service: s.ID, Code: s.Code, What: []string{partTopic}, Version: s.Version})
		}
		if err := deleteTopic(ctx, tx, t.ID); err != nil {
			return err
		}
		next := slices.DeleteFunc(slices.Clone(list), func(x Topic) bool { return x.ID == t.ID })
		for i := range next {
			next[i].Place = i + 1
		}
		if err := shift(ctx, tx, list, next, t.ID); err != nil {
			return err
		}
		return c.announce(ctx, tx, events...)
	})
	return moved, err
}

// topics is the frame of a change of the list.
func (c *Catalog) topics(ctx context.Context, decide func(ctx context.Context, tx *sqldb.Tx, list topicList) error) error {
	if err := c.may(ctx, doTopics, &Service{}); err != nil {
		return err
	}
	return c.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := lockTopics(ctx, tx)
		if err != nil {
			return err
		}
		return decide(ctx, tx, list)
	})
}

// seen is the topic of a code as the actor saw it.
func (l topicList) seen(code string, revision int) (Topic, error) {
	t, ok := l.byCode(code)
	if !ok {
		return t, fault.ErrNotFound
	}
	if revision != 0 && revision != t.Revision {
		return t, fault.New(fault.Precondition, "catalog.topic-changed")
	}
	return t, nil
}

// shift writes the others that have another place in the list now.
func shift(ctx context.Context, tx *sqldb.Tx, was, now topicList, but ID) error {
	for _, t := range now {
		if old, ok := was.byCode(t.Code); ok && old.Place != t.Place && t.ID != but {
			t.Revision++
			if err := updateTopic(ctx, tx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// topicThere tells whether the topic chosen for a service is one of the list, and holds the list when it is another than before.
func topicThere(ctx context.Context, tx *sqldb.Tx, f *fault.Fields, before, chosen string) error {
	if chosen == "" || chosen == before {
		return nil
	}
	list, err := lockTopics(ctx, tx)
	if err != nil {
		return err
	}
	if _, ok := list.byCode(chosen); !ok {
		f.Add("topic", "catalog.topic-unknown", "given", clip(chosen, 40), "choices", strings.Join(list.codes(), ", "))
	}
	return nil
}
