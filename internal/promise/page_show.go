package promise

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// look is how the page speaks of a verb.
var looks = map[Verb]string{
	VerbMake: "heart-handshake", VerbDone: "check", VerbKept: "circle-check", VerbPartly: "circle-minus", VerbBroken: "heart-broken", VerbNotYet: "clock",
	VerbPropose: "calendar-event", VerbAgree: "calendar-event", VerbRefuse: "arrow-back-up", VerbWithdraw: "ban", VerbNear: "bell", VerbDue: "clock-exclamation",
	VerbAgain: "bell", VerbLapse: "ban", VerbSucceed: "user-check", VerbFollow: "sitemap",
}

// act is one button of the page.
type act struct {
	Verb              Verb
	Label, Icon, Href string
	Words, Primary    bool
}

// acts are the buttons for what the reader may do. The first of the receiver's and of the giver's is the primary one.
func acts(ctx context.Context, v View) []act {
	var out []act
	for _, verb := range Verbs {
		if !v.May(verb) {
			continue
		}
		a := act{Verb: verb, Label: lang.T(ctx, "promise.verb."+string(verb)), Icon: looks[verb], Href: link(v.Number) + "/" + string(verb), Words: needsWhy(verb)}
		a.Primary = len(out) == 0 && (verb == VerbDone || verb == VerbKept)
		out = append(out, a)
	}
	return out
}

// showView is the page of one promise.
type showView struct {
	View
	Lead      string
	State     ui.TagProps
	Sentence  string
	DayOff    string
	Proposal  string
	Acts      []act
	Dialogs   []verbView
	Facts     []ui.Pair
	Timeline  []ui.TimelineItem
	Problem   string
	Unsent    string
	HandedOn  string // whose word it was, when another answers for it
	PlaceHref string
}

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	v, err := s.arrange(r.Context(), number)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, showPage(v), showContent(v))
}

// arrange reads and arranges what the page shows.
func (s *Service) arrange(ctx context.Context, number int64) (showView, error) {
	var v showView
	var err error
	if v.View, err = s.ByNumber(ctx, number); err != nil {
		return v, err
	}
	to := v.receiver(ctx, v.Tree)
	v.State, v.Acts = v.tag(ctx, v.Now), acts(ctx, v.View)
	v.Lead = lang.T(ctx, "promise.lead", "who", v.From.Display(ctx), "unit", v.Tree.FullName(ctx, v.GiverUnit), "to", to, "when", lang.At(ctx, v.MadeAt))
	v.Sentence = v.sentence(ctx, to)
	if v.Promise.State.Open() && v.Day.Sort != "" && v.Day.Seconds == 0 {
		v.DayOff = lang.T(ctx, "promise.day-off-note", "unit", v.Tree.Name(ctx, v.GiverUnit), "day", dayWords(ctx, v.Day))
	}
	if !v.Proposed.IsZero() {
		v.Proposal = lang.T(ctx, "promise.proposal", "who", v.From.Display(ctx), "due", dueWords(ctx, v.Proposed, v.ProposedDay), "why", v.lastWhy(VerbPropose))
	}
	if v.FirstGiver != v.Giver {
		v.HandedOn = lang.T(ctx, "promise.handed-on", "first", v.People[v.FirstGiver].Display(ctx), "now", v.From.Display(ctx))
	}
	v.Facts, v.Timeline, v.PlaceHref = v.facts(ctx, to), v.timeline(ctx), v.Place.Link
	for _, a := range v.Acts {
		if a.Words {
			v.Dialogs = append(v.Dialogs, verbForm(ctx, v.View, a.Verb))
		}
	}
	return v, nil
}

// lastWhy is the reason given for the last verb of a kind.
func (v View) lastWhy(verb Verb) string {
	why := ""
	for _, e := range v.Log {
		if e.Kind == verb {
			why = e.Why
		}
	}
	return why
}

// sentence says who is to do what now, and until when.
func (v View) sentence(ctx context.Context, to string) string {
	key := "promise.now." + string(v.State)
	switch {
	case v.State == StateOpen && !v.AskedAt.IsZero():
		key = "promise.now.due"
	case v.Overdue(v.Now) && v.State == StateOpen:
		key = "promise.now.overdue"
	}
	when := time.Time{}
	if key == "promise.now.due" || v.State == StateAsked {
		when = v.Lapses
	}
	return lang.T(ctx, key, "who", v.From.Display(ctx), "to", to, "due", dueWords(ctx, v.Due, v.WholeDay), "when", lang.At(ctx, v.ClosedAt), "until", lang.At(ctx, when))
}

func (v View) facts(ctx context.Context, to string) []ui.Pair {
	pair := func(key, text, href string) ui.Pair { return ui.Pair{Term: lang.T(ctx, key), Text: text, Href: href} }
	due := dueWords(ctx, v.Due, v.WholeDay)
	if words := dayWords(ctx, v.Day); words != "" {
		due += lang.T(ctx, "promise.in-brackets", "text", words)
	}
	out := []ui.Pair{pair("promise.fact.due", due, "")}
	if v.Moves > 0 {
		out = append(out, pair("promise.fact.first-due", lang.T(ctx, "promise.first-due", "due", lang.At(ctx, v.FirstDue), "count", v.Moves), ""))
	}
	out = append(out, pair("promise.fact.giver", v.From.Display(ctx)+" · "+v.Tree.FullName(ctx, v.GiverUnit), ""), pair("promise.fact.receiver", to, ""))
	if v.Place.Ref != "" {
		out = append(out, pair("promise.fact.about", v.Place.Ref+" "+v.Place.Title, v.Place.Link))
	}
	if v.Confidential {
		out = append(out, pair("promise.fact.seen", lang.T(ctx, "promise.seen-confidential"), ""))
	}
	return out
}

// timeline is everything that happened, newest first.
func (v View) timeline(ctx context.Context) []ui.TimelineItem {
	out := make([]ui.TimelineItem, 0, len(v.Log))
	for i := len(v.Log) - 1; i >= 0; i-- {
		e := v.Log[i]
		text := lang.T(ctx, "promise.did."+string(e.Kind), "who", v.doer(ctx, e), "due", lang.At(ctx, e.Due), "from", lang.At(ctx, e.DueFrom),
			"person", v.People[e.Person].Display(ctx), "unit", v.Tree.FullName(ctx, e.Unit))
		if e.Why != "" {
			text += lang.T(ctx, "promise.because", "why", e.Why)
		}
		out = append(out, ui.TimelineItem{When: lang.Short(ctx, e.At), At: e.At.Format(time.RFC3339), Icon: looks[e.Kind], Text: text})
	}
	return out
}

// verbView is the form of a verb: in a dialog of the page, or as a page of its own.
type verbView struct {
	Verb           Verb
	Number         int64
	What           string
	Heading, Intro string
	Typed          deedForm
	Errors         ui.Errors
	AskDay         bool
	MinDate        string
}

// deedForm is what a person put into it.
type deedForm struct {
	Reason string `form:"reason"`
	Date   string `form:"due"`
	Clock  string `form:"time"`
	Anyway bool   `form:"anyway"`
}

// ID is the id of the verb's dialog.
func (v verbView) ID() string { return "d-" + string(v.Verb) }

func verbForm(ctx context.Context, v View, verb Verb) verbView {
	return verbView{Verb: verb, Number: v.Number, What: v.What, Heading: lang.T(ctx, "promise.verb."+string(verb)), Intro: lang.T(ctx, "promise.intro."+string(verb)),
		MinDate: lang.Now(ctx).In(lang.Zone(ctx)).Format(time.DateOnly)}
}

// showVerb is the form of a verb as a page of its own: where the dialog's button leads without a script.
func (s *Service) showVerb(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	v, err := s.ByNumber(r.Context(), number)
	if err != nil {
		return err
	}
	verb := Verb(r.PathValue("verb"))
	if !needsWhy(verb) {
		return fault.ErrNotFound
	}
	if !v.May(verb) {
		return web.See(w, r, link(number))
	}
	f := verbForm(r.Context(), v, verb)
	return web.Show(w, r, http.StatusOK, verbPage(f), verbContent(f))
}

// submitVerb does what the form of a verb says. What was wrong comes back with the form; what is not possible any more comes
// back with the page as it now is.
func (s *Service) submitVerb(verb Verb) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		number, err := numberOf(r)
		if err != nil {
			return err
		}
		ctx := r.Context()
		var in deedForm
		problem := web.Decode(r, &in)
		if problem == nil {
			_, problem = s.Do(ctx, number, Deed{Verb: verb, Why: in.Reason, Due: newForm{Date: in.Date, Clock: in.Clock}.due(), Workday: !in.Anyway})
		}
		switch fault.KindOf(problem) {
		case fault.Invalid:
			v, err := s.ByNumber(ctx, number)
			if err != nil {
				return err
			}
			f := verbForm(ctx, v, verb)
			f.Typed, f.Errors = in, ui.ErrorsOf(ctx, problem, labels(ctx))
			if e, ok := fault.As(problem); ok {
				for _, x := range e.Fields {
					f.AskDay = f.AskDay || x.Key == "promise.day-off"
				}
			}
			return web.Show(w, r, http.StatusUnprocessableEntity, verbPage(f), verbContent(f))
		case fault.Conflict:
			v, err := s.arrange(ctx, number)
			if err != nil {
				return err
			}
			v.Problem, v.Unsent = ui.ErrorsOf(ctx, problem, nil).Form, in.Reason
			return web.Show(w, r, http.StatusConflict, showPage(v), showContent(v))
		}
		if problem != nil {
			return problem
		}
		web.Toast(w, r, lang.T(ctx, "promise.done."+string(verb), "number", Ref(number)), "")
		return web.See(w, r, link(number))
	}
}
