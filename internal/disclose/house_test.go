package disclose_test

import (
	"context"
	"errors"
	"testing"

	"neike/internal/access"
	"neike/internal/disclose"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema}, {Room: "disclose", FS: disclose.Schema}}

// paper is a source that keeps its ratings on paper.
type paper struct {
	list   []disclose.Rating
	marked map[int64]bool // by case
	fails  error
}

func (p *paper) source(name string) disclose.Source {
	return disclose.Source{Name: name,
		Waiting: func(context.Context, sqldb.Reader) (out []disclose.Rating, err error) {
			for _, r := range p.list {
				if !p.marked[r.Case] {
					out = append(out, r)
				}
			}
			return out, nil
		},
		Mark: func(_ context.Context, tx *sqldb.Tx, list []disclose.Rating) (n int64, err error) {
			if p.fails != nil {
				return 0, p.fails
			}
			for _, r := range list {
				if !p.marked[r.Case] {
					n++
				}
			}
			tx.OnCommit(func() {
				for _, r := range list {
					p.marked[r.Case] = true
				}
			})
			return n, nil
		},
		Marked: func(context.Context, sqldb.Reader) (int64, error) { return int64(len(p.marked)), nil }}
}

type stage struct {
	*testing.T
	ctx  context.Context
	db   *sqldb.DB
	org  *org.Service
	s    *disclose.Service
	book *paper
	ids  map[string]int64
}

func each(t *testing.T, fn func(h stage)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		bus := event.NewBus(db)
		people := org.New(db, bus)
		h := stage{T: t, ctx: actor.System(t.Context()), db: db, org: people, book: &paper{marked: map[int64]bool{}}, ids: map[string]int64{},
			s: disclose.New(db, bus, disclose.Rooms{Org: people, Access: access.New(db, people)})}
		h.s.AddSource(h.book.source("paper"))
		for _, u := range []org.UnitInput{{Code: "hq", NameZh: "总部", Level: org.Entity}, {Code: "finance", NameZh: "财务部", Parent: "hq"}, {Code: "pay", NameZh: "薪酬组", Parent: "finance", Level: org.Team},
			{Code: "books", NameZh: "账务组", Parent: "finance", Level: org.Team}, {Code: "sales", NameZh: "销售部", Parent: "hq"}} {
			made, err := people.SaveUnit(h.ctx, u)
			h.must(err)
			h.ids[u.Code] = made.ID
		}
		for _, p := range []org.PersonInput{{No: "2001", Name: "许慧", Unit: "finance"}, {No: "1001", Name: "沈佳", Unit: "sales"}} {
			_, err := people.SavePerson(h.ctx, p)
			h.must(err)
		}
		fn(h)
	})
}

func (h stage) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h stage) rate(provider, customer string, rater int64, scores ...int) {
	for i, score := range scores {
		h.book.list = append(h.book.list, disclose.Rating{Source: "paper", Case: int64(len(h.book.list) + 1), Rater: rater + int64(i), Provider: h.ids[provider], Customer: h.ids[customer], Score: score})
	}
}

func (h stage) between(provider, customer string) disclose.Score {
	h.Helper()
	score, err := h.s.Between(h.ctx, h.ids[provider], h.ids[customer], disclose.Days{From: 20000101, To: 20991231}, false)
	h.must(err)
	return score
}

// as is the context of a person with roles of the company or, for "head", of the own unit.
func (h stage) as(no string, roles ...string) context.Context {
	h.Helper()
	p, err := h.org.PersonByNo(h.ctx, no)
	h.must(err)
	a, err := h.org.ActorOf(h.ctx, p.ID)
	h.must(err)
	for _, r := range roles {
		if r == "head" {
			a.Groups = append(a.Groups, actor.Group{ID: a.Unit, Role: r})
		} else {
			a.Roles = append(a.Roles, r)
		}
	}
	return actor.With(h.ctx, a)
}

func TestANightReleasesOnce(t *testing.T) {
	each(t, func(h stage) {
		if rows, err := h.s.In(h.ctx, disclose.Days{From: 20000101, To: 20991231}); err != nil || len(rows) != 0 {
			h.Errorf("before the first night: %+v, %v", rows, err)
		}
		h.rate("pay", "sales", 1, 5, 4, 2, 5, 4, 1)
		h.rate("books", "sales", 11, 3, 3)
		h.must(h.s.Release(h.ctx))
		h.must(h.s.Release(h.ctx))
		if got := h.between("pay", "sales"); got.Cases != 6 || got.People != 6 || got.Batches != 1 || got.Size != disclose.Counted {
			t.Errorf("the edge: %+v", got)
		}
		if got := h.between("books", "sales"); got.Known() {
			t.Errorf("two people: %+v", got)
		}
		if got := h.between("finance", "sales"); got.Cases != 6 {
			t.Errorf("the department: %+v", got)
		}
		for range 2 {
			if rows, err := h.s.In(h.ctx, disclose.Days{From: 20000101, To: 20991231}); err != nil || len(rows) != 1 || rows[0].Cases != 6 {
				h.Errorf("all before the third night: %+v, %v", rows, err)
			}
		}
		h.rate("pay", "sales", 21, 2, 1, 4) // with the two of books they are five
		h.must(h.s.Release(h.ctx))
		if got := h.between("pay", "sales"); got.Cases != 6 {
			t.Errorf("what was pooled counts below: %+v", got)
		}
		if got := h.between("finance", "sales"); got.Cases != 11 || got.Batches != 2 {
			t.Errorf("what was pooled: %+v", got)
		}
		l, err := h.s.Ledger(h.ctx, "finance", "sales")
		if err != nil || len(l.List) != 2 || l.List[0].Level != org.Department || l.Score.Cases != 11 {
			t.Errorf("the ledger: %+v, %v", l, err)
		}
		list, err := h.s.Months(h.ctx, h.ids["finance"], h.ids["sales"], disclose.Days{From: 20000101, To: 20991231})
		if err != nil || len(list) != 1 || list[0].Cases != 11 {
			t.Errorf("by month: %+v, %v", list, err)
		}
		rows, err := h.s.In(h.ctx, disclose.Days{From: 20000101, To: 20991231})
		if err != nil || len(rows) != 2 {
			t.Errorf("all: %+v, %v", rows, err)
		}
	})
}

func TestABatchIsWrittenWithItsMarksOrNotAtAll(t *testing.T) {
	each(t, func(h stage) {
		h.rate("pay", "sales", 1, 5, 4, 2, 5, 4)
		h.book.fails = errors.New("killed")
		if err := h.s.Release(h.ctx); !errors.Is(err, h.book.fails) {
			t.Fatal(err)
		}
		if got := h.between("pay", "sales"); got.Known() || len(h.book.marked) > 0 {
			t.Errorf("half a batch: %+v, %d marked", got, len(h.book.marked))
		}
		h.book.fails = nil
		h.must(h.s.Release(h.ctx))
		if got := h.between("pay", "sales"); got.Cases != 5 || len(h.book.marked) != 5 {
			t.Errorf("the next night: %+v, %d marked", got, len(h.book.marked))
		}
	})
}

func TestThePolicyCountsFromTheNextBatchOn(t *testing.T) {
	each(t, func(h stage) {
		office, head := h.as("1001", "quality"), h.as("2001", "head")
		if p, err := h.s.Policy(h.as("2001")); err != nil || p.Least != disclose.UsualLeast || p.Batches != 0 {
			t.Errorf("before anybody set it: %+v, %v", p, err)
		}
		if err := h.s.SetPolicy(head, 4); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a head sets it: %v", err)
		}
		for _, least := range []int{-1, 0, 2, 11} {
			if err := h.s.SetPolicy(office, least); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%d: %v", least, err)
			}
		}
		h.must(h.s.SetPolicy(office, 3))
		h.rate("pay", "sales", 1, 5, 4, 2)
		h.must(h.s.Release(h.ctx))
		h.must(h.s.SetPolicy(office, 10))
		h.must(h.s.SetPolicy(office, 10))
		h.rate("books", "sales", 11, 3, 1, 2, 5, 4, 5)
		h.must(h.s.Release(h.ctx))
		if got := h.between("pay", "sales"); got.Cases != 3 {
			t.Errorf("what was released does not stay: %+v", got)
		}
		if p, err := h.s.Policy(h.ctx); err != nil || p.Least != 10 || p.Batches != 1 || p.Cases != 3 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestWhoSeesScores(t *testing.T) {
	each(t, func(h stage) {
		for name, x := range map[string]struct {
			ctx  context.Context
			want bool
		}{
			"the head of the provider": {h.as("2001", "head"), true}, "the head of the customer": {h.as("1001", "head"), true}, "a member": {h.as("2001"), false},
			"the quality office": {h.as("1001", "quality"), true}, "an executive": {h.as("1001", "executive"), true}, "an agent": {h.as("2001", "agent"), false},
		} {
			if got, err := h.s.Sees(x.ctx, h.ids["finance"], h.ids["sales"]); err != nil || got != x.want {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			_, err := h.s.Ledger(x.ctx, "finance", "sales")
			if (err == nil) != x.want || err != nil && !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s: the ledger: %v", name, err)
			}
		}
		if _, err := h.s.Ledger(h.ctx, "finance", "nowhere"); !errors.Is(err, fault.ErrNotFound) {
			t.Error(err)
		}
	})
}
