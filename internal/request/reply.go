package request

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/phrase"
)

// phrasesOffered is how many phrases the reply box offers at once.
const phrasesOffered = 60

// sayings are the phrases that the reader may put into an answer here; none for the customer's side.
func (s *Service) sayings(ctx context.Context, rd sqldb.Reader, v View, query string) ([]phrase.Phrase, error) {
	if v.Side != ProviderSide || !v.May(VerbMessage) && !v.May(VerbNote) {
		return nil, nil
	}
	return s.Phrase.Offer(ctx, rd, v.Unit, v.Service, query, phrasesOffered)
}

// filled is a phrase as it stands in an answer to this request: in the language of whom it is for.
func (s *Service) filled(ctx context.Context, v View, p phrase.Phrase) string {
	asker := v.People[v.AskedBy]
	locale := cmp.Or(asker.Locale, "zh")
	theirs := lang.In(ctx, locale)
	values := map[string]string{"asker": asker.Plain(theirs), "number": v.Ref(), "me": actor.From(ctx).Name}
	if c, ok := v.Clock(clock.Completion); ok && c.HasTarget() {
		values["due"] = lang.At(theirs, c.DueAt)
	}
	if snap, err := s.Catalog.Snapshot(ctx); err == nil {
		if service, ok := snap.ByID(v.Service); ok {
			values["service"] = service.Name.In(theirs)
		}
	}
	return phrase.Fill(p.In(locale), values)
}

// offer lets the reply box offer phrases and know what its writer has seen.
func (v View) offer(ctx context.Context, p *ui.ComposerProps, list []phrase.Phrase) {
	if p == nil {
		return
	}
	if n := len(v.Log); n > 0 {
		p.Seen = strconv.FormatInt(v.Log[n-1].At.UnixMilli(), 10)
	}
	if v.Side != ProviderSide {
		return
	}
	p.Phrases = "/phrases/find?request=" + v.Ref()
	for _, x := range list {
		p.Choices = append(p.Choices, ui.Option{Value: strconv.FormatInt(x.ID, 10), Text: x.Name})
	}
	keep := "/me/phrases"
	if u, ok := v.Tree.ByID(v.Unit); ok {
		keep = "/units/" + url.PathEscape(u.Code) + "/phrases"
	}
	p.Keep = &ui.Crumb{Label: lang.T(ctx, "phrase.manage"), Href: keep}
}

// saying is a phrase on the wire of the reply box: its name, and the text that is put in.
type saying struct {
	Value string `json:"value"`
	Text  string `json:"text"`
	Note  string `json:"note"`
}

// showSayings is GET /phrases/find?request=R-1024&q=: what may be put into an answer, filled for that request.
func (s *Service) showSayings(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	items := []saying{}
	if !q.Has("request") { // an answer to nothing holds nothing
		return sendSayings(w, items)
	}
	number, err := ParseRef(q.Get("request"))
	if err != nil {
		return err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		v, err := s.view(ctx, rd, number)
		if err != nil {
			return err
		}
		list, err := s.sayings(ctx, rd, v, q.Get("q"))
		for _, p := range list {
			items = append(items, saying{strconv.FormatInt(p.ID, 10), p.Name, s.filled(ctx, v, p)})
		}
		return err
	})
	if err != nil {
		return err
	}
	return sendSayings(w, items)
}

func sendSayings(w http.ResponseWriter, items []saying) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(w).Encode(map[string]any{"items": items})
}

// inserted is the page with the chosen phrase in the reply box: where the button leads without a script.
func (s *Service) inserted(w http.ResponseWriter, r *http.Request, number int64, in typed) error {
	ctx := r.Context()
	page, err := s.again(ctx, number, in, "")
	if err != nil {
		return err
	}
	if page.Composer != nil {
		for _, p := range page.sayings {
			if strconv.FormatInt(p.ID, 10) == in.Phrase {
				page.Composer.Value = strings.TrimLeft(in.Text+"\n"+s.filled(ctx, page.View, p), "\n")
				page.Composer.Used = strings.TrimLeft(in.Phrases+","+in.Phrase, ",")
			}
		}
	}
	return web.Show(w, r, http.StatusOK, showPage(page), showContent(page))
}

// again is the page with what was typed into the reply box still there.
func (s *Service) again(ctx context.Context, number int64, in typed, problem string) (showView, error) {
	m, err := s.gather(ctx, number)
	if err != nil {
		return showView{}, err
	}
	page, err := s.arrange(ctx, m)
	if err != nil || page.Composer == nil {
		return page, err
	}
	if page.Composer.Held != in.Draft { // the draft there is another
		page.Composer.Held = 0
	}
	page.Composer.Value, page.Composer.Error, page.Composer.Kind, page.Composer.Used = in.Text, problem, in.Kind, in.Phrases
	return page, nil
}

// spokenMeanwhile is the page after somebody else wrote while this was written: what was said is there, what was typed is
// still there, and it may be sent all the same.
func (s *Service) spokenMeanwhile(w http.ResponseWriter, r *http.Request, number int64, in typed, problem error) error {
	ctx := r.Context()
	page, err := s.again(ctx, number, in, "")
	if err != nil {
		return err
	}
	page.Problem = ui.ErrorsOf(ctx, problem, nil).Form
	if page.Composer == nil {
		page.Unsent = in.Text
	} else {
		page.Composer.Anyway = true
	}
	return web.Show(w, r, http.StatusConflict, showPage(page), showContent(page))
}

// nobodySpoke refuses when somebody else has spoken since the newest thing that the writer has seen (ms). A customer hears nothing of
// notes.
func (t *turn) nobodySpoke(seen int64) error {
	if seen <= 0 {
		return nil
	}
	for _, e := range t.log {
		if e.At.UnixMilli() > seen && e.Message != 0 && e.Actor != t.who.Person && (e.Kind != VerbNote || t.side == ProviderSide) {
			return fault.New(fault.Conflict, "request.spoken-meanwhile")
		}
	}
	return nil
}

// countPhrases counts an answer for each phrase that was put into it.
func (s *Service) countPhrases(ctx context.Context, number int64, ids string) error {
	list := phrase.IDs([]string{ids})
	if len(list) == 0 {
		return nil
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	return s.Phrase.Count(ctx, v.Unit, list)
}
