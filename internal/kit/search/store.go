package search

import (
	"cmp"
	"context"
	"math"
	"strings"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// refresh reads some records and makes their documents be what they are now. On PostgreSQL the lock keeps other
// processes from writing what they read before; within the process, and on SQLite, the mutex does.
func (x *Index) refresh(ctx context.Context, s Source, ids []int64) error {
	x.write.Lock()
	defer x.write.Unlock()
	if x.store == x.db {
		return x.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := sqldb.Value[string](ctx, tx, "select pg_advisory_xact_lock(8::bigint << 48)::text"); err != nil {
				return err
			}
			docs, err := s.Load(ctx, tx, ids)
			if err != nil {
				return err
			}
			return put(ctx, tx, s, ids, docs)
		})
	}
	var docs []Doc
	err := x.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		docs, err = s.Load(ctx, rd, ids)
		return err
	})
	if err != nil {
		return err
	}
	return x.store.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return put(ctx, tx, s, ids, docs) })
}

// indexed is what the index has of a record.
type indexed struct{ num, id, print int64 }

// put writes the documents of some records that have changed, and takes out those that have none any more.
func put(ctx context.Context, tx *sqldb.Tx, s Source, ids []int64, docs []Doc) error {
	kind, few := s.Kind, s.Few
	list, err := sqldb.AllQ(ctx, tx, func(row sqldb.Row) (i indexed, err error) { return i, row.Scan(&i.num, &i.id, &i.print) },
		sqldb.Select("select num, id, print\nfrom search_doc").Where("kind = ?", kind).In("id", ids))
	if err != nil {
		return err
	}
	old := make(map[int64]indexed, len(list))
	for _, i := range list {
		old[i.id] = i
	}
	placed := make([]placedDoc, len(docs))
	for i, d := range docs {
		d.Kind = kind
		placed[i] = placedDoc{d, d.place()}
	}
	sorting.By(placed, func(a, b placedDoc) int { return cmp.Compare(a.place, b.place) }) // FTS5 writes out what it holds at each number below the last
	for _, d := range placed {
		was, there := old[d.ID]
		delete(old, d.ID)
		moved := there && was.num>>placeBits != d.place>>placeBits
		if there && !moved && was.print == d.print() {
			continue
		}
		num := was.num
		if there {
			if err := takeOut(ctx, tx, was.num); err != nil {
				return err
			}
		}
		if !there || moved {
			if num, err = freePlace(ctx, tx, d.place); err != nil {
				return err
			}
		}
		if err := putIn(ctx, tx, num, d.Doc, few); err != nil {
			return err
		}
	}
	for _, gone := range old {
		if err := takeOut(ctx, tx, gone.num); err != nil {
			return err
		}
	}
	return nil
}

type placedDoc struct {
	Doc
	place int64
}

// freePlace is the first unused number from a place on.
func freePlace(ctx context.Context, tx *sqldb.Tx, place int64) (int64, error) {
	for ; ; place++ {
		taken, err := sqldb.Value[bool](ctx, tx, "select exists (select 1 from search_doc where num = $1)", place)
		if err != nil || !taken {
			return place, err
		}
	}
}

func takeOut(ctx context.Context, tx *sqldb.Tx, num int64) error {
	if _, err := tx.Exec(ctx, "delete from search_doc where num = $1", num); err != nil {
		return err
	}
	if tx.Engine() == sqldb.Postgres {
		return nil
	}
	_, err := tx.Exec(ctx, "delete from search_text where rowid = $1", num)
	return err
}

func putIn(ctx context.Context, tx *sqldb.Tx, num int64, d Doc, few bool) error {
	title, body := tokens(d.Title+" "+d.Ref), tokens(d.Body)
	if few {
		title = append(title, ofKind(d.Kind))
	}
	if tx.Engine() == sqldb.Postgres {
		_, err := tx.Exec(ctx, `
insert into search_doc (num, kind, id, title, ref, link, print, words)
values ($1, $2, $3, $4, $5, $6, $7, $8::text::tsvector)`,
			num, d.Kind, d.ID, d.Title, d.Ref, d.Link, d.print(), tsvector(title, body))
		return err
	}
	err := tx.Insert(ctx, "search_doc", "num, kind, id, title, ref, link, print",
		[]any{num, d.Kind, d.ID, d.Title, d.Ref, d.Link, d.print()})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "insert into search_text (rowid, title, body) values ($1, $2, $3)",
		num, strings.Join(title, " "), strings.Join(body, " "))
	return err
}

// Bounds of a query.
const (
	MostHits  = 1000 // candidates that one query looks at, and the highest count
	findBatch = 200
)

// Query finds documents of some kinds (none: all) that have all words of a text, newest first, at most limit (up to
// MostHits).
func (x *Index) Query(ctx context.Context, text string, kinds []string, limit int) ([]Hit, error) {
	return x.Find(ctx, text, kinds, limit, nil)
}

// Find is Query with a filter: keep gets hits in order and gives back those the asker may see. At most MostHits
// are looked at.
func (x *Index) Find(ctx context.Context, text string, kinds []string, limit int, keep func(ctx context.Context, hits []Hit) ([]Hit, error)) ([]Hit, error) {
	found, _, err := x.FindBelow(ctx, text, kinds, 0, limit, keep)
	return found, err
}

// FindBelow is one page of Find: what comes after the place of the page before (0: from the newest). next is the place
// for the following page, 0 when the asker may see nothing more among the MostHits looked at.
func (x *Index) FindBelow(ctx context.Context, text string, kinds []string, below int64, limit int, keep func(ctx context.Context, hits []Hit) ([]Hit, error)) (found []Hit, next int64, err error) {
	list := x.wanted(text, kinds)
	if len(list) == 0 || limit <= 0 {
		return nil, 0, nil
	}
	if err := x.open(ctx); err != nil {
		return nil, 0, err
	}
	limit = min(limit, MostHits)
	size := limit + 1
	if keep != nil {
		size = min(MostHits, max(size, findBatch))
	}
	if below <= 0 {
		below = math.MaxInt64
	}
	for seen := 0; len(found) <= limit && seen < MostHits; {
		hits, err := x.page(ctx, list, kinds, below, size)
		if err != nil {
			return nil, 0, err
		}
		seen += len(hits)
		last := len(hits) < size
		if len(hits) > 0 {
			below = hits[len(hits)-1].num
		}
		if keep != nil && len(hits) > 0 {
			if hits, err = keep(ctx, hits); err != nil {
				return nil, 0, err
			}
		}
		found = append(found, hits...)
		if last || keep == nil {
			break
		}
	}
	if len(found) <= limit {
		return found, 0, nil
	}
	return found[:limit], found[limit-1].num, nil
}

// wanted is what a query for some kinds looks for.
func (x *Index) wanted(text string, kinds []string) []phrase {
	list := phrases(text)
	if len(list) > 0 && len(kinds) == 1 && x.sources[kinds[0]].Few {
		list = append(list, phrase{[]string{ofKind(kinds[0])}, false})
	}
	return list
}

// page is one part of the answer, from the newest below a number.
func (x *Index) page(ctx context.Context, list []phrase, kinds []string, before int64, limit int) (hits []Hit, err error) {
	q := match(x.db.Engine(), "d.kind, d.id, d.title, d.ref, d.link, d.num", list).
		OrderBy(column(x.db.Engine()) + " desc").Limit(limit)
	if before < math.MaxInt64 {
		q.Where(column(x.db.Engine())+" < ?", before)
	}
	if len(kinds) > 0 {
		q.In("d.kind", kinds)
	}
	err = x.store.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		hits, err = sqldb.AllQ(ctx, rd, func(row sqldb.Row) (h Hit, err error) {
			return h, row.Scan(&h.Kind, &h.ID, &h.Title, &h.Ref, &h.Link, &h.num)
		}, q)
		return err
	})
	return hits, err
}

// column is the number by which an engine finds the newest first without sorting all.
func column(engine sqldb.Engine) string {
	if engine == sqldb.Postgres {
		return "d.num"
	}
	return "search_text.rowid"
}

func match(engine sqldb.Engine, columns string, list []phrase) *sqldb.Query {
	if engine == sqldb.Postgres {
		return sqldb.Select("select "+columns+"\nfrom search_doc d").
			Where("d.words @@ ?::text::tsquery", tsquery(list))
	}
	return sqldb.Select("select "+columns+"\nfrom search_text\njoin search_doc d on d.num = search_text.rowid").
		Where("search_text match ?", matchText(list))
}

// Count is how many documents of some kinds (none: all) have all words of a text; more says that there are more
// than MostHits, at which it stops counting.
func (x *Index) Count(ctx context.Context, text string, kinds []string) (n int, more bool, err error) {
	list := x.wanted(text, kinds)
	if len(list) == 0 {
		return 0, false, nil
	}
	if err := x.open(ctx); err != nil {
		return 0, false, err
	}
	q := match(x.db.Engine(), "1 as one", list).Limit(MostHits + 1)
	if len(kinds) > 0 {
		q.In("d.kind", kinds)
	}
	text, args := q.SQL()
	err = x.store.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		n, err = sqldb.Value[int](ctx, rd, "select count(*)\nfrom (\n"+text+"\n) found", args...)
		return err
	})
	return min(n, MostHits), n > MostHits, err
}
