package org

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// rolesView is the form of roles: those of the whole company as boxes, those of units as lines, and the services owned.
type rolesView struct {
	Company  []ui.Option
	Kept     []string // company-wide roles that the reader sees but may not change
	Lines    []roleLine
	Services string // codes, separated by commas
	Owned    []ui.Option
}

// roleLine is a role in a unit.
type roleLine struct {
	Nth    int
	Code   string
	Unit   string
	Codes  []ui.Option
	Chosen []ui.Option
}

// rolesForm is what was sent.
type rolesForm struct {
	Company  []string `form:"role"`
	Services string   `form:"services"`
	Revision int64    `form:"revision"`
	Lines    []roleLine
}

// typed reads the lines, whose selects and pickers come side by side.
func (in *rolesForm) typed(values url.Values) {
	units := values["role_unit"]
	for i, code := range values["unit_role"] {
		unit := ""
		if i < len(units) {
			unit = clean(units[i])
		}
		if code = clean(code); code != "" {
			in.Lines = append(in.Lines, roleLine{Code: code, Unit: unit})
		}
	}
}

// rolesAsked is the list of `code[@scope]`. A line without a unit is for the person's main unit, never for the company.
func (s *Service) rolesAsked(ctx context.Context, no string, in rolesForm) ([]string, error) {
	p, err := s.PersonByNo(ctx, no)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	main, _ := tree.ByID(p.Unit)
	roles := slices.Clone(in.Company)
	for _, l := range in.Lines {
		if l.Unit == "" {
			l.Unit = main.Code
		}
		roles = append(roles, l.Code+"@"+l.Unit)
	}
	for _, code := range listed(in.Services) {
		roles = append(roles, "owner@"+clean(code))
	}
	return roles, nil
}

// listed reads what a picker of several holds, or somebody typed with commas or spaces between.
func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，;；、 \t\r\n", r) })
}

// rolesView lays roles out in the form.
func (s *Service) rolesView(ctx context.Context, roles []Role) rolesView {
	in := rolesForm{}
	var owned []string
	for _, r := range roles {
		switch {
		case r.Code == "owner":
			owned = append(owned, r.Scope)
		case r.Scope == "":
			in.Company = append(in.Company, r.Code)
		default:
			in.Lines = append(in.Lines, roleLine{Code: r.Code, Unit: r.Scope})
		}
	}
	in.Services = strings.Join(owned, ",")
	return s.rolesTyped(ctx, in)
}

// rolesTyped lays out what was typed.
func (s *Service) rolesTyped(ctx context.Context, in rolesForm) rolesView {
	v := rolesView{Services: in.Services, Lines: append(in.Lines, make([]roleLine, spareRows)...)}
	given := actor.From(ctx).Has("security")
	for _, code := range companyRoles {
		held := slices.Contains(in.Company, code)
		v.Company = append(v.Company, ui.Option{Value: code, Text: lang.T(ctx, "org.role-"+code), Selected: held, Disabled: !given})
		if held && !given { // a box that is disabled is not sent
			v.Kept = append(v.Kept, code)
		}
	}
	return v
}

// name adds the words of what the lines and pickers hold.
func (s *Service) nameRoles(ctx context.Context, tree *Tree, v *rolesView) {
	for i := range v.Lines {
		l := &v.Lines[i]
		l.Nth, l.Chosen = i+1, unitOption(ctx, tree, l.Unit)
		l.Codes = []ui.Option{{Text: lang.T(ctx, "org.role-none"), Selected: l.Code == ""}}
		for _, code := range lineRoles {
			l.Codes = append(l.Codes, ui.Option{Value: code, Text: lang.T(ctx, "org.role-"+code), Selected: code == l.Code})
		}
	}
	v.Owned = nil
	for _, code := range listed(v.Services) {
		v.Owned = append(v.Owned, s.serviceOption(ctx, code))
	}
}

// lineRoles are the roles that a person may have in a unit.
var lineRoles = append([]string{"agent", "head", "secretary"}, eitherRoles...)

// canUnitRoles says whether the reader may give roles of units.
func canUnitRoles(ctx context.Context) bool { return actor.From(ctx).Has("admin") }
