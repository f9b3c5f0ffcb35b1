// Package search finds records by words. Text is cut into tokens of our own: words whole, Chinese by pairs of
// characters, so that 训练 is found in 大量训练数据. The index is filled by one follower of the events and lags the
// records by a second at most.
//
// On SQLite it lives in a file of its own beside the database (search.db: FTS5, rebuildable, not to be backed up),
// so that its merges hold nobody up; on PostgreSQL in a table of its own. Both answer alike.
//
// A room adds a Source per kind of record. Who may see a hit is the asker's business: Find takes a filter.
package search

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// Schema holds the tables of the index on PostgreSQL; on SQLite the main database has none.
//
//go:embed schema
var Schema embed.FS

//go:embed file
var ownFiles embed.FS

// Doc is what can be found of one record.
type Doc struct {
	Kind  string
	ID    int64
	Title string // searched and shown
	Body  string // searched
	Ref   string // number for people, searched and shown: "IT-2026-0042"
	Link  string // path of its page
	Rank  int64  // unix milliseconds; the newest come first. 0: the time in the ID
}

// Source is where documents of one kind come from.
type Source struct {
	Kind   string
	Few    bool     // documents are few beside those of other kinds: a query for this kind alone begins with them
	Events []string // kinds of events with this Kind as subject after which a record is read again
	// Load reads the documents of some records; one that is missing in the answer is taken out of the index.
	Load func(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Doc, error)
	// IDs lists the records with an id above after, ascending, for Rebuild. Nil: this kind is not rebuilt.
	IDs func(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]int64, error)
}

// Hit is a document that was found.
type Hit struct {
	Kind             string
	ID               int64
	Title, Ref, Link string
	num              int64
}

const (
	follower = "search"
	pace     = 500 * time.Millisecond
	chunk    = 500 // documents read and written at once
)

// Index finds documents.
type Index struct {
	db      *sqldb.DB
	bus     *event.Bus
	log     *slog.Logger
	sources map[string]Source

	once  sync.Once
	store *sqldb.DB // where the index is: the file, or db itself
	fail  error
	write sync.Mutex // reading a record and writing its document belong together
	group sync.WaitGroup
	stop  context.CancelFunc
}

// New makes the index of a database. Call Add for each kind, then Start.
func New(db *sqldb.DB, bus *event.Bus) *Index {
	return &Index{db: db, bus: bus, log: slog.Default(), sources: map[string]Source{}}
}

// Add registers where documents of a kind come from. Before Start.
func (x *Index) Add(s Source) { x.sources[s.Kind] = s }

// Start registers the follower that fills the index, lets it see again what the index has lost, and rebuilds a new
// or outdated index in the background. Call it after Migrate and before the bus runs.
func (x *Index) Start(ctx context.Context) error {
	if err := x.open(ctx); err != nil {
		return err
	}
	var kinds []string
	for _, s := range x.sources {
		kinds = append(kinds, s.Events...)
	}
	if len(kinds) == 0 {
		return nil
	}
	x.bus.Follow(follower, x.follow, slices.Compact(slices.Sorted(slices.Values(kinds)))...)
	x.bus.Pace(follower, pace)
	now, err := x.state(ctx)
	if err != nil {
		return err
	}
	whole := true
	if x.store != x.db && now.built { // the file may have lost its last commits, or be an old copy
		if whole, err = x.bus.Rewind(ctx, follower, now.seq); err != nil {
			return err
		}
	}
	if now.built && whole {
		return nil
	}
	ctx, x.stop = context.WithCancel(context.WithoutCancel(ctx))
	x.group.Go(func() {
		if err := x.Rebuild(ctx); err != nil && ctx.Err() == nil {
			x.log.Error("rebuild the search index", "err", err)
		}
	})
	return nil
}

// Close ends a rebuild that is going on and closes the file. The next Start begins it again.
func (x *Index) Close() error {
	if x.stop != nil {
		x.stop()
	}
	x.group.Wait()
	if x.store != nil && x.store != x.db {
		return x.store.Close()
	}
	return nil
}

// open opens the index; a file that cannot be read is thrown away, because it can be made anew.
func (x *Index) open(ctx context.Context) error {
	x.once.Do(func() {
		if x.store = x.db; x.db.Engine() == sqldb.Postgres {
			return
		}
		path := filepath.Join(filepath.Dir(x.db.Path()), "search.db")
		if x.store, x.fail = openFile(ctx, path, x.db.Now); x.fail == nil {
			return
		}
		x.log.Error("the search index cannot be opened and is made anew", "err", x.fail)
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				x.fail = err
				return
			}
		}
		x.store, x.fail = openFile(ctx, path, x.db.Now)
	})
	return x.fail
}

func openFile(ctx context.Context, path string, now func() time.Time) (*sqldb.DB, error) {
	ids := sqldb.NewSource(0, now)
	db, err := sqldb.Open(ctx, sqldb.Config{Path: path, Synchronous: "normal", Readers: 4, CacheMB: 4, Now: now, IDs: ids.Next})
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx, sqldb.Schema{Room: "search", FS: ownFiles}); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// standing is how far the index is.
type standing struct {
	seq   int64 // of the last event that went in
	built bool
}

func (x *Index) state(ctx context.Context) (s standing, err error) {
	err = x.store.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		s, err = sqldb.One(ctx, rd, func(row sqldb.Row) (s standing, err error) { return s, row.Scan(&s.seq, &s.built) },
			"select seq, built from search_state where id = 1")
		return err
	})
	return s, err
}

// follow reads again the records that something happened to.
func (x *Index) follow(ctx context.Context, batch []event.Record) error {
	touched := map[string][]int64{}
	for _, r := range batch {
		if s, ok := x.sources[r.SubjectKind]; ok && slices.Contains(s.Events, r.Kind) {
			touched[s.Kind] = append(touched[s.Kind], r.Subject)
		}
	}
	for _, kind := range slices.Sorted(mapKeys(touched)) {
		ids := slices.Compact(slices.Sorted(slices.Values(touched[kind])))
		for part := range slices.Chunk(ids, chunk) {
			if err := x.refresh(ctx, x.sources[kind], part); err != nil {
				return fmt.Errorf("index %s: %w", kind, err)
			}
		}
	}
	return x.store.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "update search_state set seq = $1 where id = 1 and seq < $1", batch[len(batch)-1].Seq)
		return err
	})
}

func mapKeys(m map[string][]int64) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Rebuild reads every record of every kind again. It may run beside the follower.
func (x *Index) Rebuild(ctx context.Context) error {
	if err := x.open(ctx); err != nil {
		return err
	}
	for _, s := range x.sources {
		if s.IDs == nil {
			continue
		}
		for after := int64(0); ; {
			var ids []int64
			err := x.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
				ids, err = s.IDs(ctx, rd, after, chunk)
				return err
			})
			if err != nil {
				return fmt.Errorf("rebuild %s: %w", s.Kind, err)
			}
			if len(ids) == 0 {
				break
			}
			if err := x.refresh(ctx, s, ids); err != nil {
				return fmt.Errorf("rebuild %s: %w", s.Kind, err)
			}
			after = ids[len(ids)-1]
		}
	}
	return x.store.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "update search_state set built = true where id = 1")
		return err
	})
}

// Optimize merges the parts of the index; once a week is enough. On PostgreSQL there is nothing to do.
func (x *Index) Optimize(ctx context.Context) error {
	if x.db.Engine() == sqldb.Postgres {
		return nil
	}
	if err := x.open(ctx); err != nil {
		return err
	}
	return x.store.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "insert into search_text (search_text) values ('optimize')")
		return err
	})
}

// print tells whether a document has changed.
func (d Doc) print() int64 {
	h := fnv.New64a()
	for _, part := range []string{d.Title, d.Body, d.Ref, d.Link} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return int64(h.Sum64() >> 1)
}

// place is the first number to try for a document: time above, so that numbers fall with age, and 20 bits that
// keep documents of one millisecond apart.
func (d Doc) place() int64 {
	at := d.Rank
	if at == 0 {
		at = sqldb.IDTime(d.ID).UnixMilli()
	}
	h := fnv.New32a()
	fmt.Fprint(h, d.Kind, d.ID)
	return max(0, at-sqldb.Epoch.UnixMilli())<<placeBits | int64(h.Sum32()>>(32-placeBits))
}

const placeBits = 20
