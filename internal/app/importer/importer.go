package importer

import (
	"context"
	"io"

	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// Importer holds the kinds and runs imports.
type Importer struct {
	db    *sqldb.DB
	jobs  *job.Queue
	kinds map[string]Kind
	names []string
}

// New makes an importer for the kinds given and registers its job.
func New(db *sqldb.DB, jobs *job.Queue, kinds ...Kind) *Importer {
	im := &Importer{db: db, jobs: jobs, kinds: map[string]Kind{}}
	for _, k := range kinds {
		im.kinds[k.Name] = k
		im.names = append(im.names, k.Name)
	}
	return im
}

// Options of Import.
type Options struct {
	DryRun  bool // judge only; nothing is written but the run's own rows
	SkipBad bool // apply the right rows although others are wrong
	Name    string
	Mapping []byte
}

// Result of an import.
type Result struct {
	Run int64 `json:"-"`
	Count
	Errors []RowError `json:"errors"`
}

// RowError is one reason in the reader's language.
type RowError struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Reason string `json:"reason"`
}

// Import reads src as a file of the kind and takes it in. With wrong rows and no SkipBad nothing is taken in; the
// result then carries the errors and the error is nil. An error means the file could not be read (a fault) or the
// machine failed.
func (im *Importer) Import(ctx context.Context, kind string, src io.Reader, o Options) (Result, error) {
	return Result{}, nil
}
