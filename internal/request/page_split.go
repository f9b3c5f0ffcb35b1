package request

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// partRows is how many parts the form offers at once.
const partRows = 4

// partsTyped is what a person put into the form of a split: one entry per row.
type partsTyped struct {
	Services []string `form:"service,each"`
	Titles   []string `form:"title,each"`
	Reason   string   `form:"reason"`
}

// partRow is one row of the form.
type partRow struct {
	Service, Title, Error string
	Name                  string // of the service that was chosen
}

// splitView is the form in which a request is split.
type splitView struct {
	Number int64
	Title  string
	Intro  string
	Rows   []partRow
	Errors ui.Errors
}

func (s *Service) showSplit(w http.ResponseWriter, r *http.Request, v View) error {
	p := splitPageOf(r.Context(), v)
	return web.Show(w, r, http.StatusOK, splitPage(p), splitContent(p))
}

func splitPageOf(ctx context.Context, v View) splitView {
	return splitView{Number: v.Number, Title: v.Title, Rows: make([]partRow, partRows),
		Intro: lang.T(ctx, "request.intro.split", "unit", v.Tree.FullName(ctx, v.Unit), "customer", v.Tree.FullName(ctx, v.Customer))}
}

// submitSplit makes a part of every row that needs no more than a title, and leads to the form of the next service that
// asks for more. What is wrong in a row is said beside it, and the other rows are kept.
func (s *Service) submitSplit(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in partsTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	if !access.May("request.split", v.Set, v.Confidential) {
		return fault.ErrNotFound
	}
	page, asked, made := splitPageOf(ctx, v), []string{}, 0
	page.Rows = page.Rows[:0]
	wrong := false
	for i, code := range in.Services[:min(len(in.Services), partRows)] {
		row := partRow{Service: strings.TrimSpace(code)}
		if i < len(in.Titles) {
			row.Title = in.Titles[i]
		}
		if row.Service == "" && strings.TrimSpace(row.Title) == "" {
			continue
		}
		more, err := s.splitRow(ctx, number, &row)
		switch {
		case err != nil:
			return err
		case row.Error != "":
			wrong = true
			page.Rows = append(page.Rows, row)
		case more:
			asked = append(asked, row.Service+":"+row.Title)
		default:
			made++
		}
	}
	if made == 0 && len(asked) == 0 && !wrong {
		page.Errors.Form, wrong = lang.T(ctx, "request.split-nothing"), true
	}
	if wrong {
		for len(page.Rows) < partRows {
			page.Rows = append(page.Rows, partRow{})
		}
		return web.Show(w, r, http.StatusUnprocessableEntity, splitPage(page), splitContent(page))
	}
	if made > 0 {
		web.Toast(w, r, lang.T(ctx, "request.done.split", "count", made), "")
	}
	return web.See(w, r, nextPart(number, asked))
}

// splitRow makes a part of a row, or says that its service asks for more than a title, or what is wrong with it.
func (s *Service) splitRow(ctx context.Context, number int64, row *partRow) (more bool, err error) {
	service, err := s.Catalog.Visible(ctx, row.Service)
	if err == nil {
		row.Name = service.Name.In(ctx)
		if strings.TrimSpace(row.Title) == "" {
			row.Title = row.Name
		}
		if needsAnswers(service.Form) {
			return true, nil
		}
	} else if fault.KindOf(err) != fault.NotFound {
		return false, err
	}
	_, err = s.Split(ctx, number, Part{Service: row.Service, Title: row.Title}, When{})
	switch kind := fault.KindOf(err); {
	case err == nil:
		return false, nil
	case kind == fault.Invalid || kind == fault.Conflict:
		row.Error = ui.ErrorsOf(ctx, err, nil).Sentence(ctx)
		return false, nil
	}
	return false, err
}

// needsAnswers says whether a form cannot be sent empty.
func needsAnswers(f form.Form) bool {
	for _, x := range f.Fields {
		if x.Required {
			return true
		}
	}
	return false
}

// nextPart is the form of the first service that is still to be filled in for a request, and the request when none is.
// What is to follow goes along in the address.
func nextPart(number int64, asked []string) string {
	if len(asked) == 0 {
		return link(number) + "#parts"
	}
	code, title, _ := strings.Cut(asked[0], ":")
	q := url.Values{"part": {Ref(number)}, "title": {title}}
	for _, x := range asked[1:] {
		q.Add("next", x)
	}
	return "/requests/new/" + url.PathEscape(code) + "?" + q.Encode()
}

// submitEndParts calls off what a request was split into.
func (s *Service) submitEndParts(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in partsTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	ended, left, err := s.EndParts(ctx, number, in.Reason, When{})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		web.Toast(w, r, ui.ErrorsOf(ctx, err, nil).Sentence(ctx), "")
		return web.See(w, r, link(number)+"#parts")
	}
	if err != nil {
		return err
	}
	text := lang.T(ctx, "request.done.end-parts", "count", len(ended))
	if len(left) > 0 {
		text += " " + lang.T(ctx, "request.queue.not-all", "count", len(left), "reason", ui.ErrorsOf(ctx, left[0].Why, nil).Form)
	}
	web.Toast(w, r, text, "")
	return web.See(w, r, link(number)+"#parts")
}
