package org

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// nameBook holds what people are found by in the middle of it, which no index of the database serves: 30 bytes each,
// read through in a millisecond per 100 000. Changes are noted beside it, so that what it says is only where to look;
// who is found is read from the database.
type nameBook struct {
	loading sync.Mutex // one reads the book; never waited for by who changes somebody
	mu      sync.Mutex
	now     *namePage        // nil: not read yet
	touched map[ID]time.Time // changed since, or shortly before, the book was read
	flooded time.Time        // when a change was last not noted, because there were too many
}

// namePage is a book as it was read. It never changes.
type namePage struct {
	text   string // per person in the order of ids: name, pinyin, English name, each ended by a line break
	ids    []ID
	starts []int // where each person begins in text
}

const (
	// touchedMost is how many changes are looked at one by one before the book is read again.
	touchedMost = 200
	// settled is how long after a change no snapshot is older than it.
	settled = time.Minute
)

// touch notes that a person was made or changed.
func (b *nameBook) touch(id ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.touched == nil {
		b.touched = map[ID]time.Time{}
	}
	if _, noted := b.touched[id]; !noted && len(b.touched) >= touchedMost {
		b.flooded = time.Now()
		return
	}
	b.touched[id] = time.Now()
}

// page is the book and who was changed since. It is nil while so many change that it would not be true.
func (b *nameBook) page(ctx context.Context, rd sqldb.Reader) (*namePage, []ID, error) {
	b.loading.Lock()
	defer b.loading.Unlock()
	page, touched, stale := b.look()
	if page != nil || !stale {
		return page, touched, nil
	}
	page, err := readNames(ctx, rd)
	if err != nil {
		return nil, nil, err
	}
	b.mu.Lock()
	b.now = page
	b.mu.Unlock()
	page, touched, _ = b.look()
	return page, touched, nil
}

// look gives the book as it is. When it is stale the caller reads it: what was changed long ago is forgotten for that.
func (b *nameBook) look() (page *namePage, touched []ID, stale bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.flooded.IsZero() && time.Since(b.flooded) < settled:
		return nil, nil, false
	case b.now == nil || !b.flooded.IsZero():
		b.now, b.flooded = nil, time.Time{}
		for id, at := range b.touched {
			if time.Since(at) >= settled {
				delete(b.touched, id)
			}
		}
		return nil, nil, true
	}
	for id := range b.touched {
		touched = append(touched, id)
	}
	return b.now, touched, false
}

func readNames(ctx context.Context, rd sqldb.Reader) (*namePage, error) {
	var text strings.Builder
	p := &namePage{}
	err := eachName(ctx, rd, func(n named) {
		p.ids, p.starts = append(p.ids, n.id), append(p.starts, text.Len())
		text.WriteString(n.name + "\n" + n.full + "\n" + n.latin + "\n")
	})
	p.text = text.String()
	return p, err
}

// find lists the first people, by id, whose entry has the key in it.
func (p *namePage) find(key string, most int) []ID {
	var found []ID
	for at := 0; len(found) < most; {
		i := strings.Index(p.text[at:], key)
		if i < 0 {
			break
		}
		n, exact := slices.BinarySearch(p.starts, at+i)
		if !exact {
			n--
		}
		found = append(found, p.ids[n])
		if n+1 == len(p.starts) {
			break
		}
		at = p.starts[n+1]
	}
	return found
}

// named is one line of the book.
type named struct {
	id                ID
	name, full, latin string
}

// peopleByMiddle finds active people by a key in the middle of their name, of its pinyin or of their English name.
func (s *Service) peopleByMiddle(ctx context.Context, rd sqldb.Reader, key string, limit int) ([]Person, error) {
	low := latinKey(key)
	if !inMiddle(low) || strings.Contains(key, "\n") {
		return nil, nil
	}
	page, ids, err := s.names.page(ctx, rd)
	if err != nil {
		return nil, err
	}
	if page == nil {
		return peopleHaving(ctx, rd, key, low, 0, limit)
	}
	touched := len(ids)
	ids = append(append(ids, page.find(key, limit+touched)...), page.find(low, limit+touched)...)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var found []Person
	for chunk := range slices.Chunk(ids, 500) {
		people, err := peopleByID(ctx, rd, chunk)
		if err != nil {
			return nil, err
		}
		sorting.By(people, func(a, b Person) int { return slices.Index(chunk, a.ID) - slices.Index(chunk, b.ID) })
		for _, p := range people {
			full, _ := nameKeys(p.Name)
			hit := strings.Contains(p.Name, key) || strings.Contains(full, low) || strings.Contains(latinKey(p.NameEn), low)
			if p.Active && hit && len(found) < limit {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// inMiddle: one or two letters stand in the middle of everybody's name.
func inMiddle(low string) bool {
	han := low != strings.Trim(low, "abcdefghijklmnopqrstuvwxyz0123456789")
	return low != "" && (han || len(low) >= 3)
}
