package request

import (
	"context"
	"strconv"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
)

// Message says something to the other side. The holding unit's first message is its first response.
func (s *Service) Message(ctx context.Context, number int64, text string, files []int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbMessage, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := t.nobodySpoke(when.Seen); err != nil {
			return err
		}
		t.said = func(a About) event.Event { return WasSaid{a, false} }
		return s.speak(ctx, tx, t, text, files)
	})
}

// Note writes what only the serving side may read. The customer of the request never sees it.
func (s *Service) Note(ctx context.Context, number int64, text string, files []int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbNote, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := t.nobodySpoke(when.Seen); err != nil {
			return err
		}
		t.said = func(a About) event.Event { return WasSaid{a, true} }
		return s.speak(ctx, tx, t, text, files)
	})
}

// kinds of messages by verb; every other verb speaks an ordinary message.
var kinds = map[Verb]string{VerbNote: talk.KindNote, VerbAsk: talk.KindAsk, VerbAnswer: talk.KindAnswer}

// speak puts the verb's words into the conversation and remembers them in its event. Whoever speaks hears the answer.
func (s *Service) speak(ctx context.Context, tx *sqldb.Tx, t *turn, text string, files []int64) error {
	var f fault.Fields
	if text == "" && len(files) == 0 {
		f.Add("text", "request.need-text")
		return f.Err()
	}
	if err := s.sentDraft(ctx, tx, t); err != nil {
		return err
	}
	kind := kinds[t.verb]
	if kind == "" {
		kind = talk.KindMessage
	}
	unit := t.r.Unit
	if t.side == CustomerSide {
		unit = t.r.Customer
	}
	id, err := s.Talk.Post(ctx, tx, talk.Message{
		Subject: subject(t.r.ID), Person: t.who.Person, Unit: unit, Kind: kind, Text: text, Files: files, At: t.at,
		Quiet: t.who.Import || t.quiet,
	})
	t.event.Message = id
	return err
}

// policy is what talk asks about requests.
func (s *Service) policy() talk.Policy {
	return talk.Policy{About: s.talkAbout, See: s.sight, Notes: s.mayReadNotes, Mention: s.mayBeMentioned}
}

// talkAbout names the requests among the ids that the actor may see.
func (s *Service) talkAbout(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	heads, err := headsOf(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	records := make([]access.Record, len(heads))
	for i, h := range heads {
		records[i] = access.Record{ID: h.id, Confidential: h.confidential}
	}
	seen, err := s.Access.Among(ctx, rd, "request.see", Kind, records)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]talk.About, len(heads))
	for _, h := range heads {
		if seen[h.id] {
			out[h.id] = talk.About{Ref: Ref(h.number), Title: h.title, Link: link(h.number), Confidential: h.confidential}
		}
	}
	return out, nil
}

// sight is what the actor may read of a request's conversation.
func (s *Service) sight(ctx context.Context, rd sqldb.Reader, id int64) (talk.Sight, error) {
	confidential, err := isConfidential(ctx, rd, id)
	if err != nil {
		return talk.Sight{}, err
	}
	set, err := s.Access.Require(ctx, rd, "request.talk.see", subject(id), confidential)
	if err != nil {
		return talk.Sight{}, err
	}
	return talk.Sight{Messages: true, Notes: access.May("request.note.see", set, confidential)}, nil
}

// mayReadNotes picks those of the people who may read notes of the request.
func (s *Service) mayReadNotes(ctx context.Context, rd sqldb.Reader, id int64, people []int64) ([]int64, error) {
	confidential, err := isConfidential(ctx, rd, id)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, p := range people {
		a, err := s.Org.ActorOf(ctx, p)
		if fault.KindOf(err) == fault.Denied || fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		set, err := s.Access.Relations(ctx, rd, a, subject(id))
		if err != nil {
			return nil, err
		}
		if access.May("request.note.see", set, confidential) {
			out = append(out, p)
		}
	}
	return out, nil
}

// mayBeMentioned picks whom a mention tells: everybody who sees the request already, and of the others those whom the
// writer's side may let in: colleagues of the holding unit by a note, anybody by a message, nobody on a confidential one.
func (s *Service) mayBeMentioned(ctx context.Context, rd sqldb.Reader, id int64, kind string, people []org.Person) ([]int64, error) {
	r, err := byID(ctx, rd, id)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, p := range people {
		a, err := s.Org.ActorOf(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		set, err := s.Access.Relations(ctx, rd, a, subject(id))
		if err != nil {
			return nil, err
		}
		if kind == talk.KindNote {
			if access.May("request.note.see", set, r.Confidential) || !r.Confidential && !r.isCustomer(p.ID) && a.In(r.Unit) {
				out = append(out, p.ID)
			}
			continue
		}
		if !r.Confidential || access.May("request.see", set, true) {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// attach gives the files of the form to the request.
func (s *Service) attach(ctx context.Context, tx *sqldb.Tx, id ID, files []string) error {
	ids, err := fileIDs(files)
	if err != nil {
		return err
	}
	return s.Talk.Attach(ctx, tx, subject(id), ids...)
}

// fileIDs reads ids of files as forms and the API write them.
func fileIDs(files []string) ([]int64, error) {
	ids := make([]int64, 0, len(files))
	for _, text := range files {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 {
			var f fault.Fields
			f.Add("files", "request.file-unknown")
			return nil, f.Err()
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// findPeople, findUnits and findFiles tell kit/form what answers point at.
func (s *Service) findPeople(ctx context.Context, text string) ([]form.Ref, error) {
	p, err := s.Org.PersonByNo(ctx, text)
	if err == nil && p.Active {
		return []form.Ref{s.personRef(ctx, p)}, nil
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	var found []org.Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		found, err = s.Org.FindPeople(ctx, rd, text, 10)
		return err
	})
	var out []form.Ref
	for _, p := range found {
		if p.Name == text || p.NameEn == text {
			out = append(out, s.personRef(ctx, p))
		}
	}
	return out, err
}

func (s *Service) personRef(ctx context.Context, p org.Person) form.Ref {
	ref := form.Ref{Code: p.No, Name: p.Display(ctx), Detail: p.Position}
	if tree, err := s.Org.Tree(ctx); err == nil {
		ref.Detail = tree.Name(ctx, p.Unit)
	}
	return ref
}

func (s *Service) findUnits(ctx context.Context, text string) ([]form.Ref, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	if u, ok := tree.ByCode(text); ok && u.Valid(s.db.Now()) {
		return []form.Ref{{Code: u.Code, Name: u.Name.In(ctx)}}, nil
	}
	var out []form.Ref
	for _, u := range tree.All() {
		if u.Valid(s.db.Now()) && (u.Name.Zh == text || u.Name.En == text) {
			out = append(out, form.Ref{Code: u.Code, Name: u.Name.In(ctx)})
		}
	}
	return out, nil
}

// findFiles knows the files that the actor has uploaded or that belong to a record the actor sees.
func (s *Service) findFiles(ctx context.Context, texts []string) ([]form.Ref, error) {
	ids, err := fileIDs(texts)
	if err != nil {
		return nil, nil //nolint:nilerr // an id nobody gave is a file that is not there
	}
	var out []form.Ref
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		files, err := s.Talk.Files(ctx, rd, ids)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.Subject == (access.Subject{}) {
				if f.Person != actor.From(ctx).Person {
					continue
				}
			} else if f.Subject.Kind != Kind {
				continue
			} else if sight, err := s.sight(ctx, rd, f.Subject.ID); err != nil || !sight.Messages || f.Internal && !sight.Notes {
				continue
			}
			out = append(out, form.Ref{Code: strconv.FormatInt(f.ID, 10), Name: f.Name, Link: f.Href()})
		}
		return nil
	})
	return out, err
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
