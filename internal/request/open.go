package request

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/place"
)

// Ask is what somebody asks for, as it came through the door.
type Ask struct {
	Service      string         // code
	Title        string         // up to 200 characters
	Fields       map[string]any // answers of the service's form
	Customer     string         // code of the unit asked for; "": the main unit of whoever it is for
	For          string         // 工号 of the person it is for; "": the asker
	Urgent       string         // why it is urgent; "": it is not
	Confidential bool           // only the asker and the people named see it
	Named        []string       // 工号 of those people
	OpenedAt     time.Time      // imports only; zero: now
	By           string         // imports only: 工号 of the asker
	External     string         // imports only: number in the other system
	Place        string         // code of the place it is asked from; "": nowhere in particular
	Draft        bool           // pages only: the asker's draft of this service goes with it
	Wished       time.Time      // by when it is needed; zero: not said
	raised       *stint         // pages only: the work on the form; nil: not measured
	Once         string         // pages only: key of this form with this content, which asks once however often it is sent
}

// order is a checked Ask.
type order struct {
	request Request
	service *catalog.Service
	version catalog.Version
	named   []int64
	once    string
	urgent  string // why it is
	why     string // of a request that repeats another: what was not right
	asker   actor.Actor
	form    form.Form
	values  form.Values
	people  map[int64]org.Person // everybody the request names so far
	log     []Event              // once filed
	clocks  []clock.State        // once filed
	logged  *logging             // an agent writes it down for the asker
	spot    place.Place          // where it is asked from
	raised  *stint               // the work on its form
	draft   bool                 // the asker's draft goes with it
	fresh   *Request             // as it was before filing, which may be tried again
}

// Open files a request for the actor. What is wrong with the ask comes all at once, as fields.
func (s *Service) Open(ctx context.Context, ask Ask) (Request, error) {
	_, o, err := s.opened(ctx, ask)
	return o.request, err
}

// opened is Open with all that is known of the new request, and the context of the person who asked.
func (s *Service) opened(ctx context.Context, ask Ask) (context.Context, order, error) {
	ctx, err := s.by(ctx, ask.By)
	if err != nil {
		return ctx, order{}, err
	}
	o, err := s.check(ctx, ask)
	if err != nil {
		return ctx, order{}, spoken(ctx, err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.file(ctx, tx, &o) })
	return ctx, o, spoken(ctx, err)
}

// seen is the new request as its asker sees it, without a look into the database: it is what was just written.
func (s *Service) seen(ctx context.Context, o order) (View, error) {
	set, err := s.Access.Given(ctx, "request.see", grants(o.request, o.named), o.request.Confidential)
	if err != nil {
		return View{}, err
	}
	v := s.shown(ctx, o.request, set, o.log, o.clocks)
	v.People = o.people
	v.Tree, err = s.Org.Tree(ctx)
	return v, err
}

// check decides whether the ask can become a request, and what it then is. It writes nothing.
func (s *Service) check(ctx context.Context, ask Ask) (order, error) {
	var f fault.Fields
	o := order{asker: actor.From(ctx), draft: ask.Draft, raised: ask.raised, urgent: strings.TrimSpace(ask.Urgent), once: ask.Once}
	if o.asker.Person == 0 {
		return o, fault.ErrNotFound
	}
	o.people = map[int64]org.Person{o.asker.Person: {ID: o.asker.Person, No: o.asker.No, Name: o.asker.Name, NameEn: o.asker.NameEn, Active: true}}
	r := &o.request
	at, err := moment(o.asker.Import, ask.OpenedAt, time.Time{}, s.db.Now())
	if err := merge(&f, renamed(err, "at", "opened_at")); err != nil {
		return o, err
	}
	r.OpenedAt, r.Imported, r.External, r.Wished = at, o.asker.Import, ask.External, ask.Wished
	r.AskedBy, r.Confidential, r.State = o.asker.Person, ask.Confidential, StateNew
	if r.Title = strings.TrimSpace(ask.Title); r.Title == "" {
		f.Add("title", "request.need-title")
	} else if n := utf8.RuneCountInString(r.Title); n > maxTitle {
		f.Add("title", "form.too-long", "max", maxTitle, "count", n)
	}
	if err := s.checkPlace(ctx, &o, ask.Place, &f); err != nil {
		return o, err
	}
	if err := s.checkService(ctx, &o, ask, &f); err != nil {
		return o, err
	}
	if err := s.checkCustomer(ctx, &o, ask, &f); err != nil {
		return o, err
	}
	if err := s.settlePrivacy(ctx, &o, &f); err != nil {
		return o, err
	}
	if err := s.Routing.Prepare(ctx); err != nil {
		return o, err
	}
	return o, f.Err()
}

// renamed gives the findings on one input to another.
func renamed(err error, from, to string) error {
	if e, ok := fault.As(err); ok {
		for i := range e.Fields {
			if e.Fields[i].Name == from {
				e.Fields[i].Name = to
			}
		}
	}
	return err
}

func (s *Service) checkService(ctx context.Context, o *order, ask Ask, f *fault.Fields) error {
	if strings.TrimSpace(ask.Service) == "" {
		f.Add("service", "request.need-service")
		return nil
	}
	service, err := s.entitled(ctx, o, ask, f)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		f.Add("service", "request.service-unknown")
		return nil
	case err != nil:
		return err
	case service.Support():
		f.Add("service", "request.service-support", "name", service.Name.In(ctx))
		return nil
	case service.Kind == catalog.Standing:
		f.Add("service", "request.service-standing", "name", service.Name.In(ctx))
		return nil
	case !service.Askable():
		f.Add("service", "request.service-unknown")
		return nil
	}
	o.service, o.version = service, service.At(o.request.OpenedAt)
	r := &o.request
	r.Service, r.ServiceVersion, r.Provider, r.Unit = service.ID, o.version.N, service.Unit, service.Unit
	o.form = o.version.Form
	asked := o.form
	if o.logged != nil { // the agent knows what is missing, and asks
		asked = asked.Optional()
	}
	values, bad, err := asked.Validate(ctx, s.resolveAt(ask.For, o.spot), ask.Fields)
	if err != nil {
		return err
	}
	f.Join("", bad)
	o.values, r.Fields = values, values.JSON()
	return nil
}

// checkCustomer decides for which person and unit it is asked, and who may see a confidential one.
func (s *Service) checkCustomer(ctx context.Context, o *order, ask Ask, f *fault.Fields) error {
	r := &o.request
	main, groups := o.asker.Unit, o.asker.Groups
	if ask.For != "" && ask.For != o.asker.No {
		p, err := s.activePerson(ctx, ask.For)
		if err := missing(f, err, "on_behalf_of", "request.person-unknown"); err != nil {
			return err
		}
		if p.ID != 0 {
			other, err := s.Org.ActorOf(ctx, p.ID)
			if err != nil {
				return err
			}
			tree, err := s.Org.Tree(ctx)
			if err != nil {
				return err
			}
			if !o.asker.Import && !mayAskFor(o.asker, other, r.Provider, tree) {
				f.Add("on_behalf_of", "request.not-for-them")
			}
			r.For, main, groups = p.ID, other.Unit, other.Groups
			o.people[p.ID] = p
		}
	}
	r.Customer = main
	if ask.Customer != "" {
		tree, err := s.Org.Tree(ctx)
		if err != nil {
			return err
		}
		u, ok := tree.ByCode(ask.Customer)
		switch {
		case !ok || !u.Valid(s.db.Now()):
			f.Add("customer_unit", "request.unit-unknown")
		case u.ID != main && !(actor.Actor{Groups: groups}).In(u.ID):
			f.Add("customer_unit", "request.unit-not-yours")
		default:
			r.Customer = u.ID
		}
	}
	if r.Customer == 0 && f.Len() == 0 {
		f.Add("customer_unit", "request.unit-not-yours")
	}
	for _, no := range ask.Named {
		p, err := s.activePerson(ctx, no)
		if err := missing(f, err, "named", "request.person-unknown"); err != nil {
			return err
		}
		if p.ID != 0 {
			o.named = append(o.named, p.ID)
			o.people[p.ID] = p
		}
	}
	return nil
}

// activePerson is the colleague with the 工号; not found when unknown or gone.
func (s *Service) activePerson(ctx context.Context, no string) (org.Person, error) {
	p, err := s.Org.PersonByNo(ctx, strings.TrimSpace(no))
	if err == nil && !p.Active {
		return org.Person{}, fault.ErrNotFound
	}
	return p, err
}

// missing turns 'not found' into a finding.
func missing(f *fault.Fields, err error, name, key string) error {
	if fault.KindOf(err) == fault.NotFound && err != nil {
		f.Add(name, key)
		return nil
	}
	return err
}

// file writes a checked order: the request, its first event and hop, and what follows from them in the lower rooms.
func (s *Service) file(ctx context.Context, tx *sqldb.Tx, o *order) error {
	if o.fresh == nil {
		checked := o.request
		o.fresh = &checked
	}
	o.request = *o.fresh
	r := &o.request
	var err error
	if r.Number, err = nextNumber(ctx, tx); err != nil {
		return err
	}
	if o.once != "" {
		if before, err := web.Once(ctx, tx, o.asker.Person, o.once, link(r.Number)); err != nil || before != "" {
			return cmp.Or(err, error(filed(before)))
		}
	}
	r.ID = tx.NewID()
	r.door, r.raised = actor.From(ctx).Via(), o.raised
	values, err := giveNumbers(ctx, tx, o)
	if err != nil {
		return err
	}
	if r.Edge, err = s.Relation.Edge(ctx, tx, r.Provider, r.Customer); err != nil {
		return err
	}
	if o.urgent != "" {
		if r.Priority, err = s.takenShare(ctx, tx, *r, r.OpenedAt, r.Imported); err != nil {
			return err
		}
	}
	if err := s.admit(ctx, tx, o); err != nil {
		return err
	}
	log, err := s.firstEvents(ctx, r, o)
	if err != nil {
		return err
	}
	r.LastAt, r.Events, r.Hops = r.OpenedAt, len(log), 1
	if o.logged != nil {
		if log, err = s.logged(ctx, tx, r, o.logged, log[0]); err != nil {
			return err
		}
	}
	clocks, err := s.reclock(ctx, r, log, tx.Now)
	if err != nil {
		return err
	}
	o.log, o.clocks = log, clocks
	if err := insertRequest(ctx, tx, *r); err != nil {
		return err
	}
	if err := s.index(ctx, tx, *r, o.service, values); err != nil {
		return err
	}
	if err := insertEvents(ctx, tx, log...); err != nil {
		return err
	}
	if err := insertHop(ctx, tx, Hop{Request: r.ID, N: 1, Unit: r.Unit, From: r.OpenedAt, Why: VerbOpen}); err != nil {
		return err
	}
	if err := s.Clock.Save(ctx, tx, clock.Subject{Kind: Kind, ID: r.ID}, clocks); err != nil {
		return err
	}
	if o.draft {
		if _, err := deleteDraft(ctx, tx, o.asker.Person, r.Service); err != nil {
			return err
		}
	}
	list := grants(*r, o.named)
	if r.Assignee != 0 {
		list = append(list, access.Grant{Subject: subject(r.ID), Holder: access.Person(r.Assignee), Why: access.WhyAssigned})
	}
	if err := s.Access.Grant(ctx, tx, list...); err != nil {
		return err
	}
	if err := s.owe(ctx, tx, Request{}, *r, log); err != nil {
		return err
	}
	if files := o.form.Files(o.values); len(files) > 0 {
		if err := s.attach(ctx, tx, r.ID, files); err != nil {
			return err
		}
	}
	if err := s.tally(ctx, tx, Request{Edge: r.Edge}, *r, log[len(log)-1]); err != nil {
		return err
	}
	for _, customer := range r.customers() {
		if err := s.Talk.Watch(ctx, tx, subject(r.ID), customer, access.WhyAsked); err != nil {
			return err
		}
	}
	if err := s.Relation.Contact(ctx, tx, r.Edge, r.AskedBy, r.OpenedAt); err != nil {
		return err
	}
	x, err := s.route(ctx, tx, *r, o.log, true)
	if err != nil {
		return err
	}
	if len(x.said) > 0 {
		*r, o.log, o.clocks = x.r, x.log, x.clocks
	}
	return s.events.Emit(ctx, tx, append(filedAs(*r, o.logged), x.said...)...)
}

// filed is the address of the request that the same form has filed before.
type filed string

func (f filed) Error() string { return "filed already: " + string(f) }

// firstEvents is the log a request begins with: it was opened, with the targets for its priority, who is named, and why it is
// urgent.
func (s *Service) firstEvents(ctx context.Context, r *Request, o *order) ([]Event, error) {
	first := Event{Request: r.ID, N: 1, At: r.OpenedAt, Kind: VerbOpen, Actor: r.AskedBy, Side: CustomerSide, Unit: r.Unit, Imported: r.Imported, Why: o.why, Other: r.Parent}
	if o.logged != nil {
		first.Actor, first.Side = o.logged.agent.Person, ProviderSide
	}
	std, agreed, err := s.Catalog.Terms(ctx, o.service, o.version.Standard, r.Customer, r.OpenedAt)
	if err != nil {
		return nil, err
	}
	first.Code = agreed
	if first.Terms, err = s.promisedTerms(ctx, r.Unit, std.For(r.Priority == Urgent)); err != nil {
		return nil, err
	}
	log := []Event{first}
	for _, p := range o.named {
		e := first
		e.N, e.Kind, e.Person, e.Terms, e.Why, e.Other, e.Code = len(log)+1, VerbName, p, Terms{}, "", 0, ""
		log = append(log, e)
	}
	if o.urgent != "" { // without targets of its own: those that it was opened with are the ones for urgent requests
		e := first
		e.N, e.Kind, e.Terms, e.Why, e.Other, e.Code = len(log)+1, VerbUrgent, Terms{}, o.urgent, 0, r.Priority
		if r.Priority == Urgent && std.Urgent != (catalog.Urgent{}) {
			e.Clock = clock.FromStart
		}
		log = append(log, e)
	}
	return log, nil
}

// grants lists who may see a new request, and why. A confidential one: its customers and the people named.
func grants(r Request, named []int64) []access.Grant {
	sub := subject(r.ID)
	list := []access.Grant{{Subject: sub, Holder: access.Person(r.AskedBy), Why: access.WhyAsked}}
	if r.For != 0 {
		list = append(list, access.Grant{Subject: sub, Holder: access.Person(r.For), Why: access.WhyOnBehalf})
	}
	for _, p := range named {
		list = append(list, access.Grant{Subject: sub, Holder: access.Person(p), Why: access.WhyNamed})
	}
	if r.Confidential {
		return list
	}
	return append(list,
		access.Grant{Subject: sub, Holder: access.Unit(r.Unit), Why: access.WhyServes},
		access.Grant{Subject: sub, Holder: access.Unit(r.Customer), Why: access.WhyAsks})
}

// about is what every event of the request says.
func about(r Request, by int64, at time.Time) About {
	return About{Request: r.ID, Number: r.Number, Service: r.Service, Edge: r.Edge, Provider: r.Provider, Customer: r.Customer,
		Unit: r.Unit, Assignee: r.Assignee, By: by, At: at, Imported: r.Imported}
}
