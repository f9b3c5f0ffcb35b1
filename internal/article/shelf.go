package article

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/prose"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Head is what lists, suggestions and searches know of an article: all but its text.
type Head struct {
	ID        ID
	Number    int64
	Unit      org.ID
	Owner     org.ID
	State     State
	Work      State
	Version   int
	Title     lang.Text // of the version; without one, of the working text
	Lead      lang.Text // the first words of the text
	Services  []int64   // of the version; without one, of the working text
	Working   []int64   // of the working text
	CheckBy   time.Time
	Published time.Time // of the version
	Changed   time.Time
	Words     []string // by which it is found beside its title

	titles, keys string // what it is found by, in small letters
}

// Ref is the number as people write it.
func (h *Head) Ref() string { return Ref(h.Number) }

// Link is the page of it.
func (h *Head) Link() string { return link(h.Number) }

// The characters of a text that stand in a list, and those by which it is found.
const (
	leadLength = 90
	keyLength  = 2000
)

// shelf is all articles, newest first; it is shared and never changed.
type shelf struct {
	all       []*Head
	byNumber  map[int64]*Head
	byService map[int64][]*Head // published ones
}

func (s *Service) shelf(ctx context.Context) (*shelf, error) {
	if x := s.kept.Load(); x != nil {
		return x, nil
	}
	var out *shelf
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if _, inWrite := rd.(*sqldb.Tx); inWrite { // what a transaction sees may never come to be
			out, err = readShelf(ctx, rd)
			return err
		}
		s.reading.Lock()
		defer s.reading.Unlock()
		if out = s.kept.Load(); out != nil {
			return nil
		}
		if out, err = readShelf(ctx, rd); err == nil {
			s.generation.Keep(rd, func() { s.kept.Store(out) })
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the articles: %w", err)
	}
	return out, nil
}

func (s *Service) forget() {
	s.generation.Next(func() { s.kept.Store(nil) })
}

// listen keeps the shelf true: here when a transaction of this room has committed (announce), in other processes when they
// see the event.
func (s *Service) listen(bus *event.Bus) {
	bus.Live(func(r event.Record) {
		if strings.HasPrefix(r.Kind, "article.") {
			s.forget()
		}
	})
}

// announce emits what happened and drops the shelf once it is true.
func (s *Service) announce(ctx context.Context, tx *sqldb.Tx, events ...event.Event) error {
	tx.OnCommit(s.forget)
	return s.events.Emit(ctx, tx, events...)
}

func readShelf(ctx context.Context, rd sqldb.Reader) (*shelf, error) {
	list, versions, err := allArticles(ctx, rd)
	if err != nil {
		return nil, err
	}
	called, err := wordsOfAll(ctx, rd)
	if err != nil {
		return nil, err
	}
	out := &shelf{all: make([]*Head, len(list)), byNumber: make(map[int64]*Head, len(list)), byService: map[int64][]*Head{}}
	for i, a := range list {
		v, published := versions[a.ID]
		if !published {
			v = Version{Words: a.Words}
		}
		h := &Head{ID: a.ID, Number: a.Number, Unit: a.Unit, Owner: a.Owner, State: a.State, Work: a.Work, Version: a.Version, Title: v.Title, Services: v.Services,
			Working: a.Services, CheckBy: a.CheckBy, Published: v.At, Changed: a.ChangedAt}
		zh, en := prose.Plain(v.Body.Zh, keyLength), prose.Plain(v.Body.En, keyLength)
		h.Lead = lang.Text{Zh: lead(zh), En: lead(en)}
		h.Words = called[a.ID]
		full, initials := catalog.Spell(v.Title.Zh)
		whole, short := catalog.Spell(strings.Join(h.Words, " "))
		h.titles = strings.ToLower(v.Title.Zh + "\n" + v.Title.En + "\n" + strings.Join(h.Words, "\n"))
		h.keys = strings.ToLower(strings.Join([]string{Ref(a.Number), v.Title.Zh, v.Title.En, full, initials, zh, en, strings.Join(h.Words, "\n"), whole, short}, "\n"))
		out.all[i], out.byNumber[a.Number] = h, h
		if a.State == Published {
			for _, service := range v.Services {
				out.byService[service] = append(out.byService[service], h)
			}
		}
	}
	return out, nil
}

// matches says whether every word of a query is somewhere in the article: its number, title, pinyin or initials of the
// title, or its text.
func (h *Head) matches(words []string) bool {
	for _, w := range words {
		if !strings.Contains(h.keys, w) {
			return false
		}
	}
	return true
}

// best orders articles by what is being typed: the nearest first, of equally near ones the newest version first; at most n.
func best(list []*Head, typed string, n int) []*Head {
	pieces := grams(typed)
	near := make(map[*Head]int, len(list))
	for _, h := range list {
		near[h] = nearness(pieces, h.titles, h.keys)
	}
	out := slices.Clone(list)
	sorting.Stable(out, func(a, b *Head) int {
		if near[a] != near[b] {
			return near[b] - near[a]
		}
		return b.Published.Compare(a.Published)
	})
	return out[:min(n, len(out))]
}

// lead is the beginning of a text.
func lead(text string) string {
	r := []rune(text)
	if len(r) <= leadLength {
		return text
	}
	return strings.TrimSpace(string(r[:leadLength])) + "…"
}
