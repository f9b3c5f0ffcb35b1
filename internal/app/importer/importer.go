package importer

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// Schema holds the migrations of importer.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of importer.
//
//go:embed locale/*.toml
var Locale embed.FS

// MaxBytes is the largest file.
const MaxBytes = 64 << 20

// Importer holds the kinds and runs imports.
type Importer struct {
	db    *sqldb.DB
	jobs  *job.Queue
	kinds map[string]Kind
	names []string
	bus   *event.Bus // nil: nobody is told
}

// applyJob goes on with a run: at once when a page began it, later when the process that applied it is gone.
type applyJob struct {
	Run int64 `json:"run"`
}

// New makes an importer for the kinds given, in the order in which they are offered, and registers its jobs.
func New(db *sqldb.DB, jobs *job.Queue, kinds ...Kind) *Importer {
	im := &Importer{db: db, jobs: jobs, kinds: map[string]Kind{}}
	im.Register(kinds...)
	job.Handle(jobs, "import.apply", func(ctx context.Context, p applyJob) error {
		_, err := im.apply(ctx, p.Run, nil)
		return err // whoever began it on a page has gone on, and is told by the event
	}, job.Timeout(30*time.Minute))
	job.Handle(jobs, "import.undo", func(ctx context.Context, p applyJob) error { return im.takeBack(ctx, p.Run) }, job.Timeout(time.Hour))
	jobs.Every("import.tidy", 6*time.Hour, im.tidy)
	return im
}

// Register adds kinds before the house opens.
func (im *Importer) Register(kinds ...Kind) {
	for _, k := range kinds {
		im.kinds[k.Name] = k
		im.names = append(im.names, k.Name)
	}
}

// Kinds lists the kinds in the order in which they were given.
func (im *Importer) Kinds() []Kind {
	out := make([]Kind, len(im.names))
	for i, name := range im.names {
		out[i] = im.kinds[name]
	}
	return out
}

// Kind is one kind; fault NotFound for an unknown one.
func (im *Importer) Kind(name string) (Kind, error) {
	k, ok := im.kinds[name]
	if !ok {
		return Kind{}, fault.New(fault.NotFound, "importer.kind-unknown", "value", name)
	}
	return k, nil
}

// Options of Import.
type Options struct {
	DryRun  bool     // judge only; nothing of it stays in the database
	SkipBad bool     // apply the right rows although others are wrong
	Only    []string // keys of the rows to take, where rows are taken one by one; nil: all
	Name    string   // of the file
	Mapping []byte   // the mapping file

	Progress func(done, total int) // told after each chunk; may be nil
}

// Result of an import. In a dry run the counts are what would be done.
type Result struct {
	Count
	Errors  []RowError `json:"errors"`
	Kept    []RowError `json:"kept,omitempty"`    // what the file would change and was changed here: it stays
	Ignored []string   `json:"ignored,omitempty"` // headings of the file that mean nothing here
	Run     int64      `json:"run,omitempty" doc:"Of the import, to take it back by; absent in a dry run"`
}

// RowError is one reason in the reader's language.
type RowError struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Reason string `json:"reason"`
}

// Import reads src as a file of the kind and takes it in, and returns when the last chunk is in. With wrong rows and no
// SkipBad nothing is taken in: the result carries the errors, all of them, and zero counts. The error is for a file that
// cannot be read at all (a fault that says why) and for a machine that fails; what a crash interrupts goes on by itself.
func (im *Importer) Import(ctx context.Context, kind string, src io.Reader, o Options) (Result, error) {
	k, err := im.Kind(kind)
	if err != nil {
		return Result{}, err
	}
	file, closeFile, err := seekable(src)
	if err != nil {
		return Result{}, err
	}
	defer closeFile()
	ctx = asImport(ctx)
	file.Name, file.Mapping = o.Name, o.Mapping
	if err := k.choosable(o.Only); err != nil {
		return Result{}, err
	}
	c := &check{im: im, kind: k, keep: !o.DryRun, problemsKept: maxProblems, only: o.Only}
	if err := c.run(ctx, file, o.SkipBad); err != nil {
		return Result{}, err
	}
	result := Result{Run: c.r.ID, Errors: reasons(ctx, k, c.problems), Kept: reasons(ctx, k, c.kept), Ignored: c.r.Ignored}
	switch {
	case o.DryRun:
		result.Count, result.Run = c.r.Planned, 0
		return result, nil
	case c.r.Bad > 0 && !o.SkipBad:
		return result, im.drop(ctx, c.r.ID)
	}
	if err := im.begin(ctx, c.r.ID, o.SkipBad, nil, im.db.Now().Add(time.Minute)); err != nil {
		return result, err
	}
	done, err := im.apply(ctx, c.r.ID, o.Progress)
	if err != nil {
		return result, err
	}
	result.Count = done.Applied
	return result, failure(done)
}

// failure is the fault of a run that failed.
func failure(r Run) error {
	if r.State != stateFailed || r.Failure == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Conflict, Key: r.Failure.Key, Args: r.Failure.Args}
}

// asImport marks the context: rooms let an import give times and people of the past, and nobody is notified.
func asImport(ctx context.Context) context.Context {
	a := actor.From(ctx)
	a.Import = true
	return actor.With(ctx, a)
}

// seekable gives random access to what may be a stream, through a temporary file.
func seekable(src io.Reader) (Source, func(), error) {
	nothing := func() {}
	switch f := src.(type) {
	case *bytes.Reader:
		return Source{Data: f, Size: f.Size()}, nothing, nil
	case *os.File:
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return Source{Data: f, Size: info.Size()}, nothing, nil
		}
	}
	temp, err := os.CreateTemp("", "neike-import-*")
	if err != nil {
		return Source{}, nothing, fmt.Errorf("keep the file: %w", err)
	}
	end := func() { temp.Close(); os.Remove(temp.Name()) }
	n, err := io.Copy(temp, io.LimitReader(src, MaxBytes+1))
	if err != nil {
		end()
		return Source{}, nothing, fmt.Errorf("keep the file: %w", err)
	}
	return Source{Data: temp, Size: n}, end, nil
}

// reasons puts problems into the reader's words, in the order of the file.
func reasons(ctx context.Context, k Kind, problems []Problem) []RowError {
	out := make([]RowError, len(problems))
	for i, p := range problems {
		out[i] = RowError{Line: p.Line, Column: p.Column, Reason: reason(ctx, k, p)}
	}
	sorting.Stable(out, func(a, b RowError) int { return a.Line - b.Line })
	return out
}

func reason(ctx context.Context, k Kind, p Problem) string {
	key := p.Key
	if strings.HasSuffix(key, ".required") {
		key = "importer.required"
	}
	args := fault.Flat(p.Args)
	if _, given := p.Args["column"]; !given {
		args = append(args, "column", k.label(ctx, p.Column))
	}
	return lang.T(ctx, key, args...)
}

// label is a column's heading in the reader's language.
func (k Kind) label(ctx context.Context, column string) string {
	for _, c := range k.Columns {
		if c.Name == column {
			if text := c.Label.In(ctx); text != "" {
				return text
			}
		}
	}
	return column
}

// Run is one import as the database knows it.
func (im *Importer) Run(ctx context.Context, id int64) (Run, error) {
	var r Run
	err := im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		r, err = runByID(ctx, rd, id)
		return err
	})
	return r, err
}

// Problems lists what is wrong with a run's rows, in words.
func (im *Importer) Problems(ctx context.Context, run Run, limit int) ([]RowError, error) {
	k, err := im.Kind(run.Kind)
	if err != nil {
		return nil, err
	}
	var list []Problem
	err = im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = problemsOf(ctx, rd, run.ID, -1, limit)
		return err
	})
	return reasons(ctx, k, list), err
}

var errNotReady = errors.New("importer: the run cannot be applied")
