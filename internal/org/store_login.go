package org

import (
	"context"
	"strings"

	"neike/internal/kit/sqldb"
)

// PeopleByLogin finds the people whom a 工号, a phone number or a mail address names, active or not, each
// once. More than one means that the text names nobody in particular.
func (s *Service) PeopleByLogin(ctx context.Context, rd sqldb.Reader, text string) ([]Person, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	return sqldb.All(ctx, rd, scanPerson, `
		select `+personColumns+`
		from org_person
		where no = $1
		union
		select `+personColumns+`
		from org_person
		where phone = $2 and phone <> ''
		union
		select `+personColumns+`
		from org_person
		where lower(email) = $3 and email <> ''
		limit 3`, text, text, strings.ToLower(text))
}
