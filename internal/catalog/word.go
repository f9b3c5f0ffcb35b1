package catalog

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// The bounds of words by which a service is found.
const (
	mostWords = 50
	maxWord   = 60 // characters
)

// AddWord lets a service be found by a word as it is by its name: what people call it. A word that is there stays.
func (c *Catalog) AddWord(ctx context.Context, code, word string) (*Service, error) {
	word = strings.ToLower(strings.Join(strings.Fields(word), " "))
	return c.change(ctx, code, doEdit, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		var f fault.Fields
		switch n := utf8.RuneCountInString(word); {
		case n == 0:
			f.Add("words", "form.required")
		case n > maxWord:
			f.Add("words", "form.too-long", "max", maxWord, "count", n)
		case len(s.Words) >= mostWords:
			f.Add("words", "catalog.words-many", "max", mostWords)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if slices.Contains(s.Words, word) {
			return nil
		}
		if err := addWord(ctx, tx, s.ID, word); err != nil {
			return err
		}
		return c.worded(ctx, tx, s, append(slices.Clone(s.Words), word))
	})
}

// DropWord takes such a word away.
func (c *Catalog) DropWord(ctx context.Context, code, word string) (*Service, error) {
	return c.change(ctx, code, doEdit, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		i := slices.Index(s.Words, word)
		if i < 0 {
			return nil
		}
		if err := dropWord(ctx, tx, s.ID, word); err != nil {
			return err
		}
		return c.worded(ctx, tx, s, slices.Delete(slices.Clone(s.Words), i, i+1))
	})
}

func (c *Catalog) worded(ctx context.Context, tx *sqldb.Tx, s *Service, words []string) error {
	s.Words, s.Revision, s.Changed = words, s.Revision+1, tx.Now
	if err := updateService(ctx, tx, s); err != nil {
		return err
	}
	return c.announce(ctx, tx, ServiceWasChanged{Service: s.ID, Code: s.Code, What: []string{"words"}, Version: s.Version})
}

// MayWord says whether the actor may say by which words a service is found.
func (c *Catalog) MayWord(ctx context.Context, s *Service) bool { return c.may(ctx, doEdit, s) == nil }

// Wordable finds services that answer to a query and that the actor may give other names, at most most of them.
func (c *Catalog) Wordable(ctx context.Context, query string, most int) ([]*Service, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []*Service
	for _, s := range snap.All() {
		if len(out) < most && c.sees(ctx, s) && snap.matches(s, clip(query, 60)) && c.MayWord(ctx, s) {
			out = append(out, s)
		}
	}
	return out, nil
}
