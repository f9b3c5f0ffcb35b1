package importer

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Kind is what one sort of file means. A room makes one and app hands it to New; the engine reads the file, stages its
// rows, lets the Checker judge all of them, and only then applies them in chunks.
type Kind struct {
	Name    string    // on the command line and in the address: "people"
	Title   lang.Text // on the page
	Lead    lang.Text // a line under it: what such a file is; "" for a table
	Place   string    // address of the page that shows what was imported
	Columns []Column  // what a table of this kind may hold; nil for a kind with its own Read

	// Ready lists the files of this kind that Neike brings along, to be chosen by a click; nil for none.
	Ready func() []ReadyFile

	// Read turns the file into rows when it is no table (a service pack) or when one row of the file becomes several
	// (an event log). Nil: the file is read as a table by its Columns and the mapping. It stops at the first error of
	// emit. A wrong row is emitted with its Problems, not returned as an error; an error means the file as a whole
	// cannot be read (a fault, so that the reader learns why).
	Read func(ctx context.Context, src Source, emit func(Row) error) error

	// Check begins judging one file. It writes nothing.
	Check func(ctx context.Context) (Checker, error)

	// Apply takes one chunk (at most Chunk rows, in the order of Rank and then Line) into the database. It joins tx,
	// is idempotent by the rows' keys, and asks nothing of the outside world. It may run twice for the same rows.
	Apply func(ctx context.Context, tx *sqldb.Tx, rows []Row) (Count, error)

	// Chunk is how many rows Apply gets at once, for a kind whose rows are work: others wait while a transaction writes.
	// 0 is ChunkRows.
	Chunk int

	// Finish runs once after the last chunk in a transaction of its own, for references between rows of the file.
	// It may be nil, and it may run twice.
	Finish func(ctx context.Context, tx *sqldb.Tx) error

	// Pick is the key of a row by which it is chosen, where the rows of a file are taken one by one; "" of what speaks for the
	// whole file. Nil: a file is taken as a whole.
	Pick func(Row) string

	// Undo lets runs be taken back; nil: they cannot be.
	Undo *Undo
}

// ReadyFile is a file that Neike brings along.
type ReadyFile struct {
	Name  string // of the file, with its ending
	Title lang.Text
	Data  []byte
}

// readyFile is one of the files that come along; ok is false when there is none of that name.
func (k Kind) readyFile(name string) (ReadyFile, bool) {
	if k.Ready == nil {
		return ReadyFile{}, false
	}
	list := k.Ready()
	i := slices.IndexFunc(list, func(f ReadyFile) bool { return f.Name == name })
	if i < 0 {
		return ReadyFile{}, false
	}
	return list[i], true
}

// Column is one column of a table.
type Column struct {
	Name     string    // code, the header in a file made for Neike: "employee_no"
	Label    lang.Text // header people write
	Aliases  []string  // other headers that mean the same
	Required bool      // the file must have the column and every row a value in it
	Key      bool      // it tells one row from another; the two of them may not be in the file twice
	Narrow   bool      // a code or a number: letters and digits of full width are read as plain ones
	Hint     string    // message id: what may stand here, for the page and the template
}

// Source is the file as it came.
type Source struct {
	Name    string // file name, for its ending
	Data    io.ReaderAt
	Size    int64
	Mapping []byte // the mapping file as it came; nil without one

	Ignored func(headings []string) // is told what headings of the file mean nothing; never nil in Read
}

// Row is one row of the file under the columns' codes.
type Row struct {
	Line     int               // where it begins in the file, from 1
	Cells    map[string]string // by Column.Name, trimmed; a column that the file does not have is absent
	Body     json.RawMessage   // what a kind with its own Read wants to find again in Apply
	Problems []Problem         // found while reading
}

// Get is the cell, "" when absent.
func (r Row) Get(column string) string { return r.Cells[column] }

// Has says whether the file has the column: an absent column changes nothing, an empty cell clears.
func (r Row) Has(column string) bool { _, ok := r.Cells[column]; return ok }

// Problem is one thing wrong with one cell or row: a message of kit/lang with its values. Column may be "".
type Problem struct {
	Line   int            `json:"line"`
	Column string         `json:"column,omitempty"`
	Key    string         `json:"key"`
	Args   map[string]any `json:"args,omitempty"`
}

// Wrong makes a Problem; the args are name, value…
func Wrong(line int, column, key string, args ...any) Problem {
	p := Problem{Line: line, Column: column, Key: key}
	if len(args) > 0 {
		p.Args = make(map[string]any, len(args)/2)
	}
	for i := 0; i+1 < len(args); i += 2 {
		p.Args[args[i].(string)] = args[i+1]
	}
	return p
}

// Plan is what Apply would do with a row.
type Plan string

// The plans.
const (
	Create    Plan = "create"
	Update    Plan = "update"
	Unchanged Plan = "unchanged"
)

// Verdict is the judgement of one row. A row with problems is bad whatever its plan.
type Verdict struct {
	Line     int
	Key      string // what people call it: "00123 王芳"
	Plan     Plan
	Changes  []Change  // of an update
	Kept     []Problem // what the row would change and must not, with the reason (it was changed here); shown as 'skip'
	Problems []Problem
}

// Change is one cell that would be another.
type Change struct {
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// Checker judges one file. Rows is called with batches of at most ChunkRows rows in the order of the file, then End once.
type Checker interface {
	Rows(ctx context.Context, rd sqldb.Reader, rows []Row) ([]Verdict, error)
	// End tells what only the whole file shows (a parent that comes later or never, a circle), and the order to apply in.
	End(ctx context.Context, rd sqldb.Reader) (Conclusion, error)
}

// Conclusion of a Checker.
type Conclusion struct {
	Problems []Problem
	Rank     map[int]int // line → rank; rows of a lower rank are applied first; absent lines have rank 0
}

// Count is what a chunk or an import did.
type Count struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// Add sums up.
func (c *Count) Add(o Count) {
	c.Created += o.Created
	c.Updated += o.Updated
	c.Unchanged += o.Unchanged
}

// ChunkRows is the most rows in one batch of Check and one transaction of Apply.
const ChunkRows = 500
