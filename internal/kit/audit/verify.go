package audit

import (
	"context"

	"neike/internal/kit/sqldb"
)

// What happened to a row of the trail.
const (
	Changed   = "changed"   // its content is not what was sealed
	Removed   = "removed"   // rows before it are missing (or the one before it was rewritten with a new seal)
	Inserted  = "inserted"  // it is not part of the chain
	Reordered = "reordered" // it stands in another's place
)

// Finding is one place where the trail is not what was written.
type Finding struct {
	N    int64  `json:"n"`   // place in the chain
	Seq  int64  `json:"seq"` // event of the row in that place; 0 when there is none
	What string `json:"what"`
}

// Report is the result of a check of the whole trail.
type Report struct {
	Rows     int64     `json:"rows"` // rows read
	Head     string    `json:"head"` // hash of the newest row, worth noting elsewhere
	Findings []Finding `json:"findings"`
}

// Sound says whether nothing was found.
func (r Report) Sound() bool { return len(r.Findings) == 0 }

const (
	verifyChunk = 1000
	maxFindings = 100
)

// Verify reads the whole trail on one snapshot and checks every seal and every link. It stops after 100 findings.
func (t *Trail) Verify(ctx context.Context) (Report, error) {
	report := Report{Findings: []Finding{}}
	err := t.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		end, err := sqldb.One(ctx, rd, scanHead, headText)
		if err != nil {
			return err
		}
		v := verifier{report: &report}
		for len(report.Findings) < maxFindings {
			rows, err := from(ctx, rd, v.last.N, verifyChunk+lookahead)
			if err != nil {
				return err
			}
			whole := len(rows) <= verifyChunk
			for i := range min(len(rows), verifyChunk) {
				v.check(rows[i], rows[i+1:])
			}
			if whole {
				break
			}
		}
		v.finish(end)
		report.Head = v.last.Hash
		return nil
	})
	return report, err
}

func from(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]Entry, error) {
	return sqldb.All(ctx, rd, scanEntry, "select "+entryColumns+"\nfrom audit\nwhere n > $1\norder by n\nlimit $2", after, limit)
}

const lookahead = 2 // rows after the one under check that tell an inserted row from a moved one

// verifier walks along the chain.
type verifier struct {
	report       *Report
	before, last Entry  // the two rows before
	skip         int64  // the place of a row that was told about already
	want         string // hash that the next row must name
}

func (v *verifier) note(n, seq int64, what string) {
	v.report.Findings = append(v.report.Findings, Finding{n, seq, what})
}

func (v *verifier) check(row Entry, next []Entry) {
	v.report.Rows++
	if row.seal() != row.Hash {
		v.note(row.N, row.Seq, Changed)
	}
	follows := row.Hash
	switch {
	case row.N == v.skip:
		follows = v.want
	case row.N != v.last.N+1:
		v.note(v.last.N+1, 0, Removed)
	case row.Prev != v.want:
		follows = v.broken(row, next)
	}
	v.before, v.last, v.want = v.last, row, follows
}

// broken finds out why a row does not name the one before it, and says what the next row must name.
func (v *verifier) broken(row Entry, next []Entry) (want string) {
	passed := len(next) > 0 && next[0].Prev == v.want // the chain passes this row over
	switch {
	case passed && len(next) > 1 && next[1].Prev == row.Hash: // …and comes back to it: it changed places with the next
		v.note(row.N, row.Seq, Reordered)
		v.skip = next[0].N
		return row.Hash
	case passed && len(next) == 1 && row.Prev == next[0].Hash: // the same at the end of the chain
		v.note(row.N, row.Seq, Reordered)
		v.skip = next[0].N
		return row.Hash
	case passed:
		v.note(row.N, row.Seq, Inserted)
		return v.want
	case row.Prev == v.before.Hash && v.before.Hash != v.want: // the chain passes the last row over
		v.note(v.last.N, v.last.Seq, Inserted)
	case row.Seq <= v.last.Seq || len(next) > 0 && next[0].Seq <= row.Seq:
		v.note(row.N, row.Seq, Reordered)
	default:
		v.note(row.N, row.Seq, Removed)
	}
	return row.Hash
}

// finish compares the end of the chain with what was noted when it was written.
func (v *verifier) finish(end head) {
	switch {
	case len(v.report.Findings) >= maxFindings:
	case v.last.N < end.n:
		v.note(v.last.N+1, 0, Removed)
	case v.last.N > end.n:
		v.note(v.last.N, v.last.Seq, Inserted)
	case v.want != end.hash:
		v.note(v.last.N, v.last.Seq, Changed)
	}
}
