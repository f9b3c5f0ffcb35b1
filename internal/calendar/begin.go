package calendar

import (
	"context"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Beginning is a pattern of working hours that a company can begin with.
type Beginning struct {
	Name  string // "double", "single", "big", "small"
	Hours string // in words: 周一–周五 08:30–12:00, 13:30–18:00
}

// source is where a beginning comes from: the preset, and how many weeks of the pattern are over this week.
type source struct {
	name, preset string
	weeks        int
}

var beginnings = []source{{"double", "double", 0}, {"single", "single", 0}, {"big", "big-small", 0}, {"small", "big-small", 1}}

// Beginnings lists the patterns that a company can begin with.
func (s *Service) Beginnings(ctx context.Context) ([]Beginning, error) {
	var out []Beginning
	for _, x := range beginnings {
		in, err := s.beginning(ctx, x.name)
		if err != nil {
			return nil, err
		}
		_, _, next, err := s.Draft(ctx, in)
		if err != nil {
			return nil, err
		}
		out = append(out, Beginning{Name: x.name, Hours: summary(ctx, &next.newest(Default).Rules)})
	}
	return out, nil
}

// beginning is the company's calendar with another pattern of hours.
func (s *Service) beginning(ctx context.Context, name string) (Input, error) {
	i := slices.IndexFunc(beginnings, func(x source) bool { return x.name == name })
	if i < 0 {
		var f fault.Fields
		f.Add("pattern", "calendar.beginning-missing")
		return Input{}, f.Err()
	}
	b, err := s.Book(ctx)
	if err != nil {
		return Input{}, err
	}
	now, _ := b.Input(Default)
	current, _ := b.Current(Default)
	today := DateOf(s.db.Now().In(lang.Zone(ctx)))
	in, _ := preset(beginnings[i].preset, (today - Date(7*beginnings[i].weeks)).String())
	in.Code, in.Name, in.Zone, in.Replaces = Default, now.Name, s.units.Company(ctx).Zone, current.Number
	return in, nil
}

// Begin gives the company's calendar a pattern of Beginnings: for all days, or with later from tomorrow on because
// deadlines were counted already.
func (s *Service) Begin(ctx context.Context, name string, later bool) error {
	in, err := s.beginning(ctx, name)
	if err != nil {
		return err
	}
	if later {
		in.ValidFrom = (DateOf(s.db.Now().In(s.units.Company(ctx).Location())) + 1).String()
	}
	_, err = s.Publish(ctx, in)
	return err
}

// CompanyHours says how the company works now, in words, and whether somebody has decided so.
func (s *Service) CompanyHours(ctx context.Context) (hours string, decided bool, err error) {
	b, err := s.Book(ctx)
	if err != nil {
		return "", false, err
	}
	e := b.newest(Default)
	for _, v := range b.calendars[Default] {
		decided = decided || v.Number > 1 && v.Cause == ""
	}
	return summary(ctx, &e.Rules), decided, nil
}
