package demo

import (
	"context"
	"math"
	"slices"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/form"
)

// pair is an edge with its share of the traffic.
type pair struct {
	provider, customer string
	weight             float64
	services           []*catalog.Service
}

// invent decides who asks whom, for what and when, and plans the asking.
func (d *demo) invent(ctx context.Context) error {
	pairs, err := d.pairs(ctx)
	if err != nil {
		return err
	}
	var total float64
	for _, p := range pairs {
		total += p.weight
	}
	played, err := d.stage(ctx, d.want)
	if err != nil {
		return err
	}
	d.agenda.plan(d.merging(), func() error { return d.merge(ctx) })
	for range d.want - played {
		at := d.moment()
		x := d.rand.Float64() * total
		i := 0
		for x -= pairs[i].weight; x > 0 && i < len(pairs)-1; x -= pairs[i].weight {
			i++
		}
		p := pairs[i]
		service := p.services[d.favourite(len(p.services))]
		from := p.customer
		if from == "production" && d.rand.Float64() < 0.55 {
			from = "production." + string(rune('a'+d.rand.IntN(3)))
		}
		if from == "proj2" && at.Before(d.merging()) && d.rand.Float64() < 0.5 {
			from = "proj3"
		}
		opened, err := d.tables[from].Add(at, 0)
		if err != nil {
			return err
		}
		opened = opened.Add(time.Duration(d.rand.IntN(3600)) * time.Second)
		if !opened.Before(d.today) {
			opened = d.today.Add(-time.Duration(1+d.rand.IntN(7200)) * time.Second)
		}
		if from == "proj3" && !opened.Before(d.merging()) {
			from = "proj2"
		}
		c := &kase{demo: d, ctx: ctx, provider: p.provider, customer: from, department: p.customer, service: service, opened: opened}
		d.agenda.plan(opened, c.open)
	}
	return nil
}

// pairs lists every edge with traffic, in a fixed order.
func (d *demo) pairs(ctx context.Context) ([]pair, error) {
	tree, err := d.app.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var departments []string
	for _, u := range units[1:] {
		if u.department() {
			departments = append(departments, u.code)
		}
	}
	var out []pair
	for _, provider := range departments {
		u, _ := tree.ByCode(provider)
		var services []*catalog.Service
		for _, s := range d.catalog.Of(u.ID) {
			if s.Askable() {
				services = append(services, s)
			}
		}
		if len(services) == 0 {
			continue
		}
		for _, customer := range departments {
			if provider == customer || silo[[2]string{provider, customer}] {
				continue
			}
			w := busy[provider][customer]
			if w == 0 {
				w = little
			}
			out = append(out, pair{provider, customer, w, services})
		}
	}
	return out, nil
}

// favourite picks one of n services, the first ones oftener.
func (d *demo) favourite(n int) int {
	return min(int(float64(n)*math.Pow(d.rand.Float64(), 1.6)), n-1)
}

// moment is a time in the year, later ones a little oftener, with the seasons of a company.
func (d *demo) moment() time.Time {
	year := d.today.Sub(d.begin)
	for {
		share := math.Pow(d.rand.Float64(), 0.85)
		at := d.begin.Add(time.Duration(share * float64(year)))
		if d.rand.Float64()*1.4 <= season(at) {
			return at
		}
	}
}

// answers fills a form as a busy colleague would.
func (d *demo) answers(f form.Form, opened time.Time, thing string) map[string]any {
	out := map[string]any{}
	for _, x := range f.Fields {
		if x.Type == form.Attachment || x.Type == form.Relation || !x.Type.Asks() || (!x.Required && x.RequiredIf == nil && d.rand.Float64() < 0.5) {
			continue
		}
		out[x.Key] = d.answer(x, opened, thing)
	}
	return out
}

func (d *demo) answer(x form.Field, opened time.Time, thing string) any {
	soon := opened.AddDate(0, 0, 3+d.rand.IntN(20)).In(shanghai)
	switch x.Type {
	case form.LongText:
		return pick(d, reasons)
	case form.Number:
		return 1 + d.rand.IntN(most(x, 40))
	case form.Currency:
		return money(d.rand.IntN(most(x, 90_000)*100-5000) + 5000)
	case form.Date:
		return soon.Format(time.DateOnly)
	case form.DateTime:
		return soon.Format("2006-01-02T15:04:05Z07:00")
	case form.Month:
		return soon.Format("2006-01")
	case form.Phone:
		return "1380013" + digits(d.rand.IntN(10_000))
	case form.Person:
		return d.noOf[d.people[d.rand.IntN(len(d.people))]]
	case form.Department:
		return units[1+d.rand.IntN(10)].code
	case form.SingleSelect:
		return x.Options[d.rand.IntN(len(x.Options))].Code
	case form.Cascade:
		return d.way(x.Options)
	case form.Checkbox:
		return true
	case form.Table:
		return d.rows(x)
	case form.MultiSelect:
		n := 1 + d.rand.IntN(2)
		var list []string
		for _, o := range x.Options {
			if len(list) < n && d.rand.Float64() < 0.6 {
				list = append(list, o.Code)
			}
		}
		if len(list) == 0 {
			list = []string{x.Options[0].Code}
		}
		return list
	default:
		return thing
	}
}

// someone is a person of a unit; the same few do most of the asking, and most of the work.
func (d *demo) someone(unit string) int64 {
	staff := d.staff[unit]
	return staff[min(int(float64(len(staff))*math.Pow(d.rand.Float64(), 1.5)), len(staff)-1)]
}

// other is a person of a unit, but not that one.
func (d *demo) other(unit string, not int64) int64 {
	staff := slices.DeleteFunc(slices.Clone(d.staff[unit]), func(p int64) bool { return p == not })
	return staff[d.rand.IntN(len(staff))]
}
