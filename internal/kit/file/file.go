// Package file keeps blobs: the bytes of attachments, named by their SHA-256. Equal content is kept once. What a
// blob is called, who may read it and what refers to it is the business of the room that keeps its name.
//
// Store is what a backend offers; Folder keeps blobs in a directory.
package file

import (
	"context"
	"embed"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
)

// Locale holds the words for what can go wrong here.
//
//go:embed locale
var Locale embed.FS

// Blob is the name and size of some bytes.
type Blob struct {
	SHA  string // 64 lower-case hex digits
	Size int64  // bytes
}

// Store keeps blobs. It is safe for concurrent use.
type Store interface {
	// Put reads r to its end and keeps it; when it returns, the bytes are on disk. More than limit bytes (0: no
	// limit) are a fault of kind TooLarge, key "file.too-large", and nothing is kept.
	Put(ctx context.Context, r io.Reader, limit int64) (Blob, error)
	// Open reads a blob; fault.ErrNotFound when there is none of this name.
	Open(sha string) (io.ReadSeekCloser, error)
	// Each calls fn for every blob with the time of its last Put.
	Each(ctx context.Context, fn func(b Blob, put time.Time) error) error
	// Remove removes a blob unless it was put after a time. A blob that is not there is no error.
	Remove(sha string, unlessAfter time.Time) (removed bool, err error)
	// Clear removes what was left before a time by a Put that never came to its end.
	Clear(before time.Time) error
}

// Young is the age below which Sweep leaves a blob alone: its row may be written any moment.
const Young = 24 * time.Hour

const sweepBatch = 200

// Sweep removes blobs that nothing refers to. used is asked in batches which of some names are referred to; blobs
// put less than Young before now stay. What an interrupted Put left that long ago goes, too. It says how many it removed and how many bytes they had.
func Sweep(ctx context.Context, s Store, now time.Time, used func(ctx context.Context, shas []string) (map[string]bool, error)) (removed int, bytes int64, err error) {
	limit := now.Add(-Young)
	if err := s.Clear(limit); err != nil {
		return 0, 0, err
	}
	var batch []Blob
	flush := func() error {
		shas := make([]string, len(batch))
		for i, b := range batch {
			shas[i] = b.SHA
		}
		in, err := used(ctx, shas)
		if err != nil {
			return err
		}
		for _, b := range batch {
			if in[b.SHA] {
				continue
			}
			gone, err := s.Remove(b.SHA, limit)
			if err != nil {
				return err
			}
			if gone {
				removed, bytes = removed+1, bytes+b.Size
			}
		}
		batch = batch[:0]
		return nil
	}
	err = s.Each(ctx, func(b Blob, put time.Time) error {
		if put.After(limit) {
			return nil
		}
		if batch = append(batch, b); len(batch) < sweepBatch {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	return removed, bytes, err
}

// valid says whether a name can be one of ours; anything else must not reach a path.
func valid(sha string) bool {
	raw, err := hex.DecodeString(sha)
	return err == nil && len(raw) == 32 && hex.EncodeToString(raw) == sha
}

// limited reads at most limit bytes and fails on the next.
type limited struct {
	r     io.Reader
	limit int64
	read  int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.read += int64(n)
	if l.limit > 0 && l.read > l.limit {
		return n, fault.New(fault.TooLarge, "file.too-large", "limit", megabytes(l.limit))
	}
	return n, err
}

// cancelled stops a copy when its caller has gone.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

var errName = errors.New("file: not the name of a blob")

// megabytes writes a size for people: "20 MB", "1.5 MB".
func megabytes(n int64) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64), ".0") + " MB"
}
