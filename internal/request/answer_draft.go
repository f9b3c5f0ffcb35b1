package request

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

// AnswerDrafts are the drafts on a request that the actor may read, the actor's own first: of those who serve it now, all
// that were written while the same unit had it in hand; of anybody else, the own alone.
func (s *Service) AnswerDrafts(ctx context.Context, number int64) ([]AnswerDraft, error) {
	var out []AnswerDraft
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err := byNumber(ctx, rd, number)
		if err != nil {
			return err
		}
		set, err := s.Access.Require(ctx, rd, "request.see", subject(r.ID), r.Confidential)
		if err != nil {
			return err
		}
		out, err = s.draftsFor(ctx, rd, r, set)
		return err
	})
	return out, err
}

// draftsFor are the drafts on a request for somebody of the set who may see it.
func (s *Service) draftsFor(ctx context.Context, rd sqldb.Reader, r Request, set access.Set) ([]AnswerDraft, error) {
	list, err := answerDraftsOf(ctx, rd, r.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	me, serves := actor.From(ctx).Person, access.May("request.draft", set, r.Confidential)
	list = slices.DeleteFunc(list, func(d AnswerDraft) bool { return d.Person != me && (!serves || d.Unit != r.Unit) })
	sorting.Stable(list, func(a, b AnswerDraft) int {
		switch {
		case a.Person == b.Person || a.Person != me && b.Person != me:
			return 0
		case a.Person == me:
			return -1
		}
		return 1
	})
	return list, s.nameFilesOf(ctx, rd, list)
}

// nameFilesOf says what the files of drafts are.
func (s *Service) nameFilesOf(ctx context.Context, rd sqldb.Reader, list []AnswerDraft) error {
	var ids []int64
	for _, d := range list {
		ids = append(ids, d.Files...)
	}
	found, err := s.Talk.Files(ctx, rd, ids)
	for i, d := range list {
		for _, f := range found {
			if slices.Contains(d.Files, f.ID) {
				list[i].Attached = append(list[i].Attached, f)
			}
		}
	}
	return err
}

// readsWaiting says whether the actor reads a file that waits in the draft of a colleague: like its words, only those who serve the
// request now, while the same unit has it in hand.
func (s *Service) readsWaiting(ctx context.Context, rd sqldb.Reader, file int64) (bool, error) {
	on, err := draftsWithFile(ctx, rd, file)
	for id, unit := range on {
		r, err := byID(ctx, rd, id)
		if err != nil {
			return false, err
		}
		_, err = s.Access.Require(ctx, rd, "request.draft", subject(r.ID), r.Confidential)
		if err == nil && r.Unit == unit {
			return true, nil
		}
		if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Forbidden {
			return false, err
		}
	}
	return false, err
}

// ownFiles refuses files that the actor has not uploaded, or that are attached to something already.
func (s *Service) ownFiles(ctx context.Context, rd sqldb.Reader, ids []int64) error {
	found, err := s.Talk.Files(ctx, rd, ids)
	if err != nil {
		return err
	}
	var f fault.Fields
	for _, id := range ids {
		i := slices.IndexFunc(found, func(x talk.File) bool { return x.ID == id })
		if i < 0 || found[i].Person != me(ctx) || found[i].Subject != (access.Subject{}) {
			f.Add("files", "talk.file-unknown")
			break
		}
	}
	return f.Err()
}

// KeepAnswer keeps words as the actor's draft in a box. d.Version is that of the draft they were written on, 0 when there
// was none: of two windows exactly one goes on, the other gets a Conflict that says what happened. Words of nothing but
// space without files take the draft away.
func (s *Service) KeepAnswer(ctx context.Context, number int64, d AnswerDraft) (AnswerDraft, error) {
	var id ID
	var kept AnswerDraft
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := s.draftable(ctx, tx, number)
		if err != nil {
			return err
		}
		if err := checkAnswerDraft(d); err != nil {
			return err
		}
		id, kept = r.ID, d
		kept.Person, kept.Unit, kept.BeganAt, kept.SavedAt = actor.From(ctx).Person, r.Unit, tx.Now, tx.Now
		if kept.Files, err = s.filesToKeep(ctx, tx, r.ID, d); err != nil {
			return err
		}
		n, empty := int64(1), kept.empty()
		switch {
		case empty && d.Version == 0:
		case empty:
			kept.Version = 0
			n, err = deleteAnswerDraft(ctx, tx, r.ID, d.Box, kept.Person, d.Version)
		case d.Version == 0:
			kept.Version = tx.Now.UnixMilli() // never one that an earlier draft had
			n, err = insertAnswerDraft(ctx, tx, r.ID, kept)
		default:
			kept.Version++
			n, err = updateAnswerDraft(ctx, tx, r.ID, kept)
		}
		if err == nil && n == 0 {
			err = s.stale(ctx, tx, r.ID, d.Box)
		}
		return err
	})
	if err != nil || d.Version != 0 && kept.Version != 0 {
		return kept, err
	}
	return kept, s.tellDrafts(ctx, id)
}

// filesToKeep are the files that a draft has afterwards: those that are named, or those that it has.
func (s *Service) filesToKeep(ctx context.Context, rd sqldb.Reader, id ID, d AnswerDraft) ([]int64, error) {
	if d.Files != nil {
		return unique(d.Files), s.ownFiles(ctx, rd, d.Files)
	}
	list, err := answerDraftsOf(ctx, rd, id)
	for _, x := range list {
		if x.Box == d.Box && x.Person == me(ctx) {
			return x.Files, err
		}
	}
	return nil, err
}

// draftable is the request on which the actor, who serves it, writes.
func (s *Service) draftable(ctx context.Context, rd sqldb.Reader, number int64) (Request, error) {
	r, err := byNumber(ctx, rd, number)
	if err != nil {
		return r, err
	}
	_, err = s.Access.Require(ctx, rd, "request.draft", subject(r.ID), r.Confidential)
	return r, err
}

// stale is the sentence for whoever wrote on a draft that is not as it was.
func (s *Service) stale(ctx context.Context, rd sqldb.Reader, id ID, box Box) error {
	list, err := answerDraftsOf(ctx, rd, id)
	if err != nil {
		return err
	}
	key, taker := whyStale(list, box, actor.From(ctx).Person)
	return s.draftRefused(ctx, rd, key, taker)
}

func (s *Service) draftRefused(ctx context.Context, rd sqldb.Reader, key string, who int64) error {
	if who == 0 {
		return fault.New(fault.Conflict, key)
	}
	p, err := s.Org.PersonIn(ctx, rd, who)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, key, "name", p.Display(ctx))
}

// TakeOverAnswer makes a colleague's draft, as it was when the actor read it, the actor's: the words move, after the
// actor's own in the same box. Of two who take it exactly one gets it; when its writer has gone on meanwhile, nobody does.
func (s *Service) TakeOverAnswer(ctx context.Context, number int64, box Box, from string, version int64) (AnswerDraft, error) {
	var out AnswerDraft
	var id ID
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := s.draftable(ctx, tx, number)
		if err != nil {
			return err
		}
		id = r.ID
		if err := tx.Lock(ctx, "request", r.ID); err != nil {
			return err
		}
		p, err := s.Org.PersonByNoIn(ctx, tx, strings.TrimSpace(from))
		if fault.KindOf(err) == fault.NotFound && err != nil {
			return fault.New(fault.Conflict, "request.draft-gone")
		}
		if err != nil {
			return err
		}
		list, err := answerDraftsOf(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		out, err = s.takeOver(ctx, tx, r, list, AnswerDraft{Box: box, Person: p.ID, Version: version})
		return err
	})
	if err != nil {
		return out, err
	}
	return out, s.tellDrafts(ctx, id)
}

func (s *Service) takeOver(ctx context.Context, tx *sqldb.Tx, r Request, list []AnswerDraft, seen AnswerDraft) (AnswerDraft, error) {
	me := actor.From(ctx).Person
	list = slices.DeleteFunc(list, func(d AnswerDraft) bool { return d.Person != me && d.Unit != r.Unit })
	of := func(person int64) (AnswerDraft, bool) {
		i := slices.IndexFunc(list, func(d AnswerDraft) bool { return d.Box == seen.Box && d.Person == person })
		if i < 0 {
			return AnswerDraft{Box: seen.Box, Person: person}, false
		}
		return list[i], true
	}
	theirs, there := of(seen.Person)
	mine, has := of(me)
	switch {
	case seen.Person == me && there:
		return mine, nil
	case !there:
		key, taker := whyStale(list, seen.Box, seen.Person)
		if taker == me {
			taker, key = 0, "request.draft-yours"
		}
		return theirs, s.draftRefused(ctx, tx, key, taker)
	case theirs.Version != seen.Version:
		return theirs, s.draftRefused(ctx, tx, "request.draft-moved-on", theirs.Person)
	}
	out := joinedDraft(mine, theirs)
	out.SavedAt = tx.Now
	if n := utf8.RuneCountInString(out.Text); n > talk.MaxText {
		return out, fault.New(fault.Conflict, "request.draft-too-long", "max", talk.MaxText)
	}
	if len(out.Files) > talk.MaxFiles {
		return out, fault.New(fault.Conflict, "request.draft-too-many-files", "max", talk.MaxFiles)
	}
	if n, err := deleteAnswerDraft(ctx, tx, r.ID, seen.Box, theirs.Person, theirs.Version); err != nil || n == 0 {
		return out, cmp.Or(err, s.draftRefused(ctx, tx, "request.draft-moved-on", theirs.Person))
	}
	if has {
		if n, err := deleteAnswerDraft(ctx, tx, r.ID, seen.Box, me, mine.Version); err != nil || n == 0 {
			return out, cmp.Or(err, s.draftRefused(ctx, tx, "request.draft-elsewhere", 0))
		}
	}
	if _, err := insertAnswerDraft(ctx, tx, r.ID, out); err != nil {
		return out, err
	}
	if err := s.Talk.HandFiles(ctx, tx, theirs.Files, theirs.Person, me); err != nil {
		return out, err
	}
	return out, s.events.Emit(ctx, tx, AnswerDraftWasTaken{about(r, me, tx.Now), theirs.Person, true})
}

// DropAnswer throws the actor's draft of a box away, if there is one.
func (s *Service) DropAnswer(ctx context.Context, number int64, box Box) error {
	var id ID
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		id = r.ID
		if _, err := s.Access.Require(ctx, tx, "request.see", subject(r.ID), r.Confidential); err != nil {
			return err
		}
		_, err = deleteAnswerDraft(ctx, tx, r.ID, box, actor.From(ctx).Person, 0)
		return err
	})
	if err != nil {
		return err
	}
	return s.tellDrafts(ctx, id)
}

// sentDraft takes away the draft whose words are being sent. When it is not as its writer saw it, it is not sent: a
// colleague has it in hand, or another window has gone on.
func (s *Service) sentDraft(ctx context.Context, tx *sqldb.Tx, t *turn) error {
	if t.draft <= 0 || boxOf(t.verb) == "" {
		return nil
	}
	n, err := deleteAnswerDraft(ctx, tx, t.r.ID, boxOf(t.verb), t.who.Person, t.draft)
	if err == nil && n == 0 {
		err = s.stale(ctx, tx, t.r.ID, boxOf(t.verb))
	}
	return err
}

// tellDrafts lets open pages of the serving side, in every process, show again who has a draft.
func (s *Service) tellDrafts(ctx context.Context, id ID) error {
	return s.db.Whisper(ctx, fmt.Sprintf("drafts %d", id))
}

// forgetAnswers removes drafts that nobody touched for answerDraftDays.
func (s *Service) forgetAnswers(ctx context.Context) error {
	for {
		var n int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = deleteOldAnswerDrafts(ctx, tx, tx.Now.AddDate(0, 0, -answerDraftDays), 500)
			return err
		})
		if err != nil || n < 500 {
			return err
		}
	}
}

// AnswerDraftWasTaken says that a colleague goes on with what somebody began to write. It is an event of the serving side
// alone, like a note.
type AnswerDraftWasTaken struct {
	About
	From int64 `json:"from"`
	Note bool  `json:"note"`
}

// EventKind of AnswerDraftWasTaken.
func (AnswerDraftWasTaken) EventKind() string { return "request.draft-taken" }
