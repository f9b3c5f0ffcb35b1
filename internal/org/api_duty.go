package org

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// shiftJSON is a shift on the wire. People are 工号.
type shiftJSON struct {
	ID     ID        `json:"id"`
	Unit   string    `json:"unit"`
	Person string    `json:"person" doc:"employee_no or ref"`
	Name   string    `json:"name"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Task   string    `json:"task,omitempty"`
	Phone  string    `json:"phone,omitempty"`
	Note   string    `json:"note,omitempty"`
}

type shiftsOutput struct{ Body web.Page[shiftJSON] }

type shiftOutput struct{ Body shiftJSON }

type dutyInput struct {
	Code  string `path:"code" doc:"Code of the unit" example:"it"`
	From  string `query:"from" doc:"A day; default today" example:"2026-11-23"`
	Until string `query:"until" doc:"The last day; default six days later, at most 62" example:"2026-11-29"`
}

type shiftNew struct {
	Code string `path:"code" doc:"Code of the unit" example:"it"`
	Body ShiftInput
}

type copyInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"it"`
	Body struct {
		Week string `json:"week" doc:"A day of the week to be filled from the one before" example:"2026-11-30"`
	}
}

type copyOutput struct {
	Body struct {
		Copied int `json:"copied"`
		Left   int `json:"left_out" doc:"On duty already, away, or no longer here"`
	}
}

type handoverJSON struct {
	Shift    ID            `json:"shift"`
	Person   string        `json:"person" doc:"Who wrote it: employee_no or ref"`
	Text     string        `json:"text"`
	At       time.Time     `json:"at"`
	Revision int64         `json:"revision"`
	Read     []readingJSON `json:"read"`
}

type readingJSON struct {
	Person string    `json:"person" doc:"employee_no or ref"`
	At     time.Time `json:"at"`
}

type handoversOutput struct{ Body web.Page[handoverJSON] }

type handoverEdit struct {
	ID   ID `path:"id" doc:"Of the shift" example:"7043112200000001"`
	Body struct {
		Text     string `json:"text" doc:"What whoever comes next has to know" example:"2 号机换过刀，首件待检"`
		Revision int64  `json:"revision" doc:"Of the note that was read; 0: none yet" example:"0"`
	}
}

type done struct{}

// dutyAPI adds the calls about who is on duty.
func (s *Service) dutyAPI(m *web.Mux) {
	op := func(id, method, path, action, summary string, status int) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Summary: summary, Tag: "Duty", Status: status}
	}
	web.Op(m, op("list-duty", "GET", "/units/{code}/duty", "org.duty.see", "Shifts of a unit", 0), s.getDuty)
	web.Op(m, op("on-duty", "GET", "/units/{code}/duty/now", "org.duty.see", "Who is on duty for a unit now", 0), s.getOnDuty)
	web.Op(m, op("create-shift", "POST", "/units/{code}/duty", "org.duty", "Put somebody on duty", http.StatusCreated), s.postShift)
	web.Op(m, op("copy-duty-week", "POST", "/units/{code}/duty/copy", "org.duty", "Fill a week from the one before", 0), s.postCopyWeek)
	web.Op(m, op("remove-shift", "POST", "/duty/{id}/remove", "org.duty", "Take somebody off: what has begun ends now", http.StatusNoContent), s.postRemoveShift)
	web.Op(m, op("list-handovers", "GET", "/units/{code}/handovers", "org.handover", "The latest hand-over notes of a unit", 0), s.getHandovers)
	web.Op(m, op("write-handover", "PUT", "/duty/{id}/handover", "org.handover.write", "Write the note of a shift", 0), s.putHandover)
	web.Op(m, op("confirm-handover", "POST", "/duty/{id}/handover/read", "org.handover", "Say that one has read the note", http.StatusNoContent), s.postReadHandover)
}

func (s *Service) unitOf(ctx context.Context, code string) (*Tree, Unit, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, Unit{}, err
	}
	u, ok := tree.ByCode(code)
	if !ok {
		return nil, u, fault.ErrNotFound
	}
	return tree, u, nil
}

func (s *Service) shiftWire(ctx context.Context, rd sqldb.Reader, unit string, list []Shift) ([]shiftJSON, error) {
	ids := make([]ID, len(list))
	for i, h := range list {
		ids[i] = h.Person
	}
	names, err := s.Names(ctx, rd, ids)
	out := make([]shiftJSON, len(list))
	for i, h := range list {
		p := names[h.Person]
		out[i] = shiftJSON{h.ID, unit, s.Ref(ctx, p), p.Plain(ctx), h.From, h.Until, h.Task, h.Phone, h.Note}
	}
	return out, err
}

// longestList is how many days of a duty list one call gives.
const longestList = 62 * 24 * time.Hour

func (s *Service) getDuty(ctx context.Context, in *dutyInput) (*shiftsOutput, error) {
	tree, u, err := s.unitOf(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	zone := tree.Zone(u.ID, s.Company(ctx))
	now := s.now().In(zone)
	from := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	var f fault.Fields
	if in.From != "" {
		t, ok := readMoment(in.From, zone, false)
		if from = t; !ok {
			f.Add("from", "org.date-malformed", "value", in.From)
		}
	}
	until := from.AddDate(0, 0, 7)
	if in.Until != "" {
		t, ok := readMoment(in.Until, zone, true)
		switch until = t; {
		case !ok:
			f.Add("until", "org.date-malformed", "value", in.Until)
		case until.Sub(from) > longestList || !until.After(from):
			f.Add("until", "org.duty-span")
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	items, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]shiftJSON, error) {
		list, err := shiftsIn(ctx, rd, u.ID, from, until)
		if err != nil {
			return nil, err
		}
		return s.shiftWire(ctx, rd, u.Code, list)
	})
	return &shiftsOutput{Body: web.Page[shiftJSON]{Items: items}}, err
}

func (s *Service) getOnDuty(ctx context.Context, in *codeInput) (*shiftsOutput, error) {
	_, u, err := s.unitOf(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	items, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]shiftJSON, error) {
		list, err := shiftsAt(ctx, rd, u.ID, rd.Instant())
		if err != nil {
			return nil, err
		}
		return s.shiftWire(ctx, rd, u.Code, list)
	})
	return &shiftsOutput{Body: web.Page[shiftJSON]{Items: items}}, err
}

func (s *Service) postShift(ctx context.Context, in *shiftNew) (*shiftOutput, error) {
	h, err := s.AddShift(ctx, in.Code, in.Body)
	if err != nil {
		return nil, err
	}
	items, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]shiftJSON, error) {
		return s.shiftWire(ctx, rd, in.Code, []Shift{h})
	})
	if err != nil {
		return nil, err
	}
	return &shiftOutput{Body: items[0]}, nil
}

func (s *Service) postCopyWeek(ctx context.Context, in *copyInput) (*copyOutput, error) {
	tree, u, err := s.unitOf(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	if !mayKeepDuty(actor.From(ctx), tree, u.ID) {
		return nil, fault.ErrNotFound
	}
	day, ok := readMoment(in.Body.Week, tree.Zone(u.ID, s.Company(ctx)), false)
	if !ok {
		var f fault.Fields
		f.Add("week", "org.date-malformed", "value", in.Body.Week)
		return nil, f.Err()
	}
	out := &copyOutput{}
	out.Body.Copied, out.Body.Left, err = s.CopyWeek(ctx, in.Code, day)
	return out, err
}

func (s *Service) postRemoveShift(ctx context.Context, in *idInput) (*done, error) {
	return nil, s.RemoveShift(ctx, in.ID)
}

func (s *Service) handoverWire(ctx context.Context, rd sqldb.Reader, list ...Handover) ([]handoverJSON, error) {
	var ids []ID
	for _, n := range list {
		ids = append(ids, n.Person)
		for _, r := range n.Read {
			ids = append(ids, r.Person)
		}
	}
	names, err := s.Names(ctx, rd, ids)
	out := make([]handoverJSON, len(list))
	for i, n := range list {
		out[i] = handoverJSON{Shift: n.Shift, Person: s.Ref(ctx, names[n.Person]), Text: n.Text, At: n.At, Revision: n.Revision, Read: []readingJSON{}}
		for _, r := range n.Read {
			out[i].Read = append(out[i].Read, readingJSON{s.Ref(ctx, names[r.Person]), r.At})
		}
	}
	return out, err
}

func (s *Service) getHandovers(ctx context.Context, in *codeInput) (*handoversOutput, error) {
	_, u, err := s.unitOf(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	items, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]handoverJSON, error) {
		list, err := s.Handovers(ctx, rd, u.ID, 50)
		if err != nil {
			return nil, err
		}
		return s.handoverWire(ctx, rd, list...)
	})
	if err != nil {
		return nil, err
	}
	return &handoversOutput{Body: web.Page[handoverJSON]{Items: items}}, nil
}

type handoverOutput struct{ Body handoverJSON }

func (s *Service) putHandover(ctx context.Context, in *handoverEdit) (*handoverOutput, error) {
	n, err := s.WriteHandover(ctx, in.ID, in.Body.Text, in.Body.Revision)
	if err != nil {
		return nil, err
	}
	items, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]handoverJSON, error) { return s.handoverWire(ctx, rd, n) })
	if err != nil {
		return nil, err
	}
	return &handoverOutput{Body: items[0]}, nil
}

func (s *Service) postReadHandover(ctx context.Context, in *idInput) (*done, error) {
	return nil, s.ConfirmHandover(ctx, in.ID)
}

// DutyLine names who is on duty for a unit now, with a telephone, for a line of a page; "" when nobody is.
func (s *Service) DutyLine(ctx context.Context, rd sqldb.Reader, unit ID) (string, error) {
	list, err := shiftsAt(ctx, rd, unit, rd.Instant())
	if err != nil || len(list) == 0 {
		return "", err
	}
	ids := make([]ID, len(list))
	for i, h := range list {
		ids[i] = h.Person
	}
	names, err := s.Names(ctx, rd, ids)
	text := ""
	for i, h := range list {
		p, phone := names[h.Person], h.Phone
		if phone == "" {
			phone = p.Phone
		}
		one := joined(NameOf(ctx, p), h.Task, phone)
		if i > 0 {
			one = lang.T(ctx, "org.comma") + one
		}
		text += one
	}
	return text, err
}
