package article

import (
	"context"
	"strings"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/todo"
)

// The verbs of todos that articles put on people.
const (
	todoReview = "article-review" // the head: publish, or send back
	todoRevise = "article-revise" // who proposed it: it came back
	todoCheck  = "article-check"  // the owner: its day has come
	todoDoubt  = "article-doubt"  // the owner: somebody says that it is wrong or outdated
)

// Propose hands the working text over for review: to the heads of the unit, or to the quality office where nobody heads it.
func (s *Service) Propose(ctx context.Context, number int64) (Article, error) {
	return s.change(ctx, number, doKeep, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if err := a.proposable(); err != nil {
			return err
		}
		a.set(Proposed)
		a.ProposedBy, a.ProposedAt, a.SentBack = actor.From(ctx).Person, tx.Now, ""
		if err := s.Todo.Fulfil(ctx, tx, subject(a.ID), todoRevise); err != nil {
			return err
		}
		judges, err := s.reviewers(ctx, tx, a.Unit)
		if err != nil {
			return err
		}
		for _, p := range judges {
			if err := s.owe(ctx, tx, *a, todoReview, p); err != nil {
				return err
			}
		}
		return s.settle(ctx, tx, a, WasProposed{about(*a), judges})
	})
}

// reviewers are the people who may publish what was proposed, at most five.
func (s *Service) reviewers(ctx context.Context, rd sqldb.Reader, unit org.ID) ([]int64, error) {
	list, err := s.Org.Heads(ctx, rd, unit)
	if err == nil && len(list) == 0 {
		list, err = s.Org.Holders(ctx, rd, "quality")
	}
	return list[:min(len(list), 5)], err
}

// SendBack returns what was proposed to whoever proposed it, with the reason.
func (s *Service) SendBack(ctx context.Context, number int64, why string) (Article, error) {
	return s.change(ctx, number, doApprove, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if err := a.reviewable(); err != nil {
			return err
		}
		why = strings.TrimSpace(why)
		var f fault.Fields
		if why == "" {
			f.Add("why", "form.required")
		} else if utf8.RuneCountInString(why) > maxWhy {
			f.Add("why", "article.too-long", "max", maxWhy)
		}
		if err := f.Err(); err != nil {
			return err
		}
		a.set(Draft)
		a.SentBack = why
		if err := s.Todo.Fulfil(ctx, tx, subject(a.ID), todoReview); err != nil {
			return err
		}
		if a.ProposedBy != 0 {
			if err := s.owe(ctx, tx, *a, todoRevise, a.ProposedBy); err != nil {
				return err
			}
		}
		return s.settle(ctx, tx, a, WasSentBack{about(*a), a.ProposedBy})
	})
}

// Publish makes the working text the next version. Who reviews may, from a proposal or straight from a draft; a retired article
// whose text is its newest version comes back as it was.
func (s *Service) Publish(ctx context.Context, number int64) (Article, error) {
	return s.change(ctx, number, doApprove, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if err := a.publishable(); err != nil {
			return err
		}
		was, err := Version{}, error(nil)
		if a.Version > 0 {
			if was, err = versionOf(ctx, tx, a.ID, a.Version); err != nil {
				return err
			}
		}
		if a.Version == 0 || !was.same(a.Words) {
			a.Version++
			v := Version{N: a.Version, Words: a.Words, WrittenBy: a.WrittenBy, By: actor.From(ctx).Person, At: tx.Now}
			if err := insertVersion(ctx, tx, a.ID, v); err != nil {
				return err
			}
		}
		a.State, a.Work, a.SentBack, a.ProposedBy = Published, "", "", 0
		if err := s.Todo.Fulfil(ctx, tx, subject(a.ID), todoReview, todoRevise, todoDoubt); err != nil {
			return err
		}
		return s.settle(ctx, tx, a, WasPublished{about(*a)})
	})
}

// Drop gives up the work on the next version; what is published stays.
func (s *Service) Drop(ctx context.Context, number int64) (Article, error) {
	return s.change(ctx, number, doKeep, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if a.State != Published || a.Work == "" {
			return fault.New(fault.Conflict, "article.nothing-new")
		}
		v, err := versionOf(ctx, tx, a.ID, a.Version)
		if err != nil {
			return err
		}
		a.Words, a.Work, a.SentBack, a.ProposedBy = v.Words, "", "", 0
		if err := s.Todo.Fulfil(ctx, tx, subject(a.ID), todoReview, todoRevise); err != nil {
			return err
		}
		return s.settle(ctx, tx, a, WasWritten{about(*a)})
	})
}

// Retire takes an article away from its readers; its versions stay.
func (s *Service) Retire(ctx context.Context, number int64) (Article, error) {
	return s.change(ctx, number, doApprove, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if a.State == Retired {
			return fault.New(fault.Conflict, "article.is-retired")
		}
		if a.State == Published && a.Work != "" {
			v, err := versionOf(ctx, tx, a.ID, a.Version)
			if err != nil {
				return err
			}
			a.Words = v.Words
		}
		a.State, a.Work = Retired, ""
		if err := s.Todo.Fulfil(ctx, tx, subject(a.ID)); err != nil {
			return err
		}
		return s.settle(ctx, tx, a, WasRetired{about(*a)})
	})
}

// Confirm says that an article is still right: nothing is owed about it until the next day, 2026-12-31, or at all.
func (s *Service) Confirm(ctx context.Context, number int64, next string) (Article, error) {
	return s.change(ctx, number, doKeep, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if a.State != Published {
			return fault.New(fault.Conflict, "article.not-published")
		}
		var f fault.Fields
		day, err := s.day(ctx, tx, &f, noTime, next)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		a.CheckBy, a.Told = day, false
		if err := s.Todo.Fulfil(ctx, tx, subject(a.ID), todoCheck, todoDoubt); err != nil {
			return err
		}
		return s.settle(ctx, tx, a, WasConfirmed{about(*a)})
	})
}

func (s *Service) owe(ctx context.Context, tx *sqldb.Tx, a Article, verb string, person org.ID) error {
	t := todo.Todo{Holder: access.Person(person), Unit: a.Unit, Subject: subject(a.ID), Verb: verb, Title: a.Title.In(ctx), Ref: a.Ref(), Link: link(a.Number)}
	if verb == todoRevise {
		t.Link += "/edit"
	}
	return s.Todo.Owe(ctx, tx, t)
}

// checked is how many articles one transaction of CheckDue looks at.
const checked = 200

// CheckDue lets owners know whose articles are to be looked at again, each once.
func (s *Service) CheckDue(ctx context.Context) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			list, err := dueToCheck(ctx, tx, tx.Now, checked)
			n = len(list)
			for _, a := range list {
				a.Told = true
				if err := s.owe(ctx, tx, a, todoCheck, a.Owner); err != nil {
					return err
				}
				if err := s.settle(ctx, tx, &a, FellDue{about(a), a.Owner}); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil || n < checked {
			return err
		}
	}
}
