package article

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

var noTime time.Time

// Rate keeps what the actor says of the published version: helpful, or not and why. Saying it again replaces it. 'Wrong' and
// 'outdated' are owed to the owner. Nothing announces who it was.
func (s *Service) Rate(ctx context.Context, number int64, helpful bool, reason, words string) error {
	me := actor.From(ctx)
	r := Rating{Person: me.Person, Helpful: helpful, Reason: reason, Words: strings.TrimSpace(words)}
	var f fault.Fields
	if helpful {
		r.Reason, r.Words = "", ""
	} else if !slices.Contains(Reasons, r.Reason) {
		f.Add("reason", "form.required")
	}
	if utf8.RuneCountInString(r.Words) > maxWhy {
		f.Add("words", "article.too-long", "max", maxWhy)
	}
	if r.Person == 0 {
		return fault.ErrNotFound
	}
	h, err := s.readable(ctx, number)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a, err := lock(ctx, tx, h.Number)
		if err != nil {
			return err
		}
		if a.State != Published {
			return fault.ErrNotFound
		}
		if a.Owner == r.Person {
			return fault.New(fault.Conflict, "article.own")
		}
		r.Version = a.Version
		if err := putRating(ctx, tx, a.ID, r); err != nil || !owed(r.Reason) {
			return err
		}
		if err := s.owe(ctx, tx, a, todoDoubt, a.Owner); err != nil {
			return err
		}
		return s.events.Emit(actor.System(ctx), tx, WasDoubted{about(a), a.Owner, r.Reason})
	})
}

// Opinion is what was said of one version, without who said it.
type Opinion struct {
	Helpful, All int64
	Said         []Rating // of those who were not helped: reason and words
	Mine         *Rating
}

// Opinions are those of the published version: one's own, and all of them for those who keep the article.
func (s *Service) Opinions(ctx context.Context, a Article) (Opinion, error) {
	var o Opinion
	keeps := s.may(ctx, doKeep, a) == nil
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		mine, err := ratingBy(ctx, rd, a.ID, a.Version, actor.From(ctx).Person)
		if err == nil {
			o.Mine = &mine
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
		if keeps {
			o.Helpful, o.All, o.Said, err = ratingsOf(ctx, rd, a.ID, a.Version)
			return err
		}
		return nil
	})
	return o, err
}
