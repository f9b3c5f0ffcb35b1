package directory

import (
	"context"
	"slices"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/chat"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// recognised is who an account of a run is, or why nobody can say.
type recognised struct {
	match
	no      string // 工号 here, now or after the run
	problem *Why
}

// recognise finds who accounts are, and refuses what is not sure: a 工号 that two accounts have, a person who has another
// account that is still there.
func (p *planner) recognise(ctx context.Context, rd sqldb.Reader, users []chat.User) ([]recognised, error) {
	found, err := p.s.matchUsers(ctx, rd, p.c, users)
	if err != nil {
		return nil, err
	}
	var nos, others []string
	for i, u := range users {
		if no := p.c.Rules.numberOf(u); no != "" {
			nos = append(nos, no)
		}
		if found[i].renames.ID != 0 {
			others = append(others, subjectKey(found[i].renames.Subject))
		}
	}
	twice, err := shared(ctx, rd, p.run.ID, nos)
	if err != nil {
		return nil, err
	}
	there, err := usersByKey(ctx, rd, p.run.ID, others)
	if err != nil {
		return nil, err
	}
	out := make([]recognised, len(users))
	for i, u := range users {
		r := recognised{match: found[i], no: found[i].person.No}
		number := p.c.Rules.numberOf(u)
		other, still := there[subjectKey(r.renames.Subject)]
		switch {
		case u.Several:
			r.problem = why("directory.why-login-twice", "subject", u.ID)
		case r.linked.anotherNow(u, number, r.person.No):
			r.problem = why("directory.why-reused", "subject", u.ID, "no", r.person.No)
		case r.linked.ID != 0:
		case number != "" && twice[number]:
			r.problem = why("directory.why-number-twice", "no", number)
		case r.renames.ID != 0 && still:
			r.problem = why("directory.why-other-account", "subject", other.ID, "no", r.person.No)
		case r.person.ID == 0 && number == "":
			r.problem = why("directory.why-no-number")
		case r.person.ID == 0:
			r.no = number
		}
		out[i] = r
	}
	return out, nil
}

// planPeople makes the items of people, some hundred at a time.
func (p *planner) planPeople(ctx context.Context) error {
	after := ""
	for {
		var users []chat.User
		var items []Item
		err := p.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			if users, err = usersAfter(ctx, rd, p.run.ID, after, 500); err != nil || len(users) == 0 {
				return err
			}
			items, err = p.peopleItems(ctx, rd, users)
			return err
		})
		if err != nil {
			return err
		}
		if len(users) == 0 {
			return nil
		}
		after = subjectKey(users[len(users)-1].ID)
		if err := p.put(ctx, items); err != nil {
			return err
		}
	}
}

// candidate is an account on its way to an item.
type candidate struct {
	chat.User
	recognised
	item  Item
	cells map[string]string
}

func (p *planner) peopleItems(ctx context.Context, rd sqldb.Reader, users []chat.User) ([]Item, error) {
	known, err := p.recognise(ctx, rd, users)
	if err != nil {
		return nil, err
	}
	managers, err := p.managers(ctx, rd, users)
	if err != nil {
		return nil, err
	}
	var ids []org.ID
	for _, k := range known {
		if k.person.ID != 0 {
			ids = append(ids, k.person.ID)
		}
	}
	members, err := p.s.org.MembershipsOf(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	var list []*candidate
	var out []Item
	for i, u := range users {
		c := &candidate{User: u, recognised: known[i]}
		c.item = Item{Sort: "person", State: Planned, Label: strings.TrimSpace(c.no + " " + nameOf(u, c.person)),
			itemBody: itemBody{Code: c.no, Subject: u.ID, Union: u.Union, Person: c.person.ID}}
		if len(u.Departments) > 0 {
			c.item.Place = p.pathOf(u.Departments[0])
		}
		if done := p.byState(c); done {
			out = append(out, c.item)
			continue
		}
		c.cells = p.personCells(c, managers, members[c.person.ID])
		list = append(list, c)
	}
	if err := p.compare(ctx, rd, list, members); err != nil {
		return nil, err
	}
	for _, c := range list {
		out = append(out, c.item)
	}
	return slices.DeleteFunc(out, func(i Item) bool { return i.Plan == "" }), nil
}

func nameOf(u chat.User, p org.Person) string {
	for _, name := range []string{u.Name, u.NameEn, p.Name, u.ID} {
		if name != "" {
			return name
		}
	}
	return ""
}

func (p *planner) managers(ctx context.Context, rd sqldb.Reader, users []chat.User) (map[string]string, error) {
	if !p.c.Rules.owns("manager") && !p.c.Rules.owns("dotted_managers") {
		return nil, nil
	}
	var keys []string
	for _, u := range users {
		if u.Manager != "" {
			keys = append(keys, subjectKey(u.Manager))
		}
		for _, id := range u.Dotted {
			keys = append(keys, subjectKey(id))
		}
	}
	return p.numbers(ctx, rd, keys)
}

// byState settles accounts whose state decides: those who have left, those nobody can tell, those who are unknown and not
// to be taken in. done is false for who is to be compared.
func (p *planner) byState(c *candidate) (done bool) {
	gone := c.State == chat.Left || c.State == chat.Disabled
	hold := func(plan string, w *Why) bool {
		c.item.Plan, c.item.Why, c.item.State = plan, w, ""
		return true
	}
	switch {
	case gone && (c.problem != nil || c.person.ID == 0 || !c.person.Active || c.linked.ID == 0 && c.renames.ID == 0):
		p.counts.Unchanged++
		return true // never was here, or is not here any more: nothing to say
	case c.problem != nil:
		p.counts.Conflicts++
		return hold("conflict", c.problem)
	case gone:
		key := "directory.why-left"
		if c.State == chat.Disabled {
			key = "directory.why-disabled"
		}
		c.item = p.leave(c.item, c.person, why(key))
		return true
	case c.person.ID == 0 && !p.c.Rules.NewPeople:
		p.counts.Kept++
		return hold("kept", why("directory.why-not-taken-in"))
	case c.person.ID == 0 && c.Name == "" && c.NameEn == "":
		p.counts.Conflicts++
		return hold("conflict", why("directory.why-no-name"))
	case c.person.ID != 0 && !c.person.Active && !(c.linked.Stopped && p.c.Rules.owns("active")):
		p.counts.Kept++
		return hold("kept", why("directory.why-inactive-here"))
	}
	return false
}

// leave is the item of somebody whom the directory calls gone.
func (p *planner) leave(i Item, person org.Person, w *Why) Item {
	i.Sort, i.Person, i.Code, i.Why = "stop", person.ID, person.No, w
	switch {
	case !p.c.Rules.owns("active"):
		i.Why = why("directory.why-active-not-owned")
	case p.keepers[person.ID]:
		i.Why = why("directory.why-keeper")
	default:
		i.Plan, i.State, i.Cells = "stop", Planned, map[string]string{"employee_no": person.No, "active": "no"}
		p.counts.PeopleStopped++
		p.leaving++
		return i
	}
	i.Plan, i.State = "kept", ""
	p.counts.Kept++
	return i
}

// personCells are what the directory decides about somebody; an empty value decides nothing.
func (p *planner) personCells(c *candidate, managers map[string]string, members []org.Membership) map[string]string {
	rules, fresh := p.c.Rules, c.person.ID == 0
	cells := map[string]string{"employee_no": c.no}
	set := func(column, value string) {
		if value != "" && (fresh || rules.owns(column)) {
			cells[column] = value
		}
	}
	set("name", c.Name)
	set("name_en", c.NameEn)
	set("phone", c.Phone)
	set("email", c.Email)
	set("position", c.Position)
	if manager := managers[subjectKey(c.Manager)]; manager != c.no {
		set("manager", manager)
	}
	set("dotted_managers", dotted(c, managers))
	if fresh && cells["name"] == "" {
		cells["name"] = c.NameEn
	}
	if !fresh && !c.person.Active {
		cells["active"] = "yes"
	}
	units := p.mainFirst(c, p.unitsOf(c.Departments))
	if len(units) > 0 {
		set("unit", units[0])
	}
	if rules.owns("more_units") && len(units) > 0 {
		main := cells["unit"]
		if main == "" {
			u, _ := p.tree.ByID(c.person.Unit)
			main = u.Code
		}
		cells["more_units"] = p.moreUnits(units, main, members)
	}
	return cells
}

// dotted are the dotted-line managers as the column of an import has them; a directory that names none decides nothing.
func dotted(c *candidate, numbers map[string]string) string {
	var out []string
	for _, id := range c.Dotted {
		if no := numbers[subjectKey(id)]; no != "" && no != c.no && !slices.Contains(out, no) {
			out = append(out, no)
		}
	}
	return strings.Join(out, ";")
}

// unitsOf are the units of departments, the main one first, each once.
func (p *planner) unitsOf(departments []string) []string {
	var out []string
	for _, d := range departments {
		if one, ok := p.places[d]; ok && one.code != "" && !slices.Contains(out, one.code) {
			out = append(out, one.code)
		}
	}
	if len(out) == 0 && p.c.Rules.Root != "" && !p.undecided(departments) {
		out = append(out, p.c.Rules.Root)
	}
	return out
}

// mainFirst keeps somebody's main unit first where the directory does not say otherwise: it names several departments and
// none as the main one, or that unit's department is out of its sight.
func (p *planner) mainFirst(c *candidate, units []string) []string {
	main, known := p.tree.ByID(c.person.Unit)
	if !known || len(units) == 0 || !p.unseen[main.ID] && !(c.Unranked && slices.Contains(units, main.Code)) {
		return units
	}
	return together([]string{main.Code}, units)
}

// undecided says whether somebody's place waits for a decision.
func (p *planner) undecided(departments []string) bool {
	return slices.ContainsFunc(departments, func(d string) bool { return p.places[d].is == placeAsk })
}

// moreUnits writes the units beside the main one as the column of an import has them: those of the directory, and those
// the company gave somebody in units that the directory does not know.
func (p *planner) moreUnits(units []string, main string, members []org.Membership) string {
	texts := map[string]string{}
	for _, m := range members {
		u, _ := p.tree.ByID(m.Unit)
		if u.Code == main || m.Main || p.ruled[m.Unit] && !slices.Contains(units, u.Code) {
			continue
		}
		texts[u.Code] = p.written(u.Code, m)
	}
	for _, code := range units {
		if _, there := texts[code]; !there && code != main {
			texts[code] = code
		}
	}
	out := make([]string, 0, len(texts))
	for _, text := range texts {
		out = append(out, text)
	}
	slices.Sort(out)
	return strings.Join(out, ";")
}

// written is a membership as the column has it: unit[:position][@last day].
func (p *planner) written(code string, m org.Membership) string {
	if m.Position != "" {
		code += ":" + strings.NewReplacer(";", " ", "；", " ", "@", " ").Replace(m.Position)
	}
	if !m.Until.IsZero() {
		code += "@" + m.Until.In(p.zone).AddDate(0, 0, -1).Format("2006-01-02")
	}
	return code
}

// compare lets the organisation judge the rows, as it judges those of a file. Units that come with this run are not there
// yet, so places are compared here.
func (p *planner) compare(ctx context.Context, rd sqldb.Reader, list []*candidate, members map[org.ID][]org.Membership) error {
	check, err := p.people.Check(ctx)
	if err != nil {
		return err
	}
	rows := make([]importer.Row, len(list))
	for i, c := range list {
		rows[i] = importer.Row{Line: i + 1, Cells: map[string]string{}}
		for column, value := range c.cells {
			if column != "unit" && column != "more_units" {
				rows[i].Cells[column] = value
			}
		}
	}
	verdicts, err := check.Rows(ctx, rd, rows)
	if err != nil {
		return err
	}
	for i, c := range list {
		p.verdict(c, verdicts[i], members[c.person.ID])
	}
	return nil
}

// verdict turns a judgement into the item of somebody.
func (p *planner) verdict(c *candidate, v importer.Verdict, members []org.Membership) {
	i := &c.item
	i.Cells = c.cells
	for _, change := range v.Changes {
		i.Changes = append(i.Changes, Change(change))
	}
	for _, x := range v.Problems {
		switch x.Column {
		case "unit": // said below
		case "phone", "email", "position", "name_en": // the rest is right: this one stays as it is
			delete(i.Cells, x.Column)
			i.Changes = slices.DeleteFunc(i.Changes, func(c Change) bool { return c.Column == x.Column })
		default:
			p.hold(i, &Why{x.Key, x.Args})
			return
		}
	}
	fresh := c.person.ID == 0
	switch {
	case p.undecided(c.Departments):
		i.Plan, i.State, i.Why, i.Changes, i.Cells = "waits", "", why("directory.why-place-waits"), nil, nil
		p.counts.Waiting++
		return
	case fresh && i.Cells["unit"] == "" && len(c.Departments) == 0:
		p.hold(i, why("directory.why-no-department"))
		return
	case fresh && i.Cells["unit"] == "":
		p.hold(i, why("directory.why-no-unit"))
		return
	}
	p.compareUnits(i, c.person, members)
	p.linkOf(c)
	switch {
	case fresh:
		i.Plan, i.Why = "create", why("directory.why-new-person")
		p.counts.PeopleNew++
	case len(i.Changes) > 0:
		i.Plan, i.Why = "update", why("directory.why-changed")
		if i.Cells["active"] == "yes" {
			i.Why = why("directory.why-back")
		}
		p.counts.PeopleChanged++
	case i.Link != "":
		i.Plan, i.Why = "link", why("directory.why-link-"+i.Link)
		i.Cells = nil
	default:
		i.Plan = ""
		p.counts.Unchanged++
	}
	if i.Link != "" {
		p.counts.Linked++
	}
}

func (p *planner) hold(i *Item, w *Why) {
	i.Plan, i.State, i.Why, i.Changes, i.Cells = "conflict", "", w, nil, nil
	p.counts.Conflicts++
}

// linkOf notes that the account is to be linked, and whether it is the new name of another.
func (p *planner) linkOf(c *candidate) {
	switch {
	case c.linked.ID != 0:
	case c.renames.ID != 0:
		c.item.Link, c.item.Renames = "renamed", c.renames.ID
		p.renamed[c.renames.ID] = true
	case c.person.ID == 0:
		c.item.Link = "created"
	default:
		c.item.Link = c.why
	}
}

// compareUnits compares where somebody belongs with where the directory says.
func (p *planner) compareUnits(i *Item, person org.Person, members []org.Membership) {
	if person.ID == 0 {
		return
	}
	if code, set := i.Cells["unit"]; set {
		old, _ := p.tree.ByID(person.Unit)
		if old.Code != code {
			i.Changes = append(i.Changes, Change{"unit", old.Code, code})
		}
	}
	more, set := i.Cells["more_units"]
	if !set {
		return
	}
	var texts []string
	for _, m := range members {
		if u, ok := p.tree.ByID(m.Unit); ok && !m.Main {
			texts = append(texts, p.written(u.Code, m))
		}
	}
	slices.Sort(texts)
	if old := strings.Join(texts, ";"); old != more {
		i.Changes = append(i.Changes, Change{"more_units", old, more})
	}
}
