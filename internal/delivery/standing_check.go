package delivery

import (
	"context"
	"slices"
	"strings"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// arranged checks an arrangement; was is what it changes, zero for a new one.
func (s *Service) arranged(ctx context.Context, in Arrangement, was Standing) (Standing, error) {
	var f fault.Fields
	st := was
	service, err := s.standingService(ctx, in.Service, was, &f)
	if err != nil {
		return st, err
	}
	if service != nil {
		st.Service, st.Provider = service.ID, service.Unit
		if was.ID != 0 {
			st.Provider = was.Provider
		}
		if err := s.mayArrange(ctx, st.Provider, st.Service); err != nil {
			return st, err
		}
		if strings.TrimSpace(in.Deliverable) == "" {
			in.Deliverable = service.Deliverable.In(ctx)
		}
		if strings.TrimSpace(in.Criterion) == "" {
			in.Criterion = service.Criterion.In(ctx)
		}
	}
	st.Deliverable = need(&f, "deliverable", in.Deliverable)
	st.Criterion = atMost(&f, "criterion", in.Criterion, maxText)
	in.Schedule.Check(&f)
	if st.Schedule = in.Schedule; st.Schedule.Shift == "" {
		st.Schedule.Shift = calendar.Before
	}
	st.Lead, st.AcceptDays = in.Lead, in.AcceptDays
	if in.Lead < 0 || in.Lead > maxLead {
		f.Add("lead", "delivery.days-range", "most", maxLead)
	}
	if in.AcceptDays < 0 || in.AcceptDays > maxAccept {
		f.Add("accept_days", "delivery.days-range", "most", maxAccept)
	}
	s.checkSpan(ctx, &st, in, &f)
	if err := s.checkPeople(ctx, &st, in, &f); err != nil {
		return st, err
	}
	return st, f.Err()
}

// standingService is the service that is arranged. It has to be a standing one that is offered.
func (s *Service) standingService(ctx context.Context, code string, was Standing, f *fault.Fields) (*catalog.Service, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if was.ID != 0 {
		service, _ := snap.ByID(was.Service)
		return service, nil
	}
	service, ok := snap.ByCode(code)
	switch {
	case code == "":
		f.Add("service", "form.required")
	case !ok || service.State != catalog.Live:
		f.Add("service", "delivery.service-unknown")
	case service.Kind != catalog.Standing:
		f.Add("service", "delivery.service-on-request")
	default:
		return service, nil
	}
	return nil, nil
}

func (s *Service) checkSpan(ctx context.Context, st *Standing, in Arrangement, f *fault.Fields) {
	read := func(name, text string) calendar.Date {
		if text == "" {
			return 0
		}
		d, err := calendar.ParseDate(text)
		if err != nil {
			f.Add(name, "delivery.not-a-day", "value", text)
		}
		return d
	}
	if st.From = read("from", in.From); st.From == 0 {
		st.From = calendar.DateOf(s.db.Now().In(s.Org.Company(ctx).Location()))
	}
	if st.Until = read("until", in.Until); st.Until != 0 && st.Until < st.From {
		f.Add("until", "delivery.until-before-from")
	}
}

// checkPeople looks up the customers, their receivers, and who brings it.
func (s *Service) checkPeople(ctx context.Context, st *Standing, in Arrangement, f *fault.Fields) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if st.Assignee = 0; in.Assignee != "" {
			p, err := s.personNamed(ctx, rd, in.Assignee, "assignee", f)
			if err != nil {
				return err
			}
			if p.ID != 0 {
				serves, err := s.mayServe(ctx, rd, p.ID, st.Provider)
				if err != nil {
					return err
				}
				if !serves {
					f.Add("assignee", "delivery.person-not-agent", "name", p.Display(ctx))
				}
				st.Assignee = p.ID
			}
		}
		st.Customers = nil
		if len(in.Customers) == 0 {
			f.Add("customers", "delivery.need-customer")
		}
		if len(in.Customers) > maxCustomers {
			f.Add("customers", "delivery.too-many-customers", "most", maxCustomers)
			return nil
		}
		for _, c := range in.Customers {
			u, ok := tree.ByCode(c.Unit)
			switch {
			case !ok || !u.Valid(rd.Instant()):
				f.Add("customers", "delivery.unit-unknown", "unit", c.Unit)
				continue
			case u.ID == st.Provider:
				f.Add("customers", "delivery.unit-itself")
				continue
			case slices.ContainsFunc(st.Customers, func(o Customer) bool { return o.Unit == u.ID }):
				f.Add("customers", "delivery.unit-twice", "unit", u.Name.In(ctx))
				continue
			}
			one := Customer{Unit: u.ID}
			if c.Receiver != "" {
				p, err := s.personNamed(ctx, rd, c.Receiver, "receiver", f)
				if err != nil {
					return err
				}
				one.Receiver = p.ID
			}
			st.Customers = append(st.Customers, one)
		}
		return nil
	})
}

// personNamed is the colleague of a 工号; a finding when there is none.
func (s *Service) personNamed(ctx context.Context, rd sqldb.Reader, no, field string, f *fault.Fields) (org.Person, error) {
	p, err := s.Org.PersonByNoIn(ctx, rd, strings.TrimSpace(no))
	if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && !p.Active {
		f.Add(field, "delivery.person-unknown", "no", no)
		return org.Person{}, nil
	}
	return p, err
}
