package delivery

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Item is what another system tells of one delivery.
type Item struct {
	Service     string // code of a standing service
	Provider    string // code; "": the service's unit
	Customer    string // code
	Receiver    string // 工号; "": the arrangement's, or whoever heads the customer
	Title       string // "": the service's name
	DueAt       time.Time
	DeliveredAt time.Time // zero: it is still to be delivered
	AcceptedAt  time.Time // imports only
	By          string    // imports only: 工号 of who delivered it
	AcceptedBy  string    // imports only: 工号 of who accepted it
	Quantity    string
	Text        string
	External    string // number in the other system: the key, always there
}

// MaxItems is how many items one call may tell of.
const MaxItems = 1000

// fed is a checked item: what it is to become.
type fed struct {
	d     Delivery // new, or as it is
	known bool
	log   []Event // of a new one: from the opening on; of a known one: what is added
	text  string
	named bool // a known one gets its number in the other system

	differs []string // of a known one: what was told otherwise before, by the names of the API
}

// What became of an item.
const (
	FeedCreated   = "created"
	FeedUpdated   = "updated"
	FeedUnchanged = "unchanged"
)

// Result is what became of an item.
type Result struct {
	Number  int64
	Outcome string
	Differs []string // what this telling says otherwise than what stands; what stands stays
}

// Feed takes in what another system tells. All findings come at once, each under its item's place; with a finding nothing
// is written.
func (s *Service) Feed(ctx context.Context, items []Item) ([]Result, error) {
	var f fault.Fields
	if len(items) == 0 {
		f.Add("items", "form.required")
	}
	if len(items) > MaxItems {
		f.Add("items", "delivery.too-many-items", "most", MaxItems)
		return nil, f.Err()
	}
	out, err := s.feed(ctx, items, f)
	for again := 0; again < feedTries && (sqldb.IsUnique(err) || fault.KindOf(err) == fault.Conflict && err != nil); again++ {
		out, err = s.feed(ctx, items, f) // another call told of the same meanwhile: now it is known
	}
	return out, spoken(ctx, err)
}

// feedTries is how often a call is judged anew because another one was telling of the same deliveries.
const feedTries = 3

func (s *Service) feed(ctx context.Context, items []Item, known fault.Fields) (out []Result, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		out = nil
		var f fault.Fields
		f.Join("", known)
		list, problems, err := s.judge(ctx, tx, items)
		if err != nil {
			return err
		}
		for i, p := range problems {
			for _, x := range p {
				f.Add(fmt.Sprintf("items[%d].%s", i, x.Name), x.Key, fault.Flat(x.Args)...)
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		out, err = s.take(ctx, tx, list)
		return err
	})
	return out, err
}

// judging is what the items of one call are judged against.
type judging struct {
	*Service
	who     actor.Actor
	tree    *org.Tree
	snap    *catalog.Snapshot
	zone    *time.Location
	known   map[[2]string]Delivery // service id and external
	open    map[due][]Delivery     // of arrangements, still to be delivered
	terms   map[[2]int64]term      // of service and customer
	people  map[string]org.Person
	allowed map[int64]bool // provider
	seen    map[[2]string]int
	now     time.Time
}

// judge checks items against what is there: by few statements for all of them.
func (s *Service) judge(ctx context.Context, rd sqldb.Reader, items []Item) ([]fed, [][]fault.Field, error) {
	j := &judging{Service: s, who: actor.From(ctx), zone: s.Org.Company(ctx).Location(), people: map[string]org.Person{}, allowed: map[int64]bool{},
		seen: map[[2]string]int{}, now: rd.Instant()}
	var err error
	if j.tree, err = s.Org.Tree(ctx); err != nil {
		return nil, nil, err
	}
	if j.snap, err = s.Catalog.Snapshot(ctx); err != nil {
		return nil, nil, err
	}
	if err = j.look(ctx, rd, items); err != nil {
		return nil, nil, err
	}
	list := make([]fed, len(items))
	problems := make([][]fault.Field, len(items))
	for i, it := range items {
		var f fault.Fields
		if list[i], err = j.one(ctx, rd, it, &f); err != nil {
			return nil, nil, err
		}
		if e, ok := fault.As(f.Err()); ok {
			problems[i] = e.Fields
		}
	}
	return list, problems, nil
}

// due is a day on which something of a service is due to a customer.
type due struct {
	service, customer int64
	day               calendar.Date
}

// dueOn is the day of an item, in the zone of the company.
func (j *judging) dueOn(service, customer int64, at time.Time) due {
	return due{service, customer, calendar.DateOf(at.In(j.zone))}
}

// midnight is when a day begins.
func (j *judging) midnight(d calendar.Date) time.Time {
	year, month, day := d.Time().Date()
	return time.Date(year, month, day, 0, 0, 0, 0, j.zone)
}

// look reads what the items point at: known externals, arrangements, open deliveries of the days named.
func (j *judging) look(ctx context.Context, rd sqldb.Reader, items []Item) error {
	externals, customers, days := map[int64][]string{}, map[int64][]int64{}, map[due][]int64{}
	for _, it := range items {
		sv, ok := j.snap.ByCode(it.Service)
		if !ok {
			continue
		}
		if x := strings.TrimSpace(it.External); x != "" {
			externals[sv.ID] = append(externals[sv.ID], x)
		}
		if c, ok := j.tree.ByCode(it.Customer); ok {
			customers[sv.ID] = append(customers[sv.ID], c.ID)
			if !it.DueAt.IsZero() {
				d := j.dueOn(sv.ID, 0, it.DueAt)
				days[d] = append(days[d], c.ID)
			}
		}
	}
	j.known, j.open, j.terms = map[[2]string]Delivery{}, map[due][]Delivery{}, map[[2]int64]term{}
	for service, list := range externals {
		slices.Sort(list)
		known, err := byExternal(ctx, rd, service, slices.Compact(list))
		if err != nil {
			return err
		}
		for _, d := range known {
			j.known[[2]string{fmt.Sprint(d.Service), d.External}] = d
		}
	}
	for service, list := range customers {
		terms, err := termsOf(ctx, rd, service, unique(list))
		if err != nil {
			return err
		}
		for _, t := range terms {
			j.terms[[2]int64{service, t.customer.Unit}] = t
		}
	}
	for d, list := range days {
		open, err := openBetween(ctx, rd, d.service, unique(list), j.midnight(d.day), j.midnight(d.day+1))
		if err != nil {
			return err
		}
		for _, x := range open {
			k := due{d.service, x.Customer, d.day}
			j.open[k] = append(j.open[k], x)
		}
	}
	return nil
}

// one judges one item.
func (j *judging) one(ctx context.Context, rd sqldb.Reader, it Item, f *fault.Fields) (fed, error) {
	var x fed
	sv, err := j.service(ctx, it, f)
	if err != nil {
		return x, err
	}
	customer, okCustomer := j.tree.ByCode(it.Customer)
	switch {
	case it.Customer == "":
		f.Add("customer_unit", "form.required")
	case !okCustomer || !customer.Valid(j.now):
		f.Add("customer_unit", "delivery.unit-unknown", "unit", it.Customer)
	}
	title, text := atMost(f, "title", it.Title, maxTitle), atMost(f, "text", it.Text, maxText)
	amount := quantity(f, "quantity", it.Quantity)
	external := atMost(f, "external", it.External, maxTitle)
	j.times(it, f)
	receiver, err := j.person(ctx, rd, it.Receiver, "receiver", f)
	if err != nil {
		return x, err
	}
	by, err := j.person(ctx, rd, it.By, "by", f)
	if err != nil {
		return x, err
	}
	taker, err := j.person(ctx, rd, it.AcceptedBy, "accepted_by", f)
	if err != nil || sv == nil {
		return x, err
	}
	provider := sv.Unit
	if it.Provider != "" {
		u, ok := j.tree.ByCode(it.Provider)
		if !ok || u.ID != sv.Unit {
			f.Add("provider", "delivery.provider-not-the-services", "unit", it.Provider)
		}
	}
	if okCustomer && customer.ID == provider {
		f.Add("customer_unit", "delivery.unit-itself")
	}
	if external == "" { // without it nobody could tell a repeated call from a new delivery
		f.Add("external", "form.required")
	} else {
		k := [2]string{fmt.Sprint(sv.ID), external}
		if _, twice := j.seen[k]; twice {
			f.Add("external", "delivery.external-twice", "value", external)
		}
		j.seen[k] = 1
		if d, known := j.known[k]; known {
			x.d, x.known = d, true
		}
	}
	if f.Len() > 0 {
		return x, nil
	}
	deliverer := by.ID
	if deliverer == 0 {
		deliverer = j.who.Person
	}
	imported := j.who.Import
	deeds := func() []Event {
		var log []Event
		if !it.DeliveredAt.IsZero() {
			log = append(log, Event{Kind: VerbDeliver, At: it.DeliveredAt, Actor: deliverer, Side: ProviderSide, Quantity: amount, Imported: imported})
		}
		if !it.AcceptedAt.IsZero() {
			log = append(log, Event{Kind: VerbAccept, At: it.AcceptedAt, Actor: taker.ID, Side: CustomerSide, Imported: imported})
		}
		return log
	}
	x.text = text
	if x.known {
		x.log = onlyNew(x.d, deeds())
		x.differs = j.differs(x.d, it, customer.ID, receiver.ID, title, amount)
		return x, nil
	}
	if d, found := j.fulfils(sv.ID, customer.ID, it.DueAt); found {
		x.d, x.known, x.log = d, true, onlyNew(d, deeds())
		x.d.External, x.named = external, true
		return x, nil
	}
	x.d = Delivery{Origin: Fed, Service: sv.ID, Provider: provider, Customer: customer.ID, Receiver: receiver.ID, Title: title, Quantity: "", External: external,
		Imported: imported, OpenedAt: openedBy(it, j.now)}
	if x.d.Title == "" {
		x.d.Title = sv.Name.In(ctx)
	}
	if st, ok := j.terms[[2]int64{sv.ID, customer.ID}]; ok {
		x.d.Assignee = st.Assignee
		if x.d.Receiver == 0 {
			x.d.Receiver = st.customer.Receiver
		}
	}
	x.log = append([]Event{{Actor: j.who.Person, Side: ProviderSide, Due: it.DueAt, Imported: imported}}, deeds()...)
	return x, nil
}

// differs lists what an item says otherwise than a delivery that is known: the same number may have been given twice, or the other
// system was corrected. What it leaves out is not compared.
func (j *judging) differs(d Delivery, it Item, customer, receiver int64, title, amount string) []string {
	other := func(a, b time.Time) bool {
		return !a.IsZero() && !b.IsZero() && !a.Truncate(time.Second).Equal(b.Truncate(time.Second))
	}
	due := other(it.DueAt, d.Due)
	if d.Origin != Fed { // an arrangement says at what time of the day
		due = due && j.dueOn(d.Service, d.Customer, it.DueAt) != j.dueOn(d.Service, d.Customer, d.Due)
	}
	var out []string
	for _, x := range []struct {
		name string
		is   bool
	}{
		{"customer_unit", customer != d.Customer},
		{"receiver", receiver != 0 && receiver != d.Receiver},
		{"title", title != "" && title != d.Title && d.Origin == Fed},
		{"due_at", due},
		{"delivered_at", other(it.DeliveredAt, d.DeliveredAt)},
		{"accepted_at", other(it.AcceptedAt, d.AcceptedAt)},
		{"quantity", amount != "" && !sameNumber(amount, d.Quantity) && !d.DeliveredAt.IsZero()},
	} {
		if x.is {
			out = append(out, x.name)
		}
	}
	return out
}

// sameNumber says that two decimal numbers are the same, however they are written.
func sameNumber(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX == okY && (okX && x.Cmp(y) == 0 || !okX && a == b)
}

// openedBy is when a delivery told of began: now, but not after what is said to have happened, and not after it was due.
func openedBy(it Item, now time.Time) time.Time {
	at := now
	for _, t := range []time.Time{it.DueAt, it.DeliveredAt, it.AcceptedAt} {
		if !t.IsZero() && t.Before(at) {
			at = t
		}
	}
	if !it.DueAt.IsZero() && it.DueAt.Sub(at) < time.Minute { // its clock begins with the day it was due on
		at = it.DueAt.Add(-24 * time.Hour)
	}
	return whole(at, it.DueAt)
}

// onlyNew leaves out what has happened to the delivery already.
func onlyNew(d Delivery, log []Event) []Event {
	return slices.DeleteFunc(log, func(e Event) bool {
		return e.Kind == VerbDeliver && d.State != StateDue && d.State != StateReturned || e.Kind == VerbAccept && d.State == StateAccepted
	})
}

// service is the standing service of an item, which the caller must be allowed to tell of.
func (j *judging) service(ctx context.Context, it Item, f *fault.Fields) (*catalog.Service, error) {
	sv, ok := j.snap.ByCode(it.Service)
	switch {
	case it.Service == "":
		f.Add("service", "form.required")
		return nil, nil
	case !ok || sv.State == catalog.Draft:
		f.Add("service", "delivery.service-unknown")
		return nil, nil
	case sv.Kind != catalog.Standing:
		f.Add("service", "delivery.service-on-request")
		return nil, nil
	}
	may, asked := j.allowed[sv.Unit]
	if !asked {
		set, err := j.Access.Towards(ctx, j.who, sv.Unit)
		if err != nil {
			return nil, err
		}
		may = j.who.Import || access.Allowed(ctx, "delivery.feed", set) == nil
		j.allowed[sv.Unit] = may
	}
	if !may {
		f.Add("service", "delivery.not-your-service")
		return nil, nil
	}
	return sv, nil
}

// times checks what is said of times.
func (j *judging) times(it Item, f *fault.Fields) {
	if it.DeliveredAt.After(j.now) {
		f.Add("delivered_at", "delivery.at-future")
	}
	if it.AcceptedAt.IsZero() {
		return
	}
	switch {
	case !j.who.Import && !j.who.System:
		f.Add("accepted_at", "delivery.accepted-needs-import")
	case it.DeliveredAt.IsZero():
		f.Add("delivered_at", "form.required")
	case it.AcceptedAt.Before(it.DeliveredAt):
		f.Add("accepted_at", "delivery.accepted-before-delivered")
	case it.AcceptedAt.After(j.now):
		f.Add("accepted_at", "delivery.at-future")
	}
}

func (j *judging) person(ctx context.Context, rd sqldb.Reader, no, field string, f *fault.Fields) (org.Person, error) {
	no = strings.TrimSpace(no)
	if no == "" {
		return org.Person{}, nil
	}
	if field != "receiver" && !j.who.Import && !j.who.System {
		f.Add(field, "delivery.by-needs-import")
		return org.Person{}, nil
	}
	if p, known := j.people[no]; known {
		if p.ID == 0 {
			f.Add(field, "delivery.person-unknown", "no", no)
		}
		return p, nil
	}
	p, err := j.Org.PersonByNoIn(ctx, rd, no)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		p, err = org.Person{}, nil
		f.Add(field, "delivery.person-unknown", "no", no)
	}
	j.people[no] = p
	return p, err
}

// fulfils finds the open delivery of an arrangement that is due on the same day: what is told of is that one.
func (j *judging) fulfils(service, customer int64, at time.Time) (Delivery, bool) {
	if at.IsZero() {
		return Delivery{}, false
	}
	k := j.dueOn(service, customer, at)
	list := j.open[k]
	if len(list) == 0 {
		return Delivery{}, false
	}
	j.open[k] = list[1:]
	return list[0], true
}
