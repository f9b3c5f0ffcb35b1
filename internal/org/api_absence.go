package org

import (
	"context"
	"net/http"
	"slices"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// absenceJSON is an absence on the wire, to those who may keep it. People are 工号.
type absenceJSON struct {
	ID       ID         `json:"id"`
	Person   string     `json:"person" doc:"employee_no or ref"`
	From     time.Time  `json:"from"`
	Until    *time.Time `json:"until" doc:"First moment of being back; null: not known yet"`
	Kind     string     `json:"kind" enum:"holiday,sick,trip,leave,other"`
	Deputy   *string    `json:"deputy" doc:"employee_no or ref; null: nobody"`
	Note     string     `json:"note,omitempty"`
	State    string     `json:"state" enum:"planned,now,over"`
	Revision int64      `json:"revision"`
}

// awayJSON is what everybody may know of somebody who is away.
type awayJSON struct {
	Until    *time.Time `json:"until" doc:"null: not known yet"`
	Deputies []string   `json:"deputies" doc:"Who stands in now: employee_no or ref"`
}

type absenceOutput struct {
	ETag string `header:"ETag"`
	Body absenceJSON
}

type absencesOutput struct{ Body web.Page[absenceJSON] }

type absenceNew struct {
	No   string `path:"no" doc:"employee_no or ref" example:"00123"`
	Body AbsenceInput
}

type absenceEdit struct {
	web.IfMatch
	ID   ID `path:"id" doc:"Of the absence" example:"7043112200000001"`
	Body AbsenceInput
}

type absenceEnd struct {
	web.IfMatch
	ID ID `path:"id" doc:"Of the absence" example:"7043112200000001"`
}

type idInput struct {
	ID ID `path:"id" doc:"Of the absence, or of the shift" example:"7043112200000001"`
}

type deedJSON struct {
	At    time.Time `json:"at"`
	By    string    `json:"by" doc:"employee_no or ref of the deputy"`
	Text  string    `json:"text"`
	Ref   string    `json:"ref" example:"R-1024"`
	Title string    `json:"title"`
	URL   string    `json:"url"`
}

type deedsOutput struct{ Body web.Page[deedJSON] }

type actingJSON struct {
	ID     ID         `json:"id"`
	Unit   string     `json:"unit"`
	Person string     `json:"person" doc:"employee_no or ref"`
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"`
	Why    string     `json:"why,omitempty"`
	Active bool       `json:"active" doc:"Acts now"`
}

type headsOutput struct {
	Body struct {
		Heads  []string     `json:"heads" doc:"Who answers for the unit now: employee_no or ref"`
		From   string       `json:"from" doc:"Code of the unit whose heads they are: a unit above while this one has none"`
		Vacant bool         `json:"vacant"`
		Acting []actingJSON `json:"acting" doc:"Who acts, or will act, as head"`
	}
}

type actingNew struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Body ActingInput
}

type actingEnd struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	ID   ID     `path:"id" doc:"Of the time as acting head" example:"7043112200000001"`
}

// absenceAPI adds the calls about who is away and who acts.
func (s *Service) absenceAPI(m *web.Mux) {
	op := func(id, method, path, action, summary string, status int) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Own: action == "person.absence", Summary: summary, Tag: "Organisation", Status: status}
	}
	web.Op(m, op("list-absences", "GET", "/people/{no}/absences", "person.absence", "Absences of a person, the latest first", 0), s.getAbsences)
	web.Op(m, op("create-absence", "POST", "/people/{no}/absences", "person.absence.set", "Enter an absence with its deputy", http.StatusCreated), s.postAbsence)
	web.Op(m, op("get-absence", "GET", "/absences/{id}", "person.absence", "One absence", 0), s.getAbsence)
	web.Op(m, op("change-absence", "PUT", "/absences/{id}", "person.absence.set", "Change an absence that is not over; what is left out is cleared", 0), s.putAbsence)
	web.Op(m, op("end-absence", "POST", "/absences/{id}/end", "person.absence.set", "The person is back, or does not go", 0), s.postAbsenceEnd)
	web.Op(m, op("list-absence-deeds", "GET", "/absences/{id}/deeds", "person.absence", "What was done in the person's place, the newest first", 0), s.getDeeds)
	web.Op(m, op("list-heads", "GET", "/units/{code}/heads", "org.see", "Who answers for a unit now", 0), s.getHeads)
	web.Op(m, op("create-acting-head", "POST", "/units/{code}/heads/acting", "org.acting", "Make somebody acting head for a time", http.StatusCreated), s.postActing)
	web.Op(m, op("end-acting-head", "POST", "/units/{code}/heads/acting/{id}/end", "org.acting", "End an acting head's time", 0), s.postActingEnd)
}

// absenceWire names the people of absences as the reader may know them.
func (s *Service) absenceWire(ctx context.Context, list ...Absence) ([]absenceJSON, error) {
	var ids []ID
	for _, a := range list {
		ids = append(ids, a.Person, a.Deputy)
	}
	out := make([]absenceJSON, len(list))
	return out, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.Names(ctx, rd, ids)
		for i, a := range list {
			out[i] = absenceJSON{ID: a.ID, Person: s.Ref(ctx, names[a.Person]), From: a.From, Until: orNever(a.Until), Kind: a.Kind, Note: a.Note, State: "planned", Revision: a.Revision}
			if d, ok := names[a.Deputy]; ok {
				out[i].Deputy = orNothing(s.Ref(ctx, d))
			}
			switch {
			case a.Over(rd.Instant()):
				out[i].State = "over"
			case a.Valid(rd.Instant()):
				out[i].State = "now"
			}
		}
		return err
	})
}

func (s *Service) absenceAnswer(ctx context.Context, a Absence, err error) (*absenceOutput, error) {
	if err != nil {
		return nil, err
	}
	list, err := s.absenceWire(ctx, a)
	return &absenceOutput{ETag: a.ETag(), Body: list[0]}, err
}

// ETag of the absence's state.
func (a Absence) ETag() string { return web.ETag("absence", a.ID, a.Revision) }

func (s *Service) getAbsences(ctx context.Context, in *noInput) (*absencesOutput, error) {
	list, err := s.Absences(ctx, in.No)
	if err != nil {
		return nil, err
	}
	items, err := s.absenceWire(ctx, list...)
	return &absencesOutput{Body: web.Page[absenceJSON]{Items: items}}, err
}

func (s *Service) postAbsence(ctx context.Context, in *absenceNew) (*absenceOutput, error) {
	a, err := s.SetAbsence(ctx, in.No, in.Body)
	return s.absenceAnswer(ctx, a, err)
}

func (s *Service) getAbsence(ctx context.Context, in *idInput) (*absenceOutput, error) {
	a, _, err := s.AbsenceByID(ctx, in.ID)
	return s.absenceAnswer(ctx, a, err)
}

// presentAbsence is the absence that an edit is about, when the edit was made on its present state.
func (s *Service) presentAbsence(ctx context.Context, id ID, match web.IfMatch) (int64, error) {
	a, _, err := s.AbsenceByID(ctx, id)
	if err != nil || match.IfMatch == "" {
		return 0, err
	}
	return a.Revision, match.Check(a.ETag())
}

func (s *Service) putAbsence(ctx context.Context, in *absenceEdit) (*absenceOutput, error) {
	revision, err := s.presentAbsence(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	a, err := s.ChangeAbsence(ctx, in.ID, in.Body, revision)
	return s.absenceAnswer(ctx, a, err)
}

func (s *Service) postAbsenceEnd(ctx context.Context, in *absenceEnd) (*absenceOutput, error) {
	revision, err := s.presentAbsence(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	a, err := s.EndAbsence(ctx, in.ID, revision)
	return s.absenceAnswer(ctx, a, err)
}

func (s *Service) getDeeds(ctx context.Context, in *idInput) (*deedsOutput, error) {
	list, err := s.Deeds(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &deedsOutput{Body: web.Page[deedJSON]{Items: make([]deedJSON, len(list))}}
	var ids []ID
	for _, d := range list {
		ids = append(ids, d.By)
	}
	return out, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.Names(ctx, rd, ids)
		for i, d := range list {
			out.Body.Items[i] = deedJSON{d.At, s.Ref(ctx, names[d.By]), d.Text, d.Ref, d.Title, d.Link}
		}
		return err
	})
}

func (s *Service) getHeads(ctx context.Context, in *codeInput) (*headsOutput, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	u, ok := tree.ByCode(in.Code)
	if !ok {
		return nil, fault.ErrNotFound
	}
	out := &headsOutput{}
	out.Body.Heads, out.Body.Acting = []string{}, []actingJSON{}
	return out, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		heads, from, err := s.HeadsFrom(ctx, rd, u.ID)
		if err != nil {
			return err
		}
		acting, err := s.Acting(ctx, rd, u.ID)
		if err != nil {
			return err
		}
		ids := slices.Clone(heads)
		for _, a := range acting {
			ids = append(ids, a.Person)
		}
		names, err := s.Names(ctx, rd, ids)
		for _, id := range heads {
			out.Body.Heads = append(out.Body.Heads, s.Ref(ctx, names[id]))
		}
		for _, a := range acting {
			out.Body.Acting = append(out.Body.Acting, actingJSON{a.ID, u.Code, s.Ref(ctx, names[a.Person]), a.From, orNever(a.Until), a.Why, a.Valid(rd.Instant())})
		}
		whose, _ := tree.ByID(from)
		out.Body.From, out.Body.Vacant = whose.Code, from != u.ID || len(heads) == 0
		return err
	})
}

func (s *Service) postActing(ctx context.Context, in *actingNew) (*headsOutput, error) {
	if _, err := s.SetActing(ctx, in.Code, in.Body); err != nil {
		return nil, err
	}
	return s.getHeads(ctx, &codeInput{Code: in.Code})
}

func (s *Service) postActingEnd(ctx context.Context, in *actingEnd) (*headsOutput, error) {
	if err := s.EndActing(ctx, in.Code, in.ID); err != nil {
		return nil, err
	}
	return s.getHeads(ctx, &codeInput{Code: in.Code})
}

// awayWire is what everybody may know of a person who is away; nil for somebody who is there.
func (s *Service) awayWire(ctx context.Context, rd sqldb.Reader, person ID) (*awayJSON, error) {
	st, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	a, away := st.absent(person, rd.Instant())
	if !away {
		return nil, nil
	}
	ids := st.deputies(person, rd.Instant())
	names, err := s.Names(ctx, rd, ids)
	out := &awayJSON{Until: orNever(a.Until), Deputies: []string{}}
	for _, id := range ids {
		out.Deputies = append(out.Deputies, s.Ref(ctx, names[id]))
	}
	return out, err
}
