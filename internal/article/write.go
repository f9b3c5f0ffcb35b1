package article

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/prose"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// The rows of access/table that this room asks about.
const (
	doSee     = "article.see"
	doWrite   = "service.article" // begin one
	doKeep    = "article.keep"    // change, propose, confirm one that is there
	doApprove = "article.approve"
	doRate    = "article.rate"
	doCount   = "article.count"
	doReport  = "article.report"
)

// Input is an article as somebody writes it.
type Input struct {
	Unit     string // code
	Title    lang.Text
	Body     lang.Text
	Services []string // codes
	Note     string
	Owner    string // 工号; "": whoever writes it
	CheckBy  string // 2026-12-31; "": nobody has to look again
}

// towards is what the actor is to a place: its unit, services there owned, and whose hands it is in.
func (s *Service) towards(ctx context.Context, unit org.ID, services []int64, owner org.ID) (access.Set, error) {
	a := actor.From(ctx)
	set, err := s.Access.Towards(ctx, a, unit)
	if slices.ContainsFunc(services, func(id int64) bool { return a.In(id, "owner") }) {
		set |= access.Owner
	}
	if owner != 0 && owner == a.Person {
		set |= access.Self
	}
	return set, err
}

// may decides whether the actor may do something to an article; not found when not.
func (s *Service) may(ctx context.Context, action string, a Article) error {
	set, err := s.towards(ctx, a.Unit, a.Services, a.Owner)
	if err != nil {
		return err
	}
	return access.Allowed(ctx, action, set)
}

// Write begins an article as a draft. Everything wrong comes at once.
func (s *Service) Write(ctx context.Context, in Input) (Article, error) {
	var a Article
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		a = Article{State: Draft, MadeAt: tx.Now, Owner: actor.From(ctx).Person}
		if err := s.fill(ctx, tx, &a, in); err != nil {
			return err
		}
		if a.Number, err = tx.Next(ctx, "article_number"); err != nil {
			return err
		}
		a.ID, a.WrittenBy, a.ChangedAt, a.Revision = tx.NewID(), actor.From(ctx).Person, tx.Now, 1
		if err := insertArticle(ctx, tx, a); err != nil {
			return err
		}
		if err := s.pictures(ctx, tx, a); err != nil {
			return err
		}
		return s.announce(ctx, tx, WasWritten{about(a)})
	})
	return a, err
}

// Edit changes the working text: it is a draft again, and what is published stays until the next version. on is the state that
// the actor saw. Owner and day of a published article change at once.
func (s *Service) Edit(ctx context.Context, number int64, in Input, on web.IfMatch) (Article, error) {
	return s.change(ctx, number, doKeep, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if err := on.Check(a.etag()); err != nil {
			return err
		}
		if err := a.writable(); err != nil {
			return err
		}
		was := *a
		if err := s.fill(ctx, tx, a, in); err != nil {
			return err
		}
		if !a.same(was.Words) || a.Note != was.Note && a.Working() != Published {
			a.begun()
			a.WrittenBy = actor.From(ctx).Person
			if err := s.Todo.Fulfil(ctx, tx, subject(a.ID), todoReview); err != nil {
				return err
			}
		} else if a.Working() == Published {
			a.Note = was.Note
		}
		if !a.CheckBy.Equal(was.CheckBy) || a.Owner != was.Owner {
			a.Told = false
			if err := s.Todo.Fulfil(ctx, tx, subject(a.ID), todoCheck); err != nil {
				return err
			}
		}
		if err := updateArticle(ctx, tx, a); err != nil {
			return err
		}
		if err := s.pictures(ctx, tx, *a); err != nil {
			return err
		}
		return s.announce(ctx, tx, WasWritten{about(*a)})
	})
}

// change is the frame of a use case on one article: lock, may, decide and write.
func (s *Service) change(ctx context.Context, number int64, action string, decide func(ctx context.Context, tx *sqldb.Tx, a *Article) error) (Article, error) {
	var a Article
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if a, err = lock(ctx, tx, number); err != nil {
			return err
		}
		if err := s.may(ctx, action, a); err != nil {
			return err
		}
		return decide(ctx, tx, &a)
	})
	return a, err
}

// fill puts what was written into the article, checked.
func (s *Service) fill(ctx context.Context, tx *sqldb.Tx, a *Article, in Input) error {
	var f fault.Fields
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	next := Words{Title: in.Title, Body: in.Body, Note: in.Note}.trimmed()
	if next.Services, err = s.attached(ctx, &f, a.Services, in.Services); err != nil {
		return err
	}
	unit, ok := tree.ByCode(strings.TrimSpace(in.Unit))
	if in.Unit == "" && a.Unit != 0 {
		unit, ok = tree.ByID(a.Unit)
	}
	if ok && unit.ID != a.Unit {
		set, err := s.towards(ctx, unit.ID, next.Services, 0)
		if err != nil {
			return err
		}
		ok = access.Allowed(ctx, doWrite, set) == nil
	}
	switch {
	case in.Unit == "" && a.Unit == 0:
		f.Add("unit", "form.required")
	case !ok:
		f.Add("unit", "article.unit-not-yours")
	}
	checkWords(&f, s.Org.Company(ctx).Locale, next)
	owner, err := s.inHandsOf(ctx, tx, &f, a.Owner, in.Owner)
	if err != nil {
		return err
	}
	check, err := s.day(ctx, tx, &f, a.CheckBy, in.CheckBy)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	a.Unit, a.Words, a.Owner, a.CheckBy = unit.ID, next, owner, check
	return nil
}

// attached are the services of the codes. One may add those for which one may write, and leave what was there.
func (s *Service) attached(ctx context.Context, f *fault.Fields, had []int64, codes []string) ([]int64, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, code := range codes {
		sv, ok := snap.ByCode(strings.TrimSpace(code))
		if ok && !slices.Contains(had, sv.ID) {
			ok, err = s.writesFor(ctx, sv)
			if err != nil {
				return nil, err
			}
		}
		switch {
		case !ok:
			f.Add("services", "article.service-not-yours", "given", clip(code, 60))
		case !slices.Contains(out, sv.ID):
			out = append(out, sv.ID)
		}
	}
	return out, nil
}

// writesFor says whether the actor may write articles for a service.
func (s *Service) writesFor(ctx context.Context, sv *catalog.Service) (bool, error) {
	if !s.Catalog.Sees(ctx, sv) {
		return false, nil
	}
	set, err := s.towards(ctx, sv.Unit, []int64{sv.ID}, 0)
	return access.Allowed(ctx, doWrite, set) == nil, err
}

func (s *Service) inHandsOf(ctx context.Context, tx *sqldb.Tx, f *fault.Fields, had org.ID, no string) (org.ID, error) {
	if no = strings.TrimSpace(no); no == "" {
		return had, nil
	}
	p, err := s.Org.PersonByNoIn(ctx, tx, no)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return 0, err
	}
	if err != nil || !p.Active {
		f.Add("owner", "article.person-unknown")
		return had, nil
	}
	return p.ID, nil
}

// day is the end of a civil day in the company's time.
func (s *Service) day(ctx context.Context, tx *sqldb.Tx, f *fault.Fields, had time.Time, text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, s.Org.Company(ctx).Location())
	switch {
	case err != nil:
		f.Add("check_by", "article.day-unknown")
	case !t.Equal(had) && (t.Before(tx.Now) || t.After(tx.Now.AddDate(5, 0, 0))):
		f.Add("check_by", "article.day-range")
	}
	return t.UTC(), nil
}

// pictures gives the files that the text shows to the article; whoever writes must have uploaded them.
func (s *Service) pictures(ctx context.Context, tx *sqldb.Tx, a Article) error {
	var f fault.Fields
	for _, x := range []struct{ at, body string }{{"body.zh", a.Body.Zh}, {"body.en", a.Body.En}} {
		err := s.Talk.Attach(ctx, tx, subject(a.ID), prose.Files(x.body)...)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			return err
		}
		if err != nil {
			f.Add(x.at, "article.picture-unknown")
		}
	}
	return f.Err()
}

func (a Article) etag() string { return web.ETag(a.ID, a.Revision) }

// ETag names the state of the article.
func (a Article) ETag() string { return a.etag() }

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func about(a Article) About {
	return About{Article: a.ID, Number: a.Number, Unit: a.Unit, Version: a.Version}
}

// settle stores a change of state and announces it.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, a *Article, said event.Event) error {
	if err := updateArticle(ctx, tx, a); err != nil {
		return err
	}
	return s.announce(ctx, tx, said)
}
