package lang

import (
	"context"
	"io/fs"
	"time"
)

// Book holds the messages of all rooms in all languages.
type Book struct{}

// New reads */{zh,en}.toml of every file system given.
func New(fss ...fs.FS) (*Book, error) { return &Book{}, nil }

// Missing lists ids that one language has and the other lacks.
func (b *Book) Missing() []string { return nil }

// With puts language and zone into the context.
func With(ctx context.Context, b *Book, locale, zone string) context.Context { return ctx }

// T is the message in the reader's language.
func T(ctx context.Context, id string, args ...any) string { return id }

// Locale is "zh" or "en".
func Locale(ctx context.Context) string { return "zh" }

// Zone is the reader's time zone.
func Zone(ctx context.Context) *time.Location { return time.UTC }

// Text is a name in both languages.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In is the text in the reader's language.
func (t Text) In(ctx context.Context) string { return t.Zh }

// Date and friends.
func Date(ctx context.Context, t time.Time) string             { return "" }
func DateTime(ctx context.Context, t time.Time) string         { return "" }
func Short(ctx context.Context, t time.Time) string            { return "" }
func Ago(ctx context.Context, t time.Time) string              { return "" }
func WorkDuration(ctx context.Context, seconds int64) string   { return "" }
func Number(ctx context.Context, n float64, digits int) string { return "" }
func Percent(ctx context.Context, f float64, digits int) string {
	return ""
}
