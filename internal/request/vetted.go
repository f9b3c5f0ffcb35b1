package request

import (
	"context"
	"errors"
	"mime/multipart"
	"net/url"
	"strconv"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// Vetted is an ask that can become a request: a room that asks for somebody (a repeating request) opens it in a transaction
// of its own.
type Vetted struct {
	s *Service
	o order
}

// Vet decides whether the ask of the actor can become a request; what is wrong comes all at once, as fields.
func (s *Service) Vet(ctx context.Context, ask Ask) (*Vetted, error) {
	o, err := s.check(ctx, ask)
	return &Vetted{s, o}, spoken(ctx, err)
}

// Open files the request, as Service.Open does. It may be called again when the transaction is tried again.
func (v *Vetted) Open(ctx context.Context, tx *sqldb.Tx) (Request, error) {
	o := v.o
	err := v.s.file(ctx, tx, &o)
	return o.request, spoken(ctx, err)
}

// Filed says that an error means no more than that the same form has opened a request before, and where that is.
func Filed(err error) (href string, is bool) {
	before := filed("")
	is = errors.As(err, &before)
	return string(before), is
}

// IsFull says whether an ask was refused because all hands are full: it may be sent when they are not.
func IsFull(err error) bool {
	f, ok := fault.As(err)
	return ok && len(f.Fields) > 0 && f.Fields[0].Key == "request.full"
}

// FormInputs draws the form of a service with raw answers.
func (s *Service) FormInputs(ctx context.Context, f form.Form, raw map[string]any) (form.InputsProps, error) {
	return s.inputs(ctx, f, raw)
}

// FormAnswers reads the answers of a form that was sent; files that came with it are kept.
func (s *Service) FormAnswers(ctx context.Context, f form.Form, values url.Values, files map[string][]*multipart.FileHeader) (map[string]any, error) {
	return s.answersOf(ctx, f, values, files)
}

// FormLabels are the names of a form's fields, for the summary of what is wrong with it.
func FormLabels(ctx context.Context, f form.Form, err error) map[string]string {
	return labelled(ctx, f, err)
}

// ProposedTitle is what a request is called whose asker gave it no title.
func ProposedTitle(service string, f form.Form, answers map[string]any) string {
	return proposedTitle(service, f, answers)
}

// OriginBy fills a slot: what a higher room says, on the page of a request, of where it comes from; nothing when it knows
// nothing. Call it while wiring.
func (s *Service) OriginBy(find func(ctx context.Context, rd sqldb.Reader, request ID) ([]ui.Pair, error)) {
	s.origin = find
}

// ExpectBy fills a slot: how many requests a higher room expects of the services of a unit in the next four weeks, and where
// that is shown. Call it while wiring.
func (s *Service) ExpectBy(count func(ctx context.Context, unit int64) (n int, href string, err error)) {
	s.expect = count
}

// Copy is what a request asks for, to ask it again: for whoever asked it or may see it and is entitled to its service. Its files are
// copies that belong to the actor, attached to nothing yet; whoever looks with somebody else's eyes gets none.
func (s *Service) Copy(ctx context.Context, number int64) (Ask, *catalog.Service, error) {
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return Ask{}, nil, err
	}
	if !v.isCustomer(me(ctx)) {
		return Ask{}, nil, fault.ErrNotFound
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return Ask{}, nil, err
	}
	old, ok := snap.ByID(v.Service)
	if !ok {
		return Ask{}, nil, fault.ErrNotFound
	}
	service, err := s.Catalog.Visible(ctx, old.Code)
	if err != nil || !service.Askable() {
		return Ask{}, nil, fault.ErrNotFound
	}
	fields, err := form.Decode([]byte(v.Fields))
	if err != nil {
		return Ask{}, nil, err
	}
	ask := Ask{Service: service.Code, Title: v.Title, Fields: map[string]any{}, Customer: unitCode(v.Tree, v.Customer), Confidential: v.Confidential, Place: v.Place.Code}
	for _, f := range service.Form.Fields {
		if x, given := fields[f.Key]; given && f.Type != form.AutoNumber && f.Type != form.Formula {
			ask.Fields[f.Key] = x
		}
	}
	if ask.Fields, err = s.copiedFiles(ctx, service.Form, ask.Fields); err != nil {
		return Ask{}, nil, err
	}
	for _, id := range v.Named {
		ask.Named = append(ask.Named, v.People[id].No)
	}
	return ask, service, nil
}

// copiedFiles are answers with copies of their files for the actor; those that are gone are left out.
func (s *Service) copiedFiles(ctx context.Context, of form.Form, answers map[string]any) (map[string]any, error) {
	var ids []int64
	for _, text := range of.RawFiles(answers) {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	made := map[int64]int64{}
	if len(ids) > 0 && actor.From(ctx).Viewer == 0 {
		var err error
		if made, err = s.Talk.CopyFiles(ctx, ids); err != nil {
			return nil, err
		}
	}
	return of.MapFiles(answers, func(_ string, texts []string) []string {
		out := make([]string, 0, len(texts))
		for _, text := range texts {
			if id, err := strconv.ParseInt(text, 10, 64); err == nil && made[id] != 0 {
				out = append(out, strconv.FormatInt(made[id], 10))
			}
		}
		return out
	}), nil
}
