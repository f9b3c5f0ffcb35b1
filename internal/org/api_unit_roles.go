package org

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// namedRoleJSON is a role that a unit has given, on the wire.
type namedRoleJSON struct {
	Person string    `json:"person" doc:"employee_no or ref" example:"1005"`
	Name   string    `json:"name"`
	Role   string    `json:"role" enum:"agent,secretary"`
	Until  string    `json:"until,omitempty" doc:"Last day it counts; absent: open" example:"2027-03-31"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"given_at,omitzero"`
}

type unitRolesInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
}

type unitRolesEdit struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Body struct {
		Roles  []UnitRole `json:"roles" doc:"All of them: who is not in the list loses the role"`
		Reason string     `json:"reason" example:"接替罗佳"`
	}
}

type unitRolesOutput struct {
	Body struct {
		Unit  string          `json:"unit"`
		All   bool            `json:"all_members_are_agents" doc:"No agent is named"`
		Roles []namedRoleJSON `json:"roles" nullable:"false"`
	}
}

func (s *Service) unitRolesAPI(m *web.Mux) {
	op := func(id, method, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1/units/{code}/roles", Action: "access.delegate", Summary: summary, Tag: "Organisation"}
	}
	web.Op(m, op("list-unit-roles", http.MethodGet, "Agents and secretaries that a unit has named"), s.getUnitRoles)
	web.Op(m, op("set-unit-roles", http.MethodPut, "Name exactly these agents and secretaries of a unit one heads"), s.putUnitRoles)
}

func (s *Service) getUnitRoles(ctx context.Context, in *unitRolesInput) (*unitRolesOutput, error) {
	return s.unitRolesWire(ctx, in.Code)
}

func (s *Service) putUnitRoles(ctx context.Context, in *unitRolesEdit) (*unitRolesOutput, error) {
	if err := s.SetUnitRoles(ctx, in.Code, in.Body.Roles, in.Body.Reason); err != nil {
		return nil, err
	}
	return s.unitRolesWire(ctx, in.Code)
}

func (s *Service) unitRolesWire(ctx context.Context, code string) (*unitRolesOutput, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (*unitRolesOutput, error) {
		given, err := s.UnitRoles(ctx, rd, code)
		if err != nil {
			return nil, err
		}
		ids := make([]ID, len(given))
		for i, g := range given {
			ids[i] = g.Person
		}
		names, err := s.Names(ctx, rd, ids)
		out := &unitRolesOutput{}
		out.Body.Unit, out.Body.All, out.Body.Roles = code, true, make([]namedRoleJSON, len(given))
		zone := s.Company(ctx).Location()
		for i, g := range given {
			p := names[g.Person]
			j := namedRoleJSON{Person: s.Ref(ctx, p), Name: NameOf(ctx, p), Role: g.Role.Code, Reason: g.Reason, At: g.At}
			if !g.Until.IsZero() {
				j.Until = g.Until.In(zone).Add(-time.Second).Format(time.DateOnly)
			}
			out.Body.All = out.Body.All && g.Role.Code != "agent"
			out.Body.Roles[i] = j
		}
		return out, err
	})
}
