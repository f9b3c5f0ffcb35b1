package article

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// The bounds of what is missed.
const (
	maxMissed   = 60 // characters; what is longer is no name of anything
	mostWords   = 50 // by which one article is found
	mostMisses  = 200
	missForgets = 90 // days after which words that nobody searched again are forgotten
	doMisses    = "search.misses"
	doDesk      = "search.desk"
)

// missed are the words of a search as they are compared: small letters, full width as half, single spaces.
func missed(query string) string {
	return strings.ToLower(strings.Join(strings.Fields(lang.Narrow(query)), " "))
}

func printOf(words string) string {
	h := sha256.Sum256([]byte(words))
	return hex.EncodeToString(h[:])
}

// Missed counts a search that found nothing. Nothing of who searched is kept, and the words only once they were missed on three
// days.
func (s *Service) Missed(ctx context.Context, query string) error {
	words := missed(query)
	if n := utf8.RuneCountInString(words); n < 2 || n > maxMissed || !countable(ctx) {
		return nil
	}
	return s.count(ctx, func(ctx context.Context, tx *sqldb.Tx, day int) error {
		return noteMiss(ctx, tx, printOf(words), words, day)
	})
}

// mayMisses says whether the actor sees what was missed: the quality office, owners of services, heads.
func (s *Service) mayMisses(ctx context.Context) error { return s.Access.Gate()(ctx, doMisses) }

// Misses lists the words that were missed on three days or more, the most often missed first.
func (s *Service) Misses(ctx context.Context) (list []Miss, err error) {
	if err := s.mayMisses(ctx); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = misses(ctx, rd, mostMisses)
		return err
	})
	return list, err
}

// Target is what words lead to: a service by its code, or an article by its number.
func (s *Service) target(ctx context.Context, to string) (sv *catalog.Service, number int64, err error) {
	if n, err := ParseRef(to); err == nil {
		a, err := s.ByNumber(ctx, n, 0)
		if err == nil && s.may(ctx, doApprove, a.Article) == nil {
			return nil, n, nil
		}
	} else if sv, err := s.Catalog.Visible(ctx, strings.TrimSpace(to)); err == nil && s.Catalog.MayWord(ctx, sv) {
		return sv, 0, nil
	}
	var f fault.Fields
	if strings.TrimSpace(to) == "" {
		f.Add("to", "form.required")
	} else {
		f.Add("to", "article.target-not-yours", "given", clip(to, 60))
	}
	return nil, 0, f.Err()
}

// Attach lets words find a service or an article as its name does; they are missed no more.
func (s *Service) Attach(ctx context.Context, words, to string) error {
	if err := s.mayMisses(ctx); err != nil {
		return err
	}
	words = missed(words)
	sv, number, err := s.target(ctx, to)
	if err != nil {
		return err
	}
	if sv != nil {
		if _, err := s.Catalog.AddWord(ctx, sv.Code, words); err != nil {
			return err
		}
		return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return dropMiss(ctx, tx, printOf(words)) })
	}
	_, err = s.change(ctx, number, doApprove, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		have, err := countWords(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		var f fault.Fields
		switch n := utf8.RuneCountInString(words); {
		case n == 0:
			f.Add("words", "form.required")
		case n > maxMissed:
			f.Add("words", "article.too-long", "max", maxMissed)
		case have >= mostWords:
			f.Add("words", "article.words-many", "max", mostWords)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := addWord(ctx, tx, a.ID, words); err != nil {
			return err
		}
		if err := dropMiss(ctx, tx, printOf(words)); err != nil {
			return err
		}
		return s.announce(ctx, tx, WasWritten{about(*a)})
	})
	return err
}

// Detach takes words away from a service or an article again.
func (s *Service) Detach(ctx context.Context, words, from string) error {
	if err := s.mayMisses(ctx); err != nil {
		return err
	}
	sv, number, err := s.target(ctx, from)
	if err != nil {
		return err
	}
	if sv != nil {
		_, err = s.Catalog.DropWord(ctx, sv.Code, words)
		return err
	}
	_, err = s.change(ctx, number, doApprove, func(ctx context.Context, tx *sqldb.Tx, a *Article) error {
		if err := dropWord(ctx, tx, a.ID, words); err != nil {
			return err
		}
		return s.announce(ctx, tx, WasWritten{about(*a)})
	})
	return err
}

// Dismiss forgets words that lead nowhere; when they are missed again they are counted anew.
func (s *Service) Dismiss(ctx context.Context, words string) error {
	if err := s.mayMisses(ctx); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return dropMiss(ctx, tx, printOf(missed(words))) })
}

// SetDesk says at which service questions are asked that find nobody else; "" at none. The quality office says so.
func (s *Service) SetDesk(ctx context.Context, code string) error {
	if err := s.Access.Gate()(ctx, doDesk); err != nil {
		return err
	}
	var id int64
	if code = strings.TrimSpace(code); code != "" {
		sv, err := s.Catalog.Visible(ctx, code)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err != nil || !sv.ForEverybody() {
			var f fault.Fields
			f.Add("desk", "article.desk-unfit")
			return f.Err()
		}
		id = sv.ID
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := setDesk(ctx, tx, id); err != nil {
			return err
		}
		return s.announce(ctx, tx, DeskWasSet{id})
	})
}

// Desk is the service at which one asks what nothing answers; nil when none is named, or not for the actor.
func (s *Service) Desk(ctx context.Context) (*catalog.Service, error) {
	var id int64
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		id, err = deskOf(ctx, rd)
		return err
	})
	if err != nil || id == 0 {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	sv, ok := snap.ByID(id)
	if !ok || sv.AskAt() == "" || !s.Catalog.Sees(ctx, sv) {
		return nil, nil
	}
	return sv, nil
}

// Called is words by which something is found, and what they lead to.
type Called struct {
	Word, To, Title, Href string
}

// CalledBy lists the words that the actor may take away: of services, then of articles.
func (s *Service) CalledBy(ctx context.Context) ([]Called, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []Called
	for _, sv := range snap.All() {
		if len(sv.Words) == 0 || !s.Catalog.Sees(ctx, sv) || !s.Catalog.MayWord(ctx, sv) {
			continue
		}
		for _, w := range sv.Words {
			out = append(out, Called{w, sv.Code, sv.Name.In(ctx), "/services/" + sv.Code})
		}
	}
	sh, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range sh.all {
		if len(h.Words) == 0 || s.may(ctx, doApprove, Article{Unit: h.Unit, Owner: h.Owner, Words: Words{Services: h.Working}}) != nil {
			continue
		}
		for _, w := range h.Words {
			out = append(out, Called{w, h.Ref(), h.Title.In(ctx), h.Link()})
		}
	}
	return out[:min(len(out), 500)], nil
}

// Office are the people of the quality office, at most three, whom one asks where there is no desk.
func (s *Service) Office(ctx context.Context) (nos, names []string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		ids, err := s.Org.Holders(ctx, rd, "quality")
		if err != nil {
			return err
		}
		people, err := s.Org.Names(ctx, rd, ids[:min(len(ids), 3)])
		for _, id := range ids[:min(len(ids), 3)] {
			if p := people[id]; p.ID != 0 {
				nos, names = append(nos, s.Org.Ref(ctx, p)), append(names, p.Display(ctx))
			}
		}
		return err
	})
	return nos, names, err
}

// Found gives the published articles that answer to a query, the nearest first, at most n.
func (s *Service) Found(ctx context.Context, query string, n int) ([]*Head, error) {
	list, err := s.find(ctx, Filter{Query: query})
	return slices.Clip(list[:min(n, len(list))]), err
}
