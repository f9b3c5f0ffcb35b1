package article

import (
	"context"
	"math"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
)

// The counts say nothing below these many forms whose end is known: no share, and above it what kit/stat allows.
const fewest = 5

// Form is one asking while it goes on: the service asked for, its random key, and what was shown and opened in it so far. It
// travels with the page; nothing of it is kept but counts.
type Form struct {
	Service int64
	Key     string
	Shown   []int64 // numbers
	Read    []int64 // numbers
}

// counts says whether what the actor does is counted: not of who looks with another's eyes.
func countable(ctx context.Context) bool { return actor.From(ctx).Viewer == 0 }

// known picks from numbers those of published articles of the service, each once.
func (s *Service) known(ctx context.Context, service int64, numbers []int64) ([]*Head, error) {
	sh, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	var out []*Head
	for _, n := range numbers {
		if h := sh.byNumber[n]; h != nil && slices.Contains(sh.byService[service], h) && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out, nil
}

// count writes a few counts of today.
func (s *Service) count(ctx context.Context, fn func(ctx context.Context, tx *sqldb.Tx, day int) error) error {
	zone := s.Org.Company(ctx).Location()
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return fn(ctx, tx, dayOf(tx.Now, zone)) })
}

// WereShown counts articles that stand before a form and have not stood there before.
func (s *Service) WereShown(ctx context.Context, f Form, numbers []int64) error {
	fresh := slices.DeleteFunc(slices.Clone(numbers), func(n int64) bool { return slices.Contains(f.Shown, n) })
	list, err := s.known(ctx, f.Service, fresh)
	if err != nil || len(list) == 0 || !countable(ctx) {
		return err
	}
	return s.count(ctx, func(ctx context.Context, tx *sqldb.Tx, day int) error {
		for _, h := range list {
			if err := add(ctx, tx, day, Count{Service: f.Service, Article: h.ID, Shown: 1}); err != nil {
				return err
			}
		}
		if len(f.Shown) > 0 {
			return nil
		}
		return add(ctx, tx, day, Count{Service: f.Service, Shown: 1})
	})
}

// WasOpened counts that an article was opened from a form, once for each form.
func (s *Service) WasOpened(ctx context.Context, f Form, number int64) error {
	list, err := s.known(ctx, f.Service, []int64{number})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.ErrNotFound
	}
	if !countable(ctx) || slices.Contains(f.Read, number) {
		return nil
	}
	return s.count(ctx, func(ctx context.Context, tx *sqldb.Tx, day int) error {
		if err := add(ctx, tx, day, Count{Service: f.Service, Article: list[0].ID, Opened: 1}); err != nil || len(f.Read) > 0 {
			return err
		}
		return add(ctx, tx, day, Count{Service: f.Service, Opened: 1})
	})
}

// Solved ends an asking: an article solved it, nothing is sent, and what was kept of the form is dropped. A form that ends twice
// counts once.
func (s *Service) Solved(ctx context.Context, f Form, number int64) error {
	list, err := s.known(ctx, f.Service, []int64{number})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.ErrNotFound
	}
	err = s.count(ctx, func(ctx context.Context, tx *sqldb.Tx, day int) error {
		if fresh, err := s.ends(ctx, tx, f, list[0].ID, day); err != nil || !fresh {
			return err
		}
		if err := add(ctx, tx, day, Count{Service: f.Service, Article: list[0].ID, Solved: 1}); err != nil {
			return err
		}
		return add(ctx, tx, day, Count{Service: f.Service, Solved: 1})
	})
	if err != nil || s.drop == nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	if sv, ok := snap.ByID(f.Service); ok {
		err = s.drop(ctx, sv.Code)
	}
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

func (s *Service) ends(ctx context.Context, tx *sqldb.Tx, f Form, article ID, day int) (bool, error) {
	if f.Key == "" {
		return true, nil
	}
	return spend(ctx, tx, f.Key, article, day)
}

// WasSent counts that a request was sent after reading. A form that had ended with 'solved' did not: that count goes back.
func (s *Service) WasSent(ctx context.Context, f Form) error {
	list, err := s.known(ctx, f.Service, f.Read)
	if err != nil || len(list) == 0 || !countable(ctx) {
		return err
	}
	return s.count(ctx, func(ctx context.Context, tx *sqldb.Tx, day int) error {
		fresh, err := s.ends(ctx, tx, f, 0, day)
		if err != nil {
			return err
		}
		if !fresh {
			before, err := spentOn(ctx, tx, f.Key)
			if err != nil || before == 0 {
				return err
			}
			if err := add(ctx, tx, day, Count{Service: f.Service, Article: before, Solved: -1}); err != nil {
				return err
			}
			if err := add(ctx, tx, day, Count{Service: f.Service, Solved: -1}); err != nil {
				return err
			}
			if err := respend(ctx, tx, f.Key); err != nil {
				return err
			}
		}
		for _, h := range list {
			if err := add(ctx, tx, day, Count{Service: f.Service, Article: h.ID, Asked: 1}); err != nil {
				return err
			}
		}
		return add(ctx, tx, day, Count{Service: f.Service, Asked: 1})
	})
}

// forgetting is how many keys of forms one transaction forgets.
const forgetting = 500

// ForgetForms forgets the keys of forms that came to an end before yesterday, and words that nobody has missed for ninety days.
func (s *Service) ForgetForms(ctx context.Context) error {
	zone := s.Org.Company(ctx).Location()
	if err := s.forgets(ctx, forgetForms, dayOf(s.db.Now().AddDate(0, 0, -1), zone)); err != nil {
		return err
	}
	return s.forgets(ctx, forgetMisses, dayOf(s.db.Now().AddDate(0, 0, -missForgets), zone))
}

func (s *Service) forgets(ctx context.Context, some func(ctx context.Context, tx *sqldb.Tx, before, limit int) (int64, error), before int) error {
	for {
		var n int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = some(ctx, tx, before, forgetting)
			return err
		})
		if err != nil || n < forgetting {
			return err
		}
	}
}

// Known is the number of forms whose end is known: solved, or sent after reading.
func (c Count) Known() int64 { return c.Solved + c.Asked }

// Share is how many of them were solved by reading, with its 95 % Wilson interval; ok is false below five.
func (c Count) Share() (value, low, high float64, ok bool) {
	n := c.Known()
	if n < fewest || c.Solved < 0 {
		return math.NaN(), math.NaN(), math.NaN(), false
	}
	low, high = stat.Wilson(c.Solved, n)
	return float64(c.Solved) / float64(n), low, high, true
}

// Report is the counts of some days: of each service, and of each article in it.
type Report struct {
	Services []Count // forms
	Articles []Count
}

// Reported adds up the days from one to another, 20261101 to 20261130, for the services that the actor may ask about.
func (s *Service) Reported(ctx context.Context, from, to int) (Report, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return Report{}, err
	}
	var services []int64
	for _, sv := range snap.All() {
		set, err := s.towards(ctx, sv.Unit, []int64{sv.ID}, 0)
		if err != nil {
			return Report{}, err
		}
		if access.Allowed(ctx, doReport, set) == nil && s.Catalog.Sees(ctx, sv) {
			services = append(services, sv.ID)
		}
	}
	var out Report
	if len(services) == 0 {
		return out, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := counted(ctx, rd, services, from, to)
		for _, c := range rows {
			if c.Article == 0 {
				out.Services = append(out.Services, c)
			} else {
				out.Articles = append(out.Articles, c)
			}
		}
		return err
	})
	sorting.Stable(out.Services, func(a, b Count) int { return int(b.Shown - a.Shown) })
	sorting.Stable(out.Articles, func(a, b Count) int { return int(b.Opened - a.Opened) })
	return out, err
}
