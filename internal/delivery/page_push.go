package delivery

import (
	"net/http"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// pushView is the form of what is brought unasked.
type pushView struct {
	In       pushForm
	Services []ui.Option
	Unit     []ui.Option // the customer chosen
	Errors   ui.Errors
}

// pushForm is what was typed.
type pushForm struct {
	Customer string `form:"customer_unit"`
	Service  string `form:"service"`
	Title    string `form:"title"`
	Receiver string `form:"receiver"`
	Text     string `form:"text"`
	Quantity string `form:"quantity"`
}

func (s *Service) showPush(w http.ResponseWriter, r *http.Request) error {
	in := pushForm{Customer: r.URL.Query().Get("customer"), Service: r.URL.Query().Get("service")}
	return s.pushPage(w, r, http.StatusOK, in, nil)
}

func (s *Service) pushPage(w http.ResponseWriter, r *http.Request, status int, in pushForm, problem error) error {
	ctx := r.Context()
	sc, tree, err := s.eyeOf(ctx)
	if err != nil {
		return err
	}
	list, err := s.standingServices(ctx)
	if err != nil {
		return err
	}
	v := pushView{In: in, Errors: ui.ErrorsOf(ctx, problem, labels(ctx)), Services: []ui.Option{{Text: lang.T(ctx, "delivery.push.no-service")}}}
	for _, x := range list {
		if _, serves := slices.BinarySearch(sc.serves, x.Unit); serves && len(v.Services) < servicesOffered {
			v.Services = append(v.Services, ui.Option{Value: x.Code, Text: x.Name.In(ctx), Selected: x.Code == in.Service})
		}
	}
	if u, ok := tree.ByCode(in.Customer); ok {
		v.Unit = []ui.Option{{Value: u.Code, Text: u.Label(ctx), Selected: true}}
	}
	return web.Show(w, r, status, pushPage(v), nil)
}

func (s *Service) submitPush(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in pushForm
	if err := web.Decode(r, &in); err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	} else if err != nil {
		return s.pushPage(w, r, http.StatusUnprocessableEntity, in, err)
	}
	files, err := s.uploaded(ctx, r)
	if err == nil {
		var d Delivery
		d, err = s.Push(ctx, Push{Customer: in.Customer, Service: in.Service, Title: in.Title, Receiver: in.Receiver, Goods: Goods{in.Text, files, in.Quantity}})
		if err == nil {
			web.Toast(w, r, lang.T(ctx, "delivery.pushed", "number", d.Ref()), "")
			return web.See(w, r, link(d.Number))
		}
	}
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.TooLarge {
		return s.pushPage(w, r, http.StatusUnprocessableEntity, in, err)
	}
	return err
}
