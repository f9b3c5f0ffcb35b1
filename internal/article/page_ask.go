package article

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/prose"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// readView is an article opened within a form.
type readView struct {
	*Head
	Code, Key, HTML string
	Ways            []string // what was opened before, as the form carries it
}

// askingView is where a reader of an article's own page came from: a form that waits.
type askingView struct {
	form     Form
	Code     string
	Service  string
	Key      string
	Back     string // to the form, which then knows what was read
	Solvable bool
}

// beforeView is the articles above a form.
type beforeView struct {
	Code, Key string
	Listed    []*Head
	Shown     []string // the numbers that stand or stood there
	Read      []string // the numbers opened before: without a script they come with the address
	Include   string   // selector of the fields whose words order the list
}

// Before is what stands above the form of a service: its articles, the nearest to what is typed first; nil when it has none.
// key is the form's, read are the numbers opened on the way here.
func (s *Service) Before(ctx context.Context, sv *catalog.Service, key string, read []string) (templ.Component, error) {
	list, err := s.Of(ctx, sv.ID, "", mostShown)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	v := beforeView{Code: sv.Code, Key: key, Listed: list, Include: wordsOf(sv.Form)}
	for _, h := range list {
		v.Shown = append(v.Shown, h.Ref())
	}
	opened, err := s.known(ctx, sv.ID, numbers(read))
	if err != nil {
		return nil, err
	}
	for _, h := range opened {
		v.Read = append(v.Read, h.Ref())
	}
	if len(read) == 0 { // who comes back from reading stands before the same form
		if err := s.WereShown(ctx, Form{Service: sv.ID, Key: key}, numbers(v.Shown)); err != nil {
			return nil, err
		}
	}
	return beforeAsk(v), nil
}

// wordsOf selects the title and the first fields of a form that hold words and are not sensitive.
func wordsOf(f form.Form) string {
	var out []string
	for _, name := range spoken(f) {
		out = append(out, "#ask [name='"+name+"']")
	}
	return strings.Join(out, ", ")
}

// spoken are the names of those inputs.
func spoken(f form.Form) []string {
	names := []string{"title"}
	for _, x := range f.Fields {
		if (x.Type == form.Text || x.Type == form.LongText) && !x.Sensitive && len(names) < 3 {
			names = append(names, x.Name())
		}
	}
	return names
}

// numbers reads; what is none is left out.
func numbers(refs []string) (out []int64) {
	for _, r := range refs[:min(len(refs), 50)] {
		if n, err := ParseRef(r); err == nil && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// Sent counts that a request of the service was sent from a form in which articles had been opened.
func (s *Service) Sent(ctx context.Context, sv *catalog.Service, key string, read []string) error {
	return s.WasSent(ctx, Form{Service: sv.ID, Key: key, Read: numbers(read)})
}

// submitMatch orders the articles above a form by what is being typed. It is a post so that the words stand in no address; none
// of them is kept. Once something is open nothing moves any more.
func (s *Service) submitMatch(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	sv, err := s.Catalog.Visible(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	values, _, err := web.Input(r)
	if err != nil {
		return err
	}
	if len(values["read"]) > 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	var typed []string
	for _, name := range spoken(sv.Form) {
		typed = append(typed, values[name]...)
	}
	list, err := s.Of(ctx, sv.ID, strings.Join(typed, " "), mostShown)
	if err != nil {
		return err
	}
	v := beforeView{Code: sv.Code, Key: clip(values.Get("key"), 60), Listed: list, Include: wordsOf(sv.Form), Shown: values["shown"]}
	var now []int64
	for _, h := range list {
		now = append(now, h.Number)
		if !slices.Contains(v.Shown, h.Ref()) {
			v.Shown = append(v.Shown, h.Ref())
		}
	}
	if err := s.WereShown(ctx, Form{Service: sv.ID, Key: v.Key, Shown: numbers(values["shown"])}, now); err != nil {
		return err
	}
	c := beforeAsk(v)
	return web.Show(w, r, http.StatusOK, c, c)
}

// showRead opens an article within the form.
func (s *Service) showRead(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	sv, err := s.Catalog.Visible(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	list, err := s.known(ctx, sv.ID, []int64{number})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.ErrNotFound
	}
	if !web.IsHTMX(r) {
		return web.See(w, r, link(number)+"?"+url.Values{"ask": {sv.Code}, "key": {q.Get("key")}, "read": q["read"]}.Encode())
	}
	a, err := s.ByNumber(ctx, number, 0)
	if err != nil {
		return err
	}
	v := readView{Head: list[0], Code: sv.Code, Key: clip(q.Get("key"), 60)}
	if v.HTML, err = prose.HTML(a.Version.Body.In(ctx)); err != nil {
		return err
	}
	if err := s.WasOpened(ctx, Form{Service: sv.ID, Key: v.Key, Read: numbers(q["read"])}, number); err != nil {
		return err
	}
	c := readWithin(v)
	return web.Show(w, r, http.StatusOK, c, c)
}

// askingFrom reads from the address of an article's page which form waits for its reader; nil when none does.
func (s *Service) askingFrom(r *http.Request, number int64) (*askingView, error) {
	ctx, q := r.Context(), r.URL.Query()
	code := q.Get("ask")
	if code == "" {
		return nil, nil
	}
	sv, err := s.Catalog.Visible(ctx, code)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := s.known(ctx, sv.ID, []int64{number})
	if err != nil || len(list) == 0 || sv.AskAt() == "" {
		return nil, err
	}
	read := append(slices.Clone(q["read"]), Ref(number))
	back := url.Values{"read": read}
	return &askingView{form: Form{Service: sv.ID, Key: clip(q.Get("key"), 60), Read: numbers(q["read"])}, Code: sv.Code, Service: sv.Name.In(ctx), Key: clip(q.Get("key"), 60),
		Back: sv.AskAt() + "?" + back.Encode(), Solvable: true}, nil
}

// submitSolved ends an asking: nothing is sent.
func (s *Service) submitSolved(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Code string `form:"ask"`
		Key  string `form:"key"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	sv, err := s.Catalog.Visible(ctx, in.Code)
	if err != nil {
		return err
	}
	if err := s.Solved(ctx, Form{Service: sv.ID, Key: clip(in.Key, 60)}, number); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "article.done-solved"), "")
	return web.See(w, r, "/")
}

// tags of a status in a list.
func tagsOf(list []ui.StatusProps) templ.Component {
	if len(list) == 0 {
		return nil
	}
	return statuses(list)
}
