package request

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// logView is the page on which an agent writes down a call: one person, one service, one sentence.
type logView struct {
	Services []ui.Option // of the reader's units, those used most first
	Typed    called
	Errors   ui.Errors
	Caller   []ui.Option // what the picker calls the person who was chosen
	Where    []ui.Option // and the place
}

// called is what the agent typed.
type called struct {
	For     string `form:"for"`
	Service string `form:"service"`
	Text    string `form:"text"`
	Place   string `form:"place"`
	Via     string `form:"via"`
	Then    string `form:"then"`
	Once    string `form:"once"`
}

func (s *Service) showLog(w http.ResponseWriter, r *http.Request) error {
	v, err := s.logFor(r.Context(), called{For: r.URL.Query().Get("for"), Place: r.URL.Query().Get("place"), Via: ViaPhone, Then: ThenTake, Once: rand.Text()})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, logPage(v), logContent(v))
}

// logFor is the page with what was typed. Not found for whoever serves nothing.
func (s *Service) logFor(ctx context.Context, in called) (logView, error) {
	v := logView{Typed: in}
	units := s.served(ctx)
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return v, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return v, err
	}
	var services []*catalog.Service
	for _, x := range snap.All() {
		if slices.Contains(units, x.Unit) && x.Askable() {
			services = append(services, x)
		}
	}
	if len(units) == 0 {
		return v, fault.ErrNotFound
	}
	var last []int64
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		last, err = lastServed(ctx, rd, me(ctx))
		return err
	})
	if err != nil {
		return v, err
	}
	used := map[int64]int{}
	for _, id := range last {
		used[id]++
	}
	sorting.Stable(services, func(a, b *catalog.Service) int { return cmp.Compare(used[b.ID], used[a.ID]) })
	for i, x := range services {
		name := x.Name.In(ctx)
		if len(units) > 1 {
			name += " · " + tree.Name(ctx, x.Unit)
		}
		v.Services = append(v.Services, ui.Option{Value: x.Code, Text: name, Selected: in.Service == x.Code || in.Service == "" && i == 0})
	}
	if in.For != "" {
		refs, err := s.findPeople(ctx, in.For)
		if err != nil {
			return v, err
		}
		for _, ref := range refs {
			if ref.Code == in.For {
				v.Caller = []ui.Option{{Value: ref.Code, Text: ref.Name + " " + ref.Code, Selected: true}}
			}
		}
	}
	v.Where, err = s.placeOption(ctx, in.Place)
	return v, err
}

// submitLog files it, or shows the form again with everything kept.
func (s *Service) submitLog(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in called
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	call := Call{Service: in.Service, For: in.For, Text: in.Text, Place: in.Place, Via: in.Via, Then: in.Then}
	if in.Once != "" {
		call.Once = printOf(r.PostForm, nil)
	}
	done, problem := s.Log(ctx, call)
	if before := filed(""); errors.As(problem, &before) {
		return web.See(w, r, string(before))
	}
	if problem == nil {
		web.Toast(w, r, lang.T(ctx, "request.done.log", "number", done.Ref()), "")
		if r.PostForm.Get("next") != "" { // the telephone rings again
			return web.See(w, r, "/requests/log")
		}
		return web.See(w, r, link(done.Number))
	}
	if fault.KindOf(problem) != fault.Invalid {
		return problem
	}
	v, err := s.logFor(ctx, in)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, name := range []string{"for", "service", "text"} {
		names[name] = lang.T(ctx, "request.log."+name)
	}
	names["place"] = lang.T(ctx, "request.field.place")
	v.Errors = ui.ErrorsOf(ctx, problem, names)
	return web.Show(w, r, http.StatusUnprocessableEntity, logPage(v), logContent(v))
}

// viaWord is how a logged request came, in words; "" for one that was asked for.
func viaWord(ctx context.Context, via string) string {
	if via == "" {
		return ""
	}
	return lang.T(ctx, "request.via."+via)
}

// viaChoices are how it came, as the page offers them.
func (v logView) viaChoices(ctx context.Context) []ui.SegmentProps {
	return segments(ctx, "request.via.", Vias, v.Typed.Via, map[string]string{ViaPhone: "phone", ViaChat: "message-2", ViaCounter: "user"})
}

// thenChoices are what becomes of it.
func (v logView) thenChoices(ctx context.Context) []ui.SegmentProps {
	return segments(ctx, "request.then.", Thens, v.Typed.Then, nil)
}

func segments(ctx context.Context, words string, values []string, on string, icons map[string]string) []ui.SegmentProps {
	out := make([]ui.SegmentProps, 0, len(values))
	for _, value := range values {
		out = append(out, ui.SegmentProps{Text: lang.T(ctx, words+value), Value: value, Icon: icons[value], On: value == on})
	}
	return out
}
