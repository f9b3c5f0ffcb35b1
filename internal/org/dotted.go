package org

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Dotted is somebody to whom a person reports besides the manager. Nothing follows from it but that both are shown:
// circles are as good as any.
type Dotted struct {
	Person  ID
	Manager ID     // 0: only the 工号 is known, until an import is through
	No      string // 工号 of the manager
	Until   time.Time
}

// readDotted reads `工号[@last day]` entries of somebody with a 工号. Whether there are such people is another matter.
func readDotted(no string, entries []string, zone *time.Location) ([]Dotted, []finding) {
	var out []Dotted
	var found []finding
	for _, text := range entries {
		for _, entry := range split(text) {
			ref, last, _ := strings.Cut(entry, "@")
			ref, last = clean(ref), clean(last)
			until, dated := lastDay(last, zone)
			switch {
			case ref == "":
				found = append(found, wrong("dotted_managers", "org.person-unknown", "value", entry))
			case ref == no:
				found = append(found, wrong("dotted_managers", "org.manager-self", "value", ref))
			case slices.ContainsFunc(out, func(d Dotted) bool { return d.No == ref }):
				found = append(found, wrong("dotted_managers", "org.dotted-twice", "value", ref))
			case last != "" && !dated:
				found = append(found, wrong("dotted_managers", "org.date-malformed", "value", last))
			default:
				out = append(out, Dotted{No: ref, Until: until})
			}
		}
	}
	return out, found
}

// WriteDotted is the list as the column dotted_managers has it, in a fixed order.
func WriteDotted(list []Dotted, zone *time.Location) string {
	texts := make([]string, len(list))
	for i, d := range list {
		if texts[i] = d.No; !d.Until.IsZero() {
			texts[i] += "@" + d.Until.Add(-time.Second).In(zone).Format(time.DateOnly)
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, ";")
}

// dottedLines reads the column dotted_managers.
func (h reading) dottedLines(row importer.Row, w *wantedPerson) []finding {
	if !row.Has("dotted_managers") {
		return nil
	}
	next, found := readDotted(w.No, []string{row.Get("dotted_managers")}, h.zone)
	w.dottedSet = w.change("dotted_managers", WriteDotted(w.dotted, h.zone), WriteDotted(next, h.zone))
	w.dotted = next
	return found
}

// unknownDotted names dotted-line managers who are neither in the house nor in the file.
func (c *peopleCheck) unknownDotted(ctx context.Context, rd sqldb.Reader, end *importer.Conclusion) error {
	var ask []string
	for _, m := range c.dotted {
		if _, inFile := c.line[m.no]; !inFile || c.bad[m.no] {
			ask = append(ask, m.no)
		}
	}
	slices.Sort(ask)
	exists, err := c.s.PeopleByNo(ctx, rd, slices.Compact(ask))
	for _, m := range c.dotted {
		_, here := exists[m.no]
		if line, inFile := c.line[m.no]; here || inFile && !c.bad[m.no] {
			continue
		} else if inFile {
			end.Problems = append(end.Problems, importer.Wrong(m.line, "dotted_managers", "org.manager-bad", "value", m.no, "line", line))
		} else {
			end.Problems = append(end.Problems, importer.Wrong(m.line, "dotted_managers", "org.person-unknown", "value", m.no))
		}
	}
	return err
}

// resolveDotted turns the entries of a form into people who are here.
func (s *Service) resolveDotted(ctx context.Context, tx *sqldb.Tx, in PersonInput, p Person, zone *time.Location, f *fault.Fields) ([]Dotted, error) {
	list, found := readDotted(p.No, in.Dotted, zone)
	for _, x := range found {
		f.Add(x.field, x.key, x.args...)
	}
	if err := s.findDotted(ctx, tx, list, nil); err != nil {
		return nil, err
	}
	for _, d := range list {
		if d.Manager == 0 {
			f.Add("dotted_managers", "org.person-unknown", "value", d.No)
		}
	}
	return list, nil
}

// findDotted gives the lines the ids of managers who are in the house, or among others with a 工号.
func (s *Service) findDotted(ctx context.Context, rd sqldb.Reader, list []Dotted, others map[string]ID) error {
	if len(list) == 0 {
		return nil
	}
	nos := make([]string, len(list))
	for i, d := range list {
		nos[i] = d.No
	}
	people, err := s.PeopleByNo(ctx, rd, nos)
	for i := range list {
		d := &list[i]
		if p, here := people[d.No]; here {
			d.Manager = p.ID
		} else {
			d.Manager = others[d.No]
		}
	}
	return err
}

// saveDotted writes the lines that rows of a file set; a manager who comes in a later chunk is settled at the end.
func (s *Service) saveDotted(ctx context.Context, tx *sqldb.Tx, lists ...[]wantedPerson) error {
	var lines []Dotted
	var people []ID
	chunk := map[string]ID{}
	for _, list := range lists {
		for _, w := range list {
			chunk[w.No] = w.ID
			if w.dottedSet {
				people = append(people, w.ID)
				for _, d := range w.dotted {
					d.Person, d.Manager = w.ID, 0
					lines = append(lines, d)
				}
			}
		}
	}
	if len(people) == 0 {
		return nil
	}
	if err := s.findDotted(ctx, tx, lines, chunk); err != nil {
		return err
	}
	return replaceDotted(ctx, tx, people, lines)
}

// DottedOf are the dotted-line managers of people that count at the reader's moment, in the order they were named.
func (s *Service) DottedOf(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID][]Dotted, error) {
	all, err := dottedOf(ctx, rd, people)
	for id, list := range all {
		all[id] = slices.DeleteFunc(list, func(d Dotted) bool {
			return d.Manager == 0 || !d.Until.IsZero() && !d.Until.After(rd.Instant())
		})
	}
	return all, err
}

func (s *Service) listDotted(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Held, error) {
	ids, err := dottedAfter(ctx, rd, person, after, limit)
	if err != nil {
		return nil, err
	}
	return s.peopleHeld(ctx, rd, ids)
}

// handDotted lets those who reported to the giver by a dotted line report to the receiver; nobody reports to himself or
// twice to the same.
func (s *Service) handDotted(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	ids, err := dottedAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	for _, id := range ids {
		if err := s.dottedFrom(ctx, tx, id, h.From, h.To); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(ids), Next: rest(ids, h.Limit)}, nil
}

// dottedFrom puts another manager, or nobody (0), in the place of one.
func (s *Service) dottedFrom(ctx context.Context, tx *sqldb.Tx, person, from, to ID) error {
	if err := tx.Lock(ctx, "org_person", person); err != nil {
		return err
	}
	all, err := dottedOf(ctx, tx, []ID{person})
	if err != nil {
		return err
	}
	drop := to == 0 || to == person || slices.ContainsFunc(all[person], func(d Dotted) bool { return d.Manager == to })
	var list []Dotted
	for _, d := range all[person] {
		if d.Manager == from && drop {
			continue
		}
		if d.Manager == from {
			d.Manager = to
		}
		list = append(list, d)
	}
	if err := replaceDotted(ctx, tx, []ID{person}, list); err != nil {
		return err
	}
	if err := touchPerson(ctx, tx, person); err != nil {
		return err
	}
	p, err := personByID(ctx, tx, person)
	if err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "changed"})
}
