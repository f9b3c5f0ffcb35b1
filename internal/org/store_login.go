package org

import (
	"context"
	"strings"

	"neike/internal/kit/sqldb"
)

// PeopleByLogin finds the people whom a 工号 (in any case), a phone number (digits, without +86) or a mail address names,
// active or not, the active ones first, each once. More than one means that the text names nobody in particular; but a 工号 typed exactly names
// its person whatever else the text fits.
func (s *Service) PeopleByLogin(ctx context.Context, rd sqldb.Reader, text string) ([]Person, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	low := strings.ToLower(text)
	people, err := sqldb.All(ctx, rd, scanPerson, `
		select `+personColumns+`
		from org_person
		where lower(no) = $1
		union
		select `+personColumns+`
		from org_person
		where replace(replace(phone, ' ', ''), '-', '') in ($2, $3, $4) and phone <> ''
		union
		select `+personColumns+`
		from org_person
		where lower(email) = $5 and email <> ''
		order by active desc
		limit 5`, low, low, "+86"+low, "86"+low, low)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if p.No == text {
			return []Person{p}, nil
		}
	}
	return people, nil
}
