package insight

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"neike/internal/kit/audit"
	"neike/internal/kit/job"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
)

// monthsBack is how many months the page looks back, beside the running one.
const monthsBack = 12

// settledDays is how many days of a month its predecessor is counted again in: what is said late is still in it.
const settledDays = 3

// Count counts what was asked of people: the running month, the one before until it is settled, and those of the last twelve that
// were never counted. It reads what happened and writes sums; about a person nothing is kept.
func (s *Service) Count(ctx context.Context) error {
	zone := s.rooms.Org.Company(ctx).Location()
	now := s.db.Now().In(zone)
	this := monthOf(now)
	var counted map[month]time.Time
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		counted, err = countedMonths(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	for ago := range monthsBack + 1 {
		m := this.back(ago)
		_, done := counted[m]
		if done && ago > 0 && (ago > 1 || now.Day() > settledDays) {
			continue
		}
		began := time.Now()
		if err := s.CountMonth(ctx, int(m)); err != nil {
			return err
		}
		if err := job.Rest(ctx, time.Since(began)); err != nil {
			return err
		}
	}
	return nil
}

// Recount counts all months again: the company's assumptions are others, or somebody doubts the sums.
func (s *Service) Recount(ctx context.Context) error {
	this := monthOf(s.db.Now().In(s.rooms.Org.Company(ctx).Location()))
	for ago := range monthsBack + 1 {
		if err := s.CountMonth(ctx, int(this.back(ago))); err != nil {
			return err
		}
	}
	return nil
}

// sum is what one month comes to.
type sum struct {
	asked  []asked
	raised []request.Raised
	steps  []step
}

// asked is what was asked of the people of a unit and of those below.
type asked struct {
	unit          ID
	what          string
	n, people     int
	median, tenth int  // -1: not shown
	mark          mark // once read: whether it is shown, given what stands beside and above it
}

// step is how often something happened with the requests of a service.
type step struct {
	service ID
	name    string
	n, hits int
}

// CountMonth counts one month (202611), in the place of what was counted before.
func (s *Service) CountMonth(ctx context.Context, which int) error {
	m := month(which)
	tree, err := s.rooms.Org.Tree(ctx)
	if err != nil {
		return err
	}
	zone := s.rooms.Org.Company(ctx).Location()
	from, until := m.first(zone), m.back(-1).first(zone)
	var x sum
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		costs, err := s.assumed(ctx, rd)
		if err != nil {
			return err
		}
		if x.raised, err = request.RaisedBetween(ctx, rd, from, until); err != nil {
			return err
		}
		if x.steps, err = stepsOf(ctx, rd, from, until); err != nil {
			return err
		}
		if x.asked, err = s.deeds(ctx, rd, tree, s.pricesIn(costs, x.raised), from, until); err != nil {
			return err
		}
		return x.askers(ctx, rd, tree, m.back(recent-1).first(zone), until)
	})
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return saveSum(ctx, tx, m, x)
	})
}

// raisedOf is what insight_asked calls those who raised something with a unit or one below, in the months that figures about forms add up.
const raisedOf = "raised"

// askers counts who raised something, by service and by unit, over the months that figures about forms add up.
func (x *sum) askers(ctx context.Context, rd sqldb.Reader, tree *org.Tree, from, until time.Time) error {
	services, units := map[ID]map[ID]bool{}, map[ID]map[ID]bool{}
	add := func(at map[ID]map[ID]bool, id, person ID) {
		if at[id] == nil {
			at[id] = map[ID]bool{}
		}
		at[id][person] = true
	}
	err := request.AskersBetween(ctx, rd, from, until, func(a request.Asker) {
		add(services, a.Service, a.Person)
		for _, unit := range tree.Path(a.Provider) {
			add(units, unit, a.Person)
		}
	})
	for service, people := range services {
		x.steps = append(x.steps, step{service, peopleStep, len(people), len(people)})
	}
	for unit, people := range units {
		x.asked = append(x.asked, asked{unit: unit, what: raisedOf, n: len(people), people: len(people), median: -1, tenth: -1})
	}
	return err
}

// pricesIn is what each act takes: raising is measured, where enough forms were.
func (s *Service) pricesIn(costs map[string]int, raised []request.Raised) []int {
	var list []taken
	for _, r := range raised {
		if r.Took >= 0 {
			list = append(list, taken{r.Took, r.N})
		}
	}
	l := last(list)
	out := make([]int, len(s.acts))
	for i, a := range s.acts {
		out[i] = costs[actKey(a.Code)]
		if a.Measured && l.N >= enoughForms {
			out[i] = l.Sum / l.N
		}
	}
	return out
}

// deeds counts what each person did and gives sums of units; the people are forgotten on return.
func (s *Service) deeds(ctx context.Context, rd sqldb.Reader, tree *org.Tree, prices []int, from, until time.Time) ([]asked, error) {
	home, err := unitsOfPeople(ctx, rd)
	if err != nil {
		return nil, err
	}
	kinds := s.byKind()
	did := map[ID][]int{} // person → acts by number
	err = audit.Deeds(ctx, rd, from, until, s.sided(), func(d audit.Deed) error {
		i, ok := s.actOf(kinds, d.Kind, d.Body, home[d.Actor])
		if !ok {
			return nil
		}
		if did[d.Actor] == nil {
			did[d.Actor] = make([]int, len(s.acts))
		}
		did[d.Actor][i]++
		return nil
	})
	if err != nil {
		return nil, err
	}
	people := map[ID][]ID{} // unit → those in it and below who did something
	for person := range did {
		for _, unit := range tree.Path(home[person]) {
			people[unit] = append(people[unit], person)
		}
	}
	var out []asked
	for _, u := range tree.All() {
		if len(people[u.ID]) > 0 {
			out = append(out, s.askedOf(u.ID, people[u.ID], did, prices)...)
		}
	}
	return out, nil
}

// askedOf sums up for one unit: all acts, by role, and each.
func (s *Service) askedOf(unit ID, people []ID, did map[ID][]int, prices []int) []asked {
	type total struct {
		n       int
		seconds []int
	}
	sums := map[string]*total{}
	for _, person := range people {
		own := map[string][2]int{}
		add := func(what string, n, seconds int) {
			x := own[what]
			own[what] = [2]int{x[0] + n, x[1] + seconds}
		}
		for i, n := range did[person] {
			if n == 0 {
				continue
			}
			a := s.acts[i]
			add(a.Code, n, n*prices[i])
			add(roleKey(a.Role), n, n*prices[i])
			if a.Role != Office {
				add("", n, n*prices[i])
			}
		}
		for what, x := range own {
			if sums[what] == nil {
				sums[what] = &total{}
			}
			sums[what].n += x[0]
			sums[what].seconds = append(sums[what].seconds, x[1])
		}
	}
	var out []asked
	for what, t := range sums {
		x := asked{unit: unit, what: what, n: t.n, people: len(t.seconds)}
		x.median, x.tenth = spread(t.seconds)
		out = append(out, x)
	}
	sorting.Stable(out, func(a, b asked) int { return strings.Compare(a.what, b.what) })
	return out
}

func roleKey(r Role) string { return "role:" + string(r) }

// stepsOf counts steps and fields of the requests of a month, by service.
func stepsOf(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]step, error) {
	list, err := request.AskedBetween(ctx, rd, from, until)
	if err != nil {
		return nil, err
	}
	var out []step
	for _, a := range list {
		out = append(out, step{a.Service, "nudged", a.N, a.Nudged}, step{a.Service, "returned", a.Done, a.Returned})
	}
	type field struct {
		service ID
		key     string
	}
	filled, all := map[field]int{}, map[ID]int{}
	err = request.AnswersBetween(ctx, rd, from, until, func(service ID, text string) error {
		var answers map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &answers) != nil {
			return nil // a form of before, which says nothing
		}
		all[service]++
		for key, v := range answers {
			if given(v) {
				filled[field{service, key}]++
			}
		}
		return nil
	})
	for f, n := range filled {
		out = append(out, step{f.service, fieldStep + f.key, all[f.service], n})
	}
	for service, n := range all {
		out = append(out, step{service, fieldStep, n, n})
	}
	return out, err
}

// peopleStep is who asked for a service.
const peopleStep = "people"

// fieldStep begins the names of steps that are fields; alone it says how many forms were read.
const fieldStep = "field:"

// given says whether an answer says anything.
func given(v json.RawMessage) bool {
	switch string(v) {
	case "", "null", `""`, "[]", "{}", "false":
		return false
	}
	return true
}
