package routing

import (
	"context"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Skilled is somebody in a unit and what they can do.
type Skilled struct {
	Person org.Person
	Skills []string
}

// Skills lists the agents of a unit with what they can do, at most 200; for who keeps the rules.
func (s *Service) Skills(ctx context.Context, code string) ([]Skilled, error) {
	u, err := s.unit(ctx, code, doSet)
	if err != nil {
		return nil, err
	}
	var out []Skilled
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		agents, err := s.servers(ctx, rd, u.ID)
		if err != nil {
			return err
		}
		names, err := s.Org.Names(ctx, rd, agents)
		if err != nil {
			return err
		}
		list, err := skillsIn(ctx, rd, u.ID)
		if err != nil {
			return err
		}
		for _, p := range agents {
			x := Skilled{Person: names[p]}
			for _, k := range list {
				if k.person == p {
					x.Skills = append(x.Skills, k.name)
				}
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

// SetSkills writes down what the agents of a unit can do, by 工号, in place of what was known. Who is not named can nothing.
func (s *Service) SetSkills(ctx context.Context, code string, typed map[string]string) error {
	u, err := s.unit(ctx, code, doSet)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "org_unit", u.ID); err != nil {
			return err
		}
		agents, err := s.servers(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		names, err := s.Org.Names(ctx, tx, agents)
		if err != nil {
			return err
		}
		var f fault.Fields
		var rows []skill
		people := 0
		for _, p := range agents {
			list, err := skillsOf(typed[names[p].No])
			if err != nil {
				f.Add("skills."+names[p].No, "routing.skills-wrong", "most", mostSkills, "long", mostSkill)
			}
			for _, name := range list {
				rows = append(rows, skill{p, name})
			}
			people += min(len(list), 1)
		}
		for no := range typed {
			if !slices.ContainsFunc(agents, func(p int64) bool { return names[p].No == no }) {
				f.Add("skills."+no, "routing.not-agent")
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := replaceSkills(ctx, tx, u.ID, rows); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, SkillsWereSet{Unit: u.ID, People: people})
	})
}

// SkillNames are the skills that somebody in a unit has, each once.
func (s *Service) SkillNames(ctx context.Context, unit int64) (names []string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := skillsIn(ctx, rd, unit)
		for _, x := range list {
			names = append(names, x.name)
		}
		return err
	})
	slices.Sort(names)
	return slices.Compact(names), err
}
