package request

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// slipsMost is how many slips are printed at once.
const slipsMost = 50

// slip is a request on paper.
type slip struct {
	Head    ui.SlipProps
	Answers []ui.Pair
}

type slipsView struct {
	Title, Back string
	Small       bool // A5
	Sizes       []ui.SegmentProps
	Slips       []slip
	Left        int // not printed: too many, or not to be seen
	Note        *ui.NoteProps
}

// submitSlips leads from the chosen rows of a list to their slips.
func (s *Service) submitSlips(w http.ResponseWriter, r *http.Request) error {
	var b batch
	if err := web.Decode(r, &b); err != nil {
		return err
	}
	return web.See(w, r, "/slips?"+url.Values{"n": b.Numbers[:min(len(b.Numbers), slipsMost)], "back": {web.Local(b.Back, "/queue")}}.Encode())
}

// showSlips is the slips of some requests, one a sheet, to be printed and signed.
func (s *Service) showSlips(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Numbers []string `form:"n"`
		Size    string   `form:"size"`
		Back    string   `form:"back"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v := slipsView{Title: lang.T(ctx, "request.slip.title"), Small: in.Size == "a5", Back: web.Local(in.Back, "/requests"), Note: s.Org.AddressNote(r)}
	for _, size := range []string{"a4", "a5"} {
		q := url.Values{"n": in.Numbers, "size": {size}, "back": {v.Back}}
		v.Sizes = append(v.Sizes, ui.SegmentProps{Text: map[string]string{"a4": "A4", "a5": "A5"}[size], Href: "/slips?" + q.Encode(), On: v.Small == (size == "a5")})
	}
	slices.Sort(in.Numbers)
	refs := slices.Compact(in.Numbers)
	for _, ref := range refs[:min(len(refs), slipsMost)] {
		number, err := ParseRef(ref)
		if err != nil {
			continue
		}
		one, err := s.slipOf(ctx, number, s.Org.AddressFor(r))
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		v.Slips = append(v.Slips, one)
	}
	v.Left = len(refs) - len(v.Slips)
	return web.Show(w, r, http.StatusOK, slipsPage(v), nil)
}

// slipOf is one request on paper, for somebody who may see it.
func (s *Service) slipOf(ctx context.Context, number int64, address string) (slip, error) {
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return slip{}, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return slip{}, err
	}
	out := slip{Head: ui.SlipProps{Title: v.Title, Number: v.Ref(), QR: &ui.QRProps{Text: address + link(number), Label: v.Ref(), Size: 112}}}
	fact := func(key, text string) {
		if text != "" {
			out.Head.Facts = append(out.Head.Facts, ui.Pair{Term: lang.T(ctx, key), Text: text})
		}
	}
	if v.Place.Code != "" {
		fact("request.field.place", v.Place.Name.In(ctx)+" · "+v.Place.Code)
	}
	service, ok := snap.ByID(v.Service)
	if ok {
		fact("request.filter.service", service.Name.In(ctx))
		if version, ok := service.Numbered(v.ServiceVersion); ok {
			values, err := form.ParseValues(v.Fields)
			if err != nil {
				return slip{}, err
			}
			if out.Answers, err = version.Form.Shown(ctx, s.resolve(), values); err != nil {
				return slip{}, err
			}
		}
	}
	customer := v.People[v.AskedBy].Display(ctx)
	if v.For != 0 {
		customer = v.People[v.For].Display(ctx)
	}
	fact("request.slip.customer", v.Tree.FullName(ctx, v.Customer)+" · "+customer)
	fact("request.slip.provider", v.Tree.FullName(ctx, v.Unit))
	fact("request.column.assignee", v.People[v.Assignee].Display(ctx))
	fact("request.column.state", lang.T(ctx, "request.state."+string(v.State)))
	fact("request.slip.opened", lang.DateTime(ctx, v.OpenedAt))
	if !v.Due.IsZero() {
		fact("request.slip.due", lang.DateTime(ctx, v.Due))
	}
	if !v.DeliveredAt.IsZero() {
		fact("request.slip.delivered", lang.DateTime(ctx, v.DeliveredAt))
	}
	return out, nil
}
