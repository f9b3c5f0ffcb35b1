package org

import (
	"context"
	"errors"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

type retentionEdit struct {
	Body struct {
		Months int `json:"erase_after_months" doc:"Months after leaving; 0: never by itself" example:"24"`
	}
}

type eraseInput struct {
	No   string `path:"no" doc:"employee_no or ref" example:"00123"`
	Body struct {
		No string `json:"employee_no" doc:"The employee_no once more, so that nobody is erased by a slip" example:"00123"`
	}
}

type holdEdit struct {
	No   string `path:"no" doc:"employee_no or ref" example:"00123"`
	Body HoldInput
}

// leaverJSON is how it stands with the personal data of somebody.
type leaverJSON struct {
	Ref    string         `json:"ref"`
	Left   *time.Time     `json:"left_at" doc:"When it was noted that the person had left"`
	Due    *time.Time     `json:"due_at" doc:"When the rule erases; null: never by itself"`
	Held   bool           `json:"held"`
	Why    string         `json:"reason,omitempty"`
	Began  *time.Time     `json:"began_at" doc:"When erasing began"`
	Erased *time.Time     `json:"erased_at"`
	Counts map[string]int `json:"counts,omitempty" doc:"Rows that went, by kind"`
}

type retentionOutput struct{ Body Retention }

type leaverOutput struct{ Body leaverJSON }

func (s *Service) personalAPI(m *web.Mux) {
	op := func(id, method, path, action, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Summary: summary, Tag: "Personal data", Scope: "admin"}
	}
	own := op("get-personal-data", http.MethodGet, "/people/{no}/data", "person.data", "What the house keeps about a person: one's own, or for the security officer anybody's")
	own.Scope, own.Own = "read", true
	web.Op(m, own, func(ctx context.Context, in *noInput) (*struct{ Body PersonalCopy }, error) {
		c, err := s.CopyPersonal(ctx, in.No)
		return &struct{ Body PersonalCopy }{c}, err
	})
	web.Op(m, op("get-retention", http.MethodGet, "/retention", "person.erase", "How long personal data of people who left is kept"), s.getRetention)
	web.Op(m, op("set-retention", http.MethodPut, "/retention", "person.erase", "Set how long personal data of people who left is kept"), func(ctx context.Context, in *retentionEdit) (*retentionOutput, error) {
		if err := s.SetRetention(ctx, in.Body.Months); err != nil {
			return nil, err
		}
		return s.getRetention(ctx, nil)
	})
	web.Op(m, op("erase-person", http.MethodPost, "/people/{no}/erase", "person.erase", "Erase the personal data of somebody who has left; there is no way back"), s.postErase)
	web.Op(m, op("hold-person", http.MethodPut, "/people/{no}/hold", "person.erase", "Keep somebody's personal data from being erased, or let it go"), s.putHold)
}

func (s *Service) getRetention(ctx context.Context, _ *struct{}) (*retentionOutput, error) {
	r, err := s.Retention(ctx)
	return &retentionOutput{r}, err
}

func (s *Service) postErase(ctx context.Context, in *eraseInput) (*leaverOutput, error) {
	p, err := s.erasable(ctx, in.No)
	if err != nil {
		return nil, err
	}
	if err := s.Erase(ctx, in.No, in.Body.No); err != nil {
		return nil, err
	}
	return s.leaverWire(ctx, p.ID)
}

func (s *Service) putHold(ctx context.Context, in *holdEdit) (*leaverOutput, error) {
	p, err := s.erasable(ctx, in.No)
	if err != nil {
		return nil, err
	}
	if err := s.Hold(ctx, in.No, in.Body); err != nil {
		return nil, err
	}
	return s.leaverWire(ctx, p.ID)
}

func (s *Service) leaverWire(ctx context.Context, id ID) (*leaverOutput, error) {
	months := s.Company(ctx).Switches.EraseMonths
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (*leaverOutput, error) {
		l, err := leaverOf(ctx, rd, id)
		if err != nil && !errors.Is(err, fault.ErrNotFound) { // nothing is noted about who is here and not held
			return nil, err
		}
		return &leaverOutput{leaverJSON{erasedNo(id), orNever(l.Left), orNever(l.Due(months)), l.Held, l.HeldWhy, orNever(l.Began), orNever(l.Erased), l.Counts}}, nil
	})
}
