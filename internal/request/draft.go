package request

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
)

// Draft is what somebody began to ask for and has not sent. Nothing of it is checked but its size, and nobody else sees it.
// A person has at most one per service; it goes with the request that comes of it, and after draftDays by itself.
type Draft struct {
	Service int64
	Code    string // of the service
	Title   string // as typed; may be empty
	Typed   asked  // what stands beside the service's own fields
	Fields  map[string]any
	SavedAt time.Time
}

const (
	draftDays  = 30
	draftsMost = 20       // of one person
	draftBytes = 64 << 10 // of answers, as JSON
)

// KeepDraft saves a draft of a service for the actor, in the place of an earlier one.
func (s *Service) KeepDraft(ctx context.Context, d Draft) error {
	service, err := s.Catalog.Visible(ctx, d.Code)
	if err != nil {
		return err
	}
	if !service.Askable() {
		return fault.ErrNotFound
	}
	var f fault.Fields
	if n := utf8.RuneCountInString(d.Title); n > maxTitle {
		f.Add("title", "form.too-long", "max", maxTitle, "count", n)
	}
	if d.Fields == nil {
		d.Fields = map[string]any{}
	}
	fields, err := json.Marshal(d.Fields)
	if err != nil {
		return fmt.Errorf("a draft: %w", err)
	}
	if len(fields) > draftBytes {
		f.Add("fields", "request.draft-too-large", "max", draftBytes>>10)
	}
	if err := f.Err(); err != nil {
		return err
	}
	typed, err := json.Marshal(d.Typed)
	if err != nil {
		return fmt.Errorf("a draft: %w", err)
	}
	values, err := form.ParseValues(string(fields))
	if err != nil {
		return fmt.Errorf("a draft: %w", err)
	}
	files := strings.Join(service.Form.Files(values), " ")
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		me := actor.From(ctx).Person
		n, err := countDrafts(ctx, tx, me, service.ID)
		if err != nil {
			return err
		}
		if n >= draftsMost {
			return fault.New(fault.Conflict, "request.drafts-full", "max", draftsMost)
		}
		return upsertDraft(ctx, tx, me, storedDraft{service: service.ID, title: d.Title, typed: string(typed), fields: string(fields), files: files, at: tx.Now})
	})
}

// Drafts are those of the actor, the newest first. Those of services that are not offered any more are left out.
func (s *Service) Drafts(ctx context.Context) ([]Draft, error) {
	var rows []storedDraft
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = draftsOf(ctx, rd, actor.From(ctx).Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Draft, 0, len(rows))
	for _, r := range rows {
		d, ok, err := s.drafted(ctx, r)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, d)
		}
	}
	return out, nil
}

// draftFor is the actor's draft of a service; ok is false when there is none.
func (s *Service) draftFor(ctx context.Context, service int64) (d Draft, ok bool, err error) {
	var rows []storedDraft
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = draftBy(ctx, rd, actor.From(ctx).Person, service)
		return err
	})
	if err != nil || len(rows) == 0 {
		return d, false, err
	}
	return s.drafted(ctx, rows[0])
}

func (s *Service) drafted(ctx context.Context, r storedDraft) (Draft, bool, error) {
	d := Draft{Service: r.service, Title: r.title, SavedAt: r.at}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return d, false, err
	}
	service, ok := snap.ByID(r.service)
	if !ok || !service.Askable() {
		return d, false, nil
	}
	if _, err := s.Catalog.Visible(ctx, service.Code); err != nil {
		return d, false, nil //nolint:nilerr // not offered to this person any more
	}
	d.Code = service.Code
	if err := json.Unmarshal([]byte(r.typed), &d.Typed); err != nil {
		return d, false, fmt.Errorf("a draft: %w", err)
	}
	d.Fields, err = form.Decode([]byte(r.fields))
	return d, true, err
}

// DropDraft removes the actor's draft of a service; not found when there is none.
func (s *Service) DropDraft(ctx context.Context, code string) error {
	id, err := s.Catalog.IDByCode(ctx, code)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := deleteDraft(ctx, tx, actor.From(ctx).Person, id)
		if err == nil && n == 0 {
			err = fault.ErrNotFound
		}
		return err
	})
}

// ForgetDrafts removes drafts that nobody touched for draftDays.
func (s *Service) ForgetDrafts(ctx context.Context) error {
	for {
		var n int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = deleteOldDrafts(ctx, tx, tx.Now.AddDate(0, 0, -draftDays), 500)
			return err
		})
		if err != nil || n < 500 {
			return err
		}
	}
}
