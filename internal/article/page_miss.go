package article

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// missForm is what is done with words on the page of misses.
type missForm struct {
	Do    string `form:"do"` // attach, detach, dismiss, desk
	Words string `form:"words"`
	To    string `form:"to"`
	Desk  string `form:"desk"`
}

type missView struct {
	Misses []Miss
	Called []Called
	In     missForm
	Desk   []ui.Option
	Given  []ui.Option // what the picker calls the target that was chosen
	Set    bool        // the reader names the front desk
	Errors ui.Errors
}

func (s *Service) showMisses(w http.ResponseWriter, r *http.Request) error {
	return s.missPage(w, r, http.StatusOK, missForm{}, nil)
}

func (s *Service) missPage(w http.ResponseWriter, r *http.Request, status int, in missForm, cause error) error {
	ctx := r.Context()
	v := missView{In: in, Set: actor.From(ctx).Has("quality"), Errors: ui.ErrorsOf(ctx, cause, map[string]string{"to": lang.T(ctx, "article.miss-to"), "words": lang.T(ctx, "article.miss-words"), "desk": lang.T(ctx, "article.desk")})}
	var err error
	if v.Misses, err = s.Misses(ctx); err != nil {
		return err
	}
	if v.Called, err = s.CalledBy(ctx); err != nil {
		return err
	}
	desk, err := s.Desk(ctx)
	if err != nil {
		return err
	}
	if in.Do != "desk" && desk != nil {
		v.In.Desk = desk.Code
		v.Desk = []ui.Option{{Value: desk.Code, Text: desk.Name.In(ctx), Selected: true}}
	}
	v.Given = s.given(ctx, in.To)
	return web.Show(w, r, status, missPage(v), nil)
}

func (s *Service) submitMisses(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in missForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	var err error
	switch in.Do {
	case "attach":
		err = s.Attach(ctx, in.Words, in.To)
	case "detach":
		err = s.Detach(ctx, in.Words, in.To)
	case "dismiss":
		err = s.Dismiss(ctx, in.Words)
	case "desk":
		err = s.SetDesk(ctx, in.Desk)
	default:
		err = fault.New(fault.Malformed, "web.malformed")
	}
	if err != nil {
		if fault.KindOf(err) == fault.Invalid {
			return s.missPage(w, r, http.StatusUnprocessableEntity, in, err)
		}
		return err
	}
	web.Toast(w, r, lang.T(ctx, "article.miss-done."+in.Do, "words", in.Words), "")
	return web.See(w, r, "/search/misses")
}

// targetsFound is how many services, and how many articles, a picker is offered at once.
const targetsFound = 12

// showTargets answers the picker of what words may lead to: services and articles that the actor may give them, found by name,
// pinyin or words.
func (s *Service) showTargets(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query := clip(strings.TrimSpace(r.URL.Query().Get("q")), 60)
	services, err := s.Catalog.Wordable(ctx, query, targetsFound)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	var hits []web.Pick
	for _, x := range services {
		hits = append(hits, web.Pick{Value: x.Code, Text: x.Name.In(ctx), Note: tree.Name(ctx, x.Unit)})
	}
	page, err := s.List(ctx, Filter{Query: query, Limit: 3 * targetsFound}, "")
	if err != nil {
		return err
	}
	for _, h := range page.Items {
		if len(hits) < 2*targetsFound && s.may(ctx, doApprove, Article{Unit: h.Unit, Owner: h.Owner, Words: Words{Services: h.Working}}) == nil {
			hits = append(hits, web.Pick{Value: h.Ref(), Text: h.Title.In(ctx), Note: lang.T(ctx, "article.title") + " " + h.Ref()})
		}
	}
	return web.Picks(w, hits)
}

// given is what a picker calls the target that was chosen.
func (s *Service) given(ctx context.Context, to string) []ui.Option {
	sv, number, err := s.target(ctx, to)
	if err != nil {
		return nil
	}
	if sv != nil {
		return []ui.Option{{Value: sv.Code, Text: sv.Name.In(ctx), Selected: true}}
	}
	a, err := s.ByNumber(ctx, number, 0)
	if err != nil {
		return nil
	}
	return []ui.Option{{Value: Ref(number), Text: a.Version.Title.In(ctx), Selected: true}}
}

func (s *Service) missAPI(m *web.Mux) {
	const tag = "Search"
	web.Op(m, web.Operation{ID: "list-search-misses", Method: http.MethodGet, Path: "/api/v1/search/misses", Action: doMisses, Tag: tag,
		Summary: "Words that were searched on three days or more and found nothing", Detail: "Counts only; who searched is not kept."}, s.getMisses)
	web.Op(m, web.Operation{ID: "attach-words", Method: http.MethodPost, Path: "/api/v1/search/words", Action: doMisses, Tag: tag, Status: http.StatusNoContent,
		Summary: "Let words find a service or an article as its name does", Detail: "drop takes them away again; without to the words are dismissed: counted anew when they are missed again."}, s.postWords)
	web.Op(m, web.Operation{ID: "set-front-desk", Method: http.MethodPut, Path: "/api/v1/search/desk", Action: doDesk, Tag: tag, Status: http.StatusNoContent,
		Summary: "Name the service at which one asks what nothing answers", Detail: "For the quality office; it must be offered to everybody. Empty: the page of a search that finds nothing names the quality office."}, s.putDesk)
}

type missesOutput struct {
	Body struct {
		Items []missJSON `json:"items" nullable:"false"`
	}
}

type missJSON struct {
	Words   string `json:"words"`
	Days    int    `json:"days" doc:"On which they were missed, 3 or more"`
	Times   int    `json:"times"`
	LastDay string `json:"last_day" example:"2026-11-22"`
}

func (s *Service) getMisses(ctx context.Context, _ *struct{}) (*missesOutput, error) {
	list, err := s.Misses(ctx)
	out := &missesOutput{}
	out.Body.Items = []missJSON{}
	for _, m := range list {
		out.Body.Items = append(out.Body.Items, missJSON{m.Words, m.Days, m.Times, dayText(m.LastDay)})
	}
	return out, err
}

// dayText is a day of the tables as people and programs write it: 2026-11-22.
func dayText(day int) string {
	t := strconv.Itoa(day)
	if len(t) != 8 {
		return t
	}
	return t[:4] + "-" + t[4:6] + "-" + t[6:]
}

type attachWordsInput struct {
	Body struct {
		Words string `json:"words" maxLength:"60" example:"开票资料"`
		To    string `json:"to,omitempty" doc:"Code of a service, or number of an article" example:"finance.issueinv"`
		Drop  bool   `json:"drop,omitempty" doc:"Take them away"`
	}
}

func (s *Service) postWords(ctx context.Context, in *attachWordsInput) (*struct{}, error) {
	switch b := in.Body; {
	case b.Drop:
		return nil, s.Detach(ctx, b.Words, b.To)
	case b.To == "":
		return nil, s.Dismiss(ctx, b.Words)
	default:
		return nil, s.Attach(ctx, b.Words, b.To)
	}
}

type frontDeskInput struct {
	Body struct {
		Service string `json:"service,omitempty" doc:"Code; empty: none" example:"service.question"`
	}
}

func (s *Service) putDesk(ctx context.Context, in *frontDeskInput) (*struct{}, error) {
	return nil, s.SetDesk(ctx, in.Body.Service)
}
