package article

import (
	"context"
	"slices"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/talk"
	"neike/internal/todo"
)

// reads says whether the actor may read a published article: one of its services is there for the actor, or it has none.
func (s *Service) reads(ctx context.Context, h *Head) (bool, error) {
	if h.State != Published {
		return false, nil
	}
	if len(h.Services) == 0 {
		return true, nil
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(h.Services, func(id int64) bool {
		sv, ok := snap.ByID(id)
		return ok && s.Catalog.Sees(ctx, sv)
	}), nil
}

// keeps says whether the actor may write an article, and so sees it in any state.
func (s *Service) keeps(ctx context.Context, h *Head) bool {
	return s.may(ctx, doKeep, Article{Unit: h.Unit, Owner: h.Owner, Words: Words{Services: h.Working}}) == nil
}

// readable is the head of a published article that the actor may read; not found otherwise.
func (s *Service) readable(ctx context.Context, number int64) (*Head, error) {
	sh, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	h := sh.byNumber[number]
	if h == nil {
		return nil, fault.ErrNotFound
	}
	if ok, err := s.reads(ctx, h); err != nil || !ok {
		return nil, orNotFound(err)
	}
	return h, nil
}

func orNotFound(err error) error {
	if err == nil {
		return fault.ErrNotFound
	}
	return err
}

// Shown is one article as somebody reads it.
type Shown struct {
	Article
	Version Version // the one that is shown; of a draft that was never published its working text, as number 0
	Keeps   bool    // may write it
	Judges  bool    // may publish it
	Reads   bool    // reads it as everybody does
}

// ByNumber is an article for the actor: the newest version, or version n; those who keep it also see what is not published.
func (s *Service) ByNumber(ctx context.Context, number int64, n int) (Shown, error) {
	sh, err := s.shelf(ctx)
	if err != nil {
		return Shown{}, err
	}
	h := sh.byNumber[number]
	if h == nil {
		return Shown{}, fault.ErrNotFound
	}
	var out Shown
	if out.Reads, err = s.reads(ctx, h); err != nil {
		return out, err
	}
	if out.Keeps = s.keeps(ctx, h); !out.Reads && !out.Keeps || n > 0 && n != h.Version && !out.Keeps {
		return out, fault.ErrNotFound
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if out.Article, err = byNumber(ctx, rd, number); err != nil {
			return err
		}
		if n == 0 {
			n = out.Article.Version
		}
		if n == 0 {
			out.Version = Version{Words: out.Words, WrittenBy: out.WrittenBy, At: out.ChangedAt}
			return nil
		}
		out.Version, err = versionOf(ctx, rd, out.ID, n)
		return err
	})
	out.Judges = err == nil && s.may(ctx, doApprove, out.Article) == nil
	return out, err
}

// History is the versions of an article, newest first, for those who keep it.
func (s *Service) History(ctx context.Context, number int64) (out []Version, err error) {
	a, err := s.ByNumber(ctx, number, 0)
	if err != nil {
		return nil, err
	}
	if !a.Keeps {
		return nil, fault.ErrNotFound
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out, err = versionsOf(ctx, rd, a.ID)
		return err
	})
	return out, err
}

// Filter narrows a list of articles.
type Filter struct {
	Query   string
	Unit    string // code
	Service string // code
	State   State  // "": what is there to be read; other states for those who keep them
	Mine    bool   // in the actor's hands, in any state but retired
	Limit   int
}

// List gives the heads that the actor may know of, newest first; with a query the nearest first.
func (s *Service) List(ctx context.Context, f Filter, cursor string) (web.Page[*Head], error) {
	at, err := web.ParseCursor(cursor, 1)
	if err != nil {
		return web.Page[*Head]{}, err
	}
	from := 0
	if at != nil {
		from = int(at[0])
	}
	found, err := s.find(ctx, f)
	if err != nil || from < 0 || from > len(found) {
		return web.Page[*Head]{}, err
	}
	rows := found[from:min(len(found), from+f.Limit+1)]
	return web.Cut(rows, f.Limit, func(*Head) string { return web.Cursor(int64(from + f.Limit)) }), nil
}

// find looks through the shelf in memory.
func (s *Service) find(ctx context.Context, f Filter) ([]*Head, error) {
	sh, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	unit, known := tree.ByCode(f.Unit)
	if f.Unit != "" && !known {
		return nil, nil
	}
	var service int64
	if f.Service != "" {
		sv, ok := snap.ByCode(f.Service)
		if !ok || !s.Catalog.Sees(ctx, sv) {
			return nil, nil
		}
		service = sv.ID
	}
	words := strings.Fields(strings.ToLower(clip(f.Query, maxQuery)))
	me := actor.From(ctx).Person
	var out []*Head
	for _, h := range sh.all {
		if f.Unit != "" && h.Unit != unit.ID || service != 0 && !slices.Contains(h.Services, service) || !h.matches(words) || !h.wanted(f, me) {
			continue
		}
		ok, err := s.reads(ctx, h)
		if err != nil {
			return nil, err
		}
		if ok || s.keeps(ctx, h) {
			out = append(out, h)
		}
	}
	if len(words) > 0 {
		out = best(out, f.Query, len(out))
	}
	return out, nil
}

// wanted says whether the state of an article is asked for; one that is published and being written anew is both.
func (h *Head) wanted(f Filter, me org.ID) bool {
	switch {
	case f.Mine:
		return h.Owner == me && h.State != Retired && (f.State == "" || h.State == f.State || h.Work == f.State)
	case f.State == "":
		return h.State == Published
	}
	return h.State == f.State || h.Work == f.State
}

const maxQuery = 100

// Of gives the published articles of a service that the actor may read, the nearest to what is typed first.
func (s *Service) Of(ctx context.Context, service int64, typed string, limit int) ([]*Head, error) {
	sh, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	return best(sh.byService[service], clip(typed, 400), limit), nil
}

// fillSlots puts what this room knows into the places that lower rooms leave for it.
func (s *Service) fillSlots() {
	s.Todo.AddVerb(todoReview, todo.Verb{Label: "article.todo-review", Icon: "clipboard-check", Serving: true})
	s.Todo.AddVerb(todoRevise, todo.Verb{Label: "article.todo-revise", Icon: "pencil", Serving: true})
	s.Todo.AddVerb(todoCheck, todo.Verb{Label: "article.todo-check", Icon: "refresh", Serving: true})
	s.Todo.AddVerb(todoDoubt, todo.Verb{Label: "article.todo-doubt", Icon: "alert-triangle", Serving: true})
	s.Talk.AddPolicy(Kind, talk.Policy{About: s.talkAbout, See: s.talkSee})
}

// talkSee opens the pictures of an article to whoever may read it.
func (s *Service) talkSee(ctx context.Context, rd sqldb.Reader, id int64) (talk.Sight, error) {
	list, err := byIDs(ctx, rd, []int64{id})
	if err != nil || len(list) == 0 {
		return talk.Sight{}, err
	}
	sh, err := s.shelf(ctx)
	if err != nil {
		return talk.Sight{}, err
	}
	h := sh.byNumber[list[0].Number]
	if h == nil {
		return talk.Sight{}, nil
	}
	ok, err := s.reads(ctx, h)
	return talk.Sight{Messages: ok || s.keeps(ctx, h)}, err
}

// talkAbout names the articles among the ids that the actor may open.
func (s *Service) talkAbout(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	list, err := byIDs(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]talk.About, len(list))
	for _, a := range list {
		sight, err := s.talkSee(ctx, rd, a.ID)
		if err != nil {
			return nil, err
		}
		if sight.Messages || actor.From(ctx).System {
			out[a.ID] = talk.About{Ref: a.Ref(), Title: a.Title.In(ctx), Link: link(a.Number)}
		}
	}
	return out, nil
}

// Numbers are the numbers of articles by their ids, for the audit trail.
func Numbers(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]int64, error) {
	list, err := byIDs(ctx, rd, ids)
	out := make(map[int64]int64, len(list))
	for _, a := range list {
		out[a.ID] = a.Number
	}
	return out, err
}

// unitsOf are the units for which the actor may begin an article.
func (s *Service) unitsOf(ctx context.Context) ([]org.Unit, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	a := actor.From(ctx)
	var out []org.Unit
	if a.Has("quality") {
		return tree.All(), nil
	}
	for _, g := range a.Groups {
		u, ok := tree.ByID(g.ID)
		if !ok || slices.ContainsFunc(out, func(o org.Unit) bool { return o.ID == u.ID }) {
			continue
		}
		set, err := s.towards(ctx, u.ID, nil, 0)
		if err != nil {
			return nil, err
		}
		if access.Allowed(ctx, doWrite, set) == nil {
			out = append(out, u)
		}
	}
	return out, nil
}
