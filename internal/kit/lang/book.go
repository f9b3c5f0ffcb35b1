package lang

import (
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Locales are the languages of the house; the first is the default.
var Locales = []string{"zh", "en"}

//go:embed locale
var own embed.FS

// Book holds the messages of all rooms in all languages. It does not change after New.
type Book struct {
	// Clock is the house's clock, for 'today' and 'ago'. Nil means time.Now.
	Clock func() time.Time
	words map[string]map[string]*message // locale → id → message
}

// New reads every zh.toml and en.toml below each file system. It fails on a file it cannot read, on an
// id that occurs twice in one language, and on a message it cannot take apart.
func New(fss ...fs.FS) (*Book, error) {
	b := &Book{words: map[string]map[string]*message{}}
	files := map[string]map[string]string{} // locale → id → file, to name duplicates
	for _, locale := range Locales {
		b.words[locale], files[locale] = map[string]*message{}, map[string]string{}
	}
	for i, fsys := range append([]fs.FS{own}, fss...) {
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			locale := strings.TrimSuffix(path.Base(name), ".toml")
			if !slices.Contains(Locales, locale) || path.Ext(name) != ".toml" {
				return nil
			}
			raw, err := fs.ReadFile(fsys, name)
			if err != nil {
				return err
			}
			return b.add(locale, fmt.Sprintf("%d:%s", i, name), raw, files[locale])
		})
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
	}
	return b, nil
}

func (b *Book) add(locale, file string, raw []byte, from map[string]string) error {
	list, err := parse(locale, raw)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, m := range list {
		if other, taken := from[m.id]; taken {
			return fmt.Errorf("%s: %q is already in %s", file, m.id, other)
		}
		b.words[locale][m.id], from[m.id] = m.message, file
	}
	return nil
}

// entry is a message under its id.
type entry struct {
	id string
	*message
}

// parsed are the files that this process has taken apart: [32]byte of language and text → []entry. Messages do not change,
// so all books share them.
var parsed sync.Map

// parse takes a file apart, each text once.
func parse(locale string, raw []byte) ([]entry, error) {
	print := sha256.Sum256(append([]byte(locale+"\n"), raw...))
	if known, ok := parsed.Load(print); ok {
		return known.([]entry), nil
	}
	file, err := i18n.ParseMessageFileBytes(raw, locale+".toml", map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return nil, err
	}
	tag, list := language.MustParse(locale), make([]entry, 0, len(file.Messages))
	for _, m := range file.Messages {
		c, err := compile(tag, m)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", m.ID, err)
		}
		list = append(list, entry{m.ID, c})
	}
	parsed.Store(print, list)
	return list, nil
}

// Missing lists what keeps the languages from being equal: ids that one has and another lacks, empty
// messages, and messages whose arguments differ. Empty means complete.
func (b *Book) Missing() []string {
	var out []string
	for _, here := range Locales {
		for id, m := range b.words[here] {
			if m.empty() {
				out = append(out, fmt.Sprintf("%s: %s is empty", here, id))
			}
			for _, there := range Locales {
				if here == there {
					continue
				}
				o, ok := b.words[there][id]
				if !ok {
					out = append(out, fmt.Sprintf("%s: %s is missing (%s has it)", there, id, here))
				} else if x, y := m.args(), o.args(); here < there && !slices.Equal(x, y) {
					out = append(out, fmt.Sprintf("%s takes %v in %s and %v in %s", id, x, here, y, there))
				}
			}
		}
	}
	sort.Strings(out)
	return out
}

// IDs lists all message ids of the default language, sorted.
func (b *Book) IDs() []string {
	ids := make([]string, 0, len(b.words[Locales[0]]))
	for id := range b.words[Locales[0]] {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// Has says whether there is such a message.
func (b *Book) Has(id string) bool {
	_, ok := b.words[Locales[0]][id]
	return ok
}

func (b *Book) now() time.Time {
	if b != nil && b.Clock != nil {
		return b.Clock()
	}
	return time.Now()
}

type reader struct {
	book   *Book
	locale string
	zone   *time.Location
	words  map[string]*message
	main   string // the company's main language
}

type key struct{}

var nobody = &reader{locale: Locales[0], zone: mustZone("Asia/Shanghai")}

func of(ctx context.Context) *reader {
	if r, ok := ctx.Value(key{}).(*reader); ok {
		return r
	}
	return nobody
}

// With puts language and time zone into the context. An unknown language becomes the default; an
// unknown zone becomes Asia/Shanghai.
func With(ctx context.Context, b *Book, locale, zone string) context.Context {
	if !slices.Contains(Locales, locale) {
		locale = Locales[0]
	}
	r := &reader{book: b, locale: locale, zone: zoneOf(zone)}
	if b != nil {
		r.words = b.words[locale]
	}
	return context.WithValue(ctx, key{}, r)
}

// In is the same context in another language.
func In(ctx context.Context, locale string) context.Context {
	r := of(ctx)
	return WithMain(With(ctx, r.book, locale, r.zone.String()), r.main)
}

// InZone is the same context in another time zone: moments are shown as its clocks show them.
func InZone(ctx context.Context, zone *time.Location) context.Context {
	r := *of(ctx)
	r.zone = zone
	return context.WithValue(ctx, key{}, &r)
}

// WithMain puts the company's main language into the context: that in which what must have a name has one.
func WithMain(ctx context.Context, main string) context.Context {
	r := *of(ctx)
	r.main = main
	return context.WithValue(ctx, key{}, &r)
}

// Main is the company's main language; Chinese where nobody has said it.
func Main(ctx context.Context) string {
	if r := of(ctx); slices.Contains(Locales, r.main) {
		return r.main
	}
	return Locales[0]
}

// Locale is the reader's language, "zh" or "en".
func Locale(ctx context.Context) string { return of(ctx).locale }

// Zone is the reader's time zone.
func Zone(ctx context.Context) *time.Location { return of(ctx).zone }

// Now is the house's clock in the reader's zone.
func Now(ctx context.Context) time.Time {
	r := of(ctx)
	return r.book.now().In(r.zone)
}
