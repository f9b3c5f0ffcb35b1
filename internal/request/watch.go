package request

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// LetWatch lets a colleague watch the request, or no longer: the colleague sees it and hears what is said. Its customer and
// the serving side may do that, as they may mention anybody. A confidential request is watched only by those who may see it
// already: its customer names people, nobody else lets anybody in.
func (s *Service) LetWatch(ctx context.Context, number int64, no string, stop bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		sub := subject(r.ID)
		if _, err := s.Access.Require(ctx, tx, "request.let-watch", sub, r.Confidential); err != nil {
			return err
		}
		var f fault.Fields
		if no == "" {
			f.Add("person", "request.need-person")
			return f.Err()
		}
		p, err := s.Org.PersonByNoIn(ctx, tx, no)
		if err == nil && !p.Active && !stop {
			err = fault.ErrNotFound
		}
		if err := missing(&f, err, "person", "request.person-unknown"); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if stop {
			if r.isCustomer(p.ID) || p.ID == r.Assignee { // they hear of it as what they are
				f.Add("person", "request.watcher-is-party", "name", p.Display(ctx))
				return f.Err()
			}
			if err := s.Access.Revoke(ctx, tx, sub, access.Person(p.ID), access.WhyWatches); err != nil {
				return err
			}
			return s.Talk.Unwatch(ctx, tx, sub, p.ID)
		}
		if r.Confidential {
			a, err := s.Org.ActorOf(ctx, p.ID)
			if err != nil {
				return err
			}
			set, err := s.Access.Relations(ctx, tx, a, sub)
			if err != nil {
				return err
			}
			if !access.May("request.see", set, true) {
				f.Add("person", "request.watcher-not-named", "name", p.Display(ctx))
				return f.Err()
			}
		} else if err := s.Access.Grant(ctx, tx, access.Grant{Subject: sub, Holder: access.Person(p.ID), Why: access.WhyWatches}); err != nil {
			return err
		}
		return s.Talk.Watch(ctx, tx, sub, p.ID, access.WhyWatches)
	})
}

// watchTyped is what the form of watchers says.
type watchTyped struct {
	Person string `form:"person"`
	Stop   bool   `form:"stop"`
}

func (s *Service) submitLetWatch(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in watchTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err = s.LetWatch(ctx, number, in.Person, in.Stop)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.showRefusal(w, r, number, typed{}, fault.New(fault.Conflict, firstKey(err), firstArgs(err)...))
	}
	if err != nil {
		return err
	}
	word := "request.done.let-watch"
	if in.Stop {
		word = "request.done.no-watch"
	}
	web.Toast(w, r, lang.T(ctx, word), "")
	return web.See(w, r, link(number)+"#watchers")
}

// firstKey and firstArgs are the first finding of an error about a form of one field.
func firstKey(err error) string {
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return f.Fields[0].Key
	}
	return "request.person-unknown"
}

func firstArgs(err error) []any {
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return fault.Flat(f.Fields[0].Args)
	}
	return nil
}

// watcherLine is one who watches, on the page of a request.
type watcherLine struct {
	No, Name string
	May      bool // the reader may end it
}

// arrangeWatchers names who watches a request, for those who may let others.
func (s *Service) arrangeWatchers(ctx context.Context, m material, v *showView) error {
	v.MayLetWatch = access.May("request.let-watch", m.Set, m.Confidential)
	if !v.MayLetWatch || len(m.watchers) == 0 {
		return nil
	}
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		shown := m.watchers[:min(len(m.watchers), watchersShown)]
		people, err := s.Org.Names(ctx, rd, shown)
		for _, id := range shown {
			p := people[id]
			v.WatcherLines = append(v.WatcherLines, watcherLine{p.No, p.Display(ctx), !m.isCustomer(id) && id != m.Assignee})
		}
		return err
	})
}

// watchersShown is how many names of watchers a page shows.
const watchersShown = 30

type watchInput struct {
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
	Body   struct {
		Person string `json:"person" doc:"工号" example:"00123"`
		Stop   bool   `json:"stop,omitempty" doc:"The person no longer watches"`
	}
}

type watchOutput struct {
	Body struct {
		Watchers []personJSON `json:"watchers"`
	}
}

// personJSON is a person on the wire.
type personJSON struct {
	No   string `json:"employee_no"`
	Name string `json:"name"`
}

func (s *Service) postWatchers(ctx context.Context, in *watchInput) (*watchOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	if err := s.LetWatch(ctx, number, in.Body.Person, in.Body.Stop); err != nil {
		return nil, err
	}
	out := &watchOutput{}
	out.Body.Watchers = []personJSON{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err := byNumber(ctx, rd, number)
		if err != nil {
			return err
		}
		ids, err := s.Talk.Watchers(ctx, rd, subject(r.ID))
		if err != nil {
			return err
		}
		people, err := s.Org.Names(ctx, rd, ids)
		for _, id := range ids {
			out.Body.Watchers = append(out.Body.Watchers, personJSON{people[id].No, people[id].Plain(ctx)})
		}
		return err
	})
	return out, err
}

// watcherNote says how many watch beyond those named.
func watcherNote(ctx context.Context, v showView) string {
	if more := v.Watchers - len(v.WatcherLines); more > 0 {
		return lang.T(ctx, "request.watchers-more", "count", more)
	}
	return ""
}

func (s *Service) submitWatch(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	if err := s.Watch(r.Context(), number); err != nil {
		return err
	}
	return web.See(w, r, link(number))
}

// Watch makes the actor a watcher of the request, or ends it.
func (s *Service) Watch(ctx context.Context, number int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		sub, me := subject(r.ID), actor.From(ctx).Person
		if _, err := s.Access.Require(ctx, tx, "request.watch", sub, r.Confidential); err != nil {
			return err
		}
		watchers, err := s.Talk.Watchers(ctx, tx, sub)
		if err != nil {
			return err
		}
		if slices.Contains(watchers, me) {
			return s.Talk.Unwatch(ctx, tx, sub, me)
		}
		return s.Talk.Watch(ctx, tx, sub, me, access.WhyWatches)
	})
}
