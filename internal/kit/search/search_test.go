package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/search"
	"neike/internal/kit/sqldb"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "search", FS: search.Schema},
	{Room: "note", FS: fstest.MapFS{"2026112199_note.sql": {Data: []byte(`
create table note (
  id bigint primary key,
  title text not null,
  body text not null
);`)}}}}

type wasWritten struct{ Note int64 }

func (wasWritten) EventKind() string               { return "note.written" }
func (e wasWritten) EventSubject() (string, int64) { return "note", e.Note }

// desk is a small room with notes and a search over them.
type desk struct {
	t   *testing.T
	db  *sqldb.DB
	bus *event.Bus
	*search.Index
}

func newDesk(t *testing.T, db *sqldb.DB) *desk {
	t.Helper()
	d := &desk{t: t, db: db, bus: event.NewBus(db)}
	d.Index = search.New(db, d.bus)
	d.Add(search.Source{Kind: "note", Events: []string{"note.written"},
		Load: func(ctx context.Context, rd sqldb.Reader, ids []int64) ([]search.Doc, error) {
			return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (doc search.Doc, err error) {
				err = row.Scan(&doc.ID, &doc.Title, &doc.Body)
				doc.Ref, doc.Link, doc.Rank = fmt.Sprintf("N-%d", doc.ID), fmt.Sprintf("/notes/%d", doc.ID), sqldb.Epoch.UnixMilli()+doc.ID
				return doc, err
			}, sqldb.Select("select id, title, body\nfrom note").In("id", ids))
		},
		IDs: func(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]int64, error) {
			return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) },
				sqldb.Select("select id\nfrom note").Where("id > ?", after).OrderBy("id").Limit(limit))
		}})
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *desk) write(id int64, title, body string) {
	d.t.Helper()
	err := d.db.Write(d.t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "insert into note (id, title, body) values ($1, $2, $3)\n"+
			"on conflict (id) do update set title = excluded.title, body = excluded.body", id, title, body)
		if err != nil {
			return err
		}
		return d.bus.Emit(ctx, tx, wasWritten{id})
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) drain() {
	d.t.Helper()
	if err := d.bus.Drain(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) find(text string) (ids []int64) {
	d.t.Helper()
	hits, err := d.Query(d.t.Context(), text, nil, 1000)
	if err != nil {
		d.t.Fatalf("%q: %v", text, err)
	}
	for _, h := range hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func TestWordsAreFound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.write(1, "需要大量训练数据", "Please prepare GPU servers, v2.1")
		d.write(2, "训练营报名", "ＩＴ部 的 Naïve café")
		d.write(3, "数据库 O'Reilly \"quoted\" a:b* -x", "")
		d.write(4, "报销", "差旅")
		d.write(10245, "阀门 A-12 漏水", "IT-2026-0042")
		d.drain()
		for _, c := range []struct {
			name, text string
			want       []int64
		}{
			{"two characters inside a sentence", "训练", []int64{2, 1}},
			{"four characters", "训练数据", []int64{1}},
			{"the characters must follow each other", "大量数据", nil},
			{"two words, both needed", "训练 servers", []int64{1}},
			{"one character", "训", []int64{2, 1}},
			{"one character at the end of a run", "据", []int64{3, 1}},
			{"one character alone in the text", "的", []int64{2}},
			{"letters of any case", "gPu", []int64{1}},
			{"the beginning of a word", "serv", []int64{1}},
			{"not the middle of a word", "ervers", nil},
			{"full-width letters", "it部", []int64{2}},
			{"accents", "CAFÉ", []int64{2}},
			{"a number with a point", "v2.1", []int64{1}},
			{"the number for people", "n-4", []int64{4}},
			{"without the hyphen", "N4", []int64{4}},
			{"without the letter", "4", []int64{4}},
			{"the beginning of a number", "N-102", []int64{10245}},
			{"without its letter", "1024", []int64{10245}},
			{"another letter", "R-10245", nil},
			{"a number in the text", "a-12", []int64{10245}},
			{"a number in two parts", "it-2026-0042", []int64{10245}},
			{"its later part", "2026-0042", []int64{10245}},
			{"its letters", "IT", []int64{10245, 2}},
			{"its letter says nothing", "n", nil},
			{"two letters stand for themselves", "gp", nil},
			{"three begin a word", "pre", []int64{1}},
			{"signs are no operators", `"quoted" * - ( OR a:b`, nil},
			{"quotes do no harm", `O'Reilly "quoted`, []int64{3}},
			{"nothing to look for", " …！", nil},
			{"over the border of title and body", "报销差旅", nil},
			{"title and body together", "报销 差旅", []int64{4}},
		} {
			if got := d.find(c.text); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q found %v, want %v", c.name, c.text, got, c.want)
			}
		}
		hits, err := d.Query(t.Context(), "报销", []string{"note"}, 1)
		if err != nil || len(hits) != 1 || hits[0].Title != "报销" || hits[0].Ref != "N-4" || hits[0].Link != "/notes/4" {
			t.Errorf("got %+v, %v", hits, err)
		}
		if hits, err := d.Query(t.Context(), "报销", []string{"person"}, 1); err != nil || len(hits) != 0 {
			t.Errorf("another kind: %+v, %v", hits, err)
		}
	})
}

func TestTheIndexFollowsTheRecord(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.write(1, "打印机坏了", "")
		d.drain()
		d.write(1, "投影仪坏了", "")
		d.drain()
		if got := d.find("打印"); got != nil {
			t.Errorf("the old title is found: %v", got)
		}
		if got := d.find("投影"); !slices.Equal(got, []int64{1}) {
			t.Errorf("the new title is not: %v", got)
		}
		err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.Exec(ctx, "delete from note"); err != nil {
				return err
			}
			return d.bus.Emit(ctx, tx, wasWritten{1})
		})
		if err != nil {
			t.Fatal(err)
		}
		d.drain()
		if got := d.find("投影"); got != nil {
			t.Errorf("what is gone is found: %v", got)
		}
	})
}

// What contains a text is found, and nothing else, whatever the characters.
func TestRandomTextsAreFoundAsByReading(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		random := rand.New(rand.NewPCG(1, 2))
		letters := []rune("训练数据大 ,")
		text := func(n int) string {
			var b strings.Builder
			for range n {
				b.WriteRune(letters[random.IntN(len(letters))])
			}
			return b.String()
		}
		const notes = 300
		var titles, bodies [notes]string
		err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for id := range notes {
				titles[id], bodies[id] = text(12), text(30)
				if err := tx.Insert(ctx, "note", "id, title, body", []any{id, titles[id], bodies[id]}); err != nil {
					return err
				}
				if err := d.bus.Emit(ctx, tx, wasWritten{int64(id)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d.drain()
		for range 300 {
			query := strings.Map(func(r rune) rune {
				if r == ' ' || r == ',' {
					return '训'
				}
				return r
			}, text(1+random.IntN(4)))
			var want []int64
			for id := notes - 1; id >= 0; id-- {
				if strings.Contains(titles[id], query) || strings.Contains(bodies[id], query) {
					want = append(want, int64(id))
				}
			}
			if got := d.find(query); !slices.Equal(got, want) {
				t.Fatalf("%q: found %v, want %v", query, got, want)
			}
		}
	})
}

func TestTheFilterAndTheCount(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		const notes = 1200
		err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for id := range int64(notes) {
				if err := tx.Insert(ctx, "note", "id, title, body", []any{id, "会议", ""}); err != nil {
					return err
				}
				if err := d.bus.Emit(ctx, tx, wasWritten{id}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d.drain()
		if n, more, err := d.Count(t.Context(), "会议", []string{"note"}); n != search.MostHits || !more || err != nil {
			t.Errorf("counted %d, %v, %v", n, more, err)
		}
		hits, err := d.Find(t.Context(), "会议", nil, 3, func(_ context.Context, hits []search.Hit) ([]search.Hit, error) {
			return slices.DeleteFunc(hits, func(h search.Hit) bool { return h.ID%250 != 0 }), nil
		})
		if err != nil || len(hits) != 3 || hits[0].ID != 1000 || hits[1].ID != 750 || hits[2].ID != 500 {
			t.Errorf("got %+v, %v", hits, err)
		}
	})
}

// Few records of a kind among many are found by their kind, and only they.
func TestFewOfAKindAreFoundByIt(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		x := search.New(db, event.NewBus(db))
		source := func(kind string, few bool, every int64) {
			x.Add(search.Source{Kind: kind, Few: few, Events: []string{"note.written"},
				Load: func(_ context.Context, _ sqldb.Reader, ids []int64) (docs []search.Doc, err error) {
					for _, id := range ids {
						docs = append(docs, search.Doc{ID: id, Title: "会议纪要", Ref: fmt.Sprintf("N-%d", id), Rank: sqldb.Epoch.UnixMilli() + id})
					}
					return docs, nil
				},
				IDs: func(_ context.Context, _ sqldb.Reader, after int64, limit int) (ids []int64, err error) {
					for id := after + 1; id <= 1500 && len(ids) < limit; id++ {
						if id%every == 0 {
							ids = append(ids, id)
						}
					}
					return ids, nil
				}})
		}
		source("note", false, 1)
		source("slip", true, 500)
		if err := x.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		for _, c := range []struct {
			text  string
			kinds []string
			want  int
		}{
			{"会议", []string{"slip"}, 3}, {"纪", []string{"slip"}, 3}, {"n-1000", []string{"slip"}, 1}, {"报销", []string{"slip"}, 0}, {"slip", nil, 0},
			{"会议", []string{"note"}, 1000}, {"会议", []string{"slip", "note"}, 1000}, {"n1500", nil, 2}, {"会议", []string{"memo"}, 0},
		} {
			hits, err := x.Query(t.Context(), c.text, c.kinds, search.MostHits)
			if err != nil || len(hits) != c.want {
				t.Errorf("%q in %v: %d found, want %d; %v", c.text, c.kinds, len(hits), c.want, err)
			}
			n, more, err := x.Count(t.Context(), c.text, c.kinds)
			if err != nil || n != c.want || more != (c.want == search.MostHits) {
				t.Errorf("%q in %v: %d counted, %v; %v", c.text, c.kinds, n, more, err)
			}
		}
	})
}

// Pages follow each other without a gap, and end where the asker sees nothing more.
func TestPagesOfAnAnswer(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		for id := range int64(20) {
			d.write(id+1, "会议室", "")
		}
		d.drain()
		even := func(_ context.Context, hits []search.Hit) ([]search.Hit, error) {
			return slices.DeleteFunc(hits, func(h search.Hit) bool { return h.ID%2 == 1 }), nil
		}
		var got []int64
		for below, pages := int64(0), 0; ; pages++ {
			hits, next, err := d.FindBelow(t.Context(), "会议", nil, below, 4, even)
			if err != nil || pages > 3 {
				t.Fatal(pages, err)
			}
			for _, h := range hits {
				got = append(got, h.ID)
			}
			if below = next; next == 0 {
				break
			}
		}
		if want := []int64{20, 18, 16, 14, 12, 10, 8, 6, 4, 2}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		none := func(context.Context, []search.Hit) ([]search.Hit, error) { return nil, nil }
		if hits, next, err := d.FindBelow(t.Context(), "会议", nil, 0, 4, none); len(hits) > 0 || next != 0 || err != nil {
			t.Errorf("who sees nothing learns of %v, %d, %v", hits, next, err)
		}
	})
}

func TestALostIndexIsMadeAnew(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		d.write(1, "打印机坏了", "")
		d.drain()
		dbtest.Clock(db).Advance(time.Hour)
		d.write(2, "打印机好了", "")
		d.drain()
		if _, err := d.bus.Purge(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if db.Engine() == sqldb.SQLite {
			if err := os.WriteFile(filepath.Join(filepath.Dir(db.Path()), "search.db"), []byte("this is no database, and longer than a header of one hundred bytes, so that SQLite reads it and finds out for certain"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again := newDesk(t, db)
		if err := again.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := again.find("打印机"); !slices.Equal(got, []int64{2, 1}) {
			t.Errorf("found %v", got)
		}
	})
}

// A file that lost its last commits sees their events again.
func TestAnIndexThatFellBehindCatchesUp(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	d := newDesk(t, db)
	if err := d.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.write(1, "打印机坏了", "")
	d.drain()
	d.Close()
	file := filepath.Join(filepath.Dir(db.Path()), "search.db")
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, db)
	d.write(2, "打印机好了", "")
	d.drain()
	d.Close()
	for _, end := range []string{"-wal", "-shm"} {
		os.Remove(file + end)
	}
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, db)
	if got := d.find("打印机"); !slices.Equal(got, []int64{1}) {
		t.Fatalf("the old copy finds %v", got)
	}
	d.drain()
	if got := d.find("打印机"); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("found %v", got)
	}
}
