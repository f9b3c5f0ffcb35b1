package delivery

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/talk"
)

// showView is the page of one delivery.
type showView struct {
	View
	Lead     string
	Tag      ui.TagProps
	Sentence string
	Acts     []act
	Dialogs  []verbView
	Talk     ui.ConversationProps
	Composer *ui.ComposerProps
	Clock    *ui.ClockProps
	Why      string // why it is due then
	Facts    []ui.Pair
	Own      []ui.Pair
	Heard    []ui.Pair
	Timeline []ui.TimelineItem
	Rate     verbView
	Problem  string
	Unsent   string
}

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	v, err := s.arrangePage(r.Context(), number)
	if err != nil {
		return err
	}
	if actor.From(r.Context()).Viewer == 0 {
		if err := s.Talk.MarkRead(r.Context(), subject(v.ID)); err != nil {
			return err
		}
	}
	return web.Show(w, r, http.StatusOK, showPage(v), showContent(v))
}

// arrangePage reads and arranges what the page shows.
func (s *Service) arrangePage(ctx context.Context, number int64) (showView, error) {
	var v showView
	var entries []talk.Entry
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if v.View, err = s.view(ctx, rd, number); err != nil {
			return err
		}
		entries, err = s.Talk.List(ctx, rd, subject(v.ID), false)
		return err
	})
	if err != nil {
		return v, err
	}
	provider, customer := v.Tree.FullName(ctx, v.Provider), v.Tree.FullName(ctx, v.Customer)
	v.Lead = lang.T(ctx, "delivery.lead-"+string(v.Origin), "provider", provider, "customer", customer)
	v.Tag, v.Acts = stateTag(ctx, v.State), acts(ctx, v.View)
	v.Sentence = v.sentence(ctx)
	v.Rate = verbView{Verb: VerbRate, Number: v.Number, Intro: lang.T(ctx, "delivery.intro.rate", "unit", provider)}
	v.Talk = v.conversation(ctx, entries)
	if v.May(VerbMessage) {
		other := provider
		if v.Side == ProviderSide {
			other = customer
		}
		v.Composer = &ui.ComposerProps{ID: "reply", Action: link(v.Number) + "/message", Files: true, Mentions: "/people/find", Kind: "message",
			Draft: "delivery-" + strconv.FormatInt(v.Number, 10), To: lang.T(ctx, "delivery.reply", "unit", other), Send: lang.T(ctx, "delivery.send-to", "unit", other),
			Placeholder: lang.T(ctx, "delivery.reply-hint", "unit", other)}
	}
	if c, ok := v.View.Clock(); ok {
		p := v.clockCard(ctx, c)
		v.Clock = &p
	}
	if err := s.explain(ctx, &v); err != nil {
		return v, err
	}
	v.facts(ctx, s)
	v.Timeline = v.timeline(ctx)
	for _, a := range v.Acts {
		if a.Words && a.Verb != VerbRate {
			v.Dialogs = append(v.Dialogs, verbForm(ctx, v.View, a.Verb))
		}
	}
	return v, nil
}

// sentence says who does what now, and until when.
func (v showView) sentence(ctx context.Context) string {
	who := v.Bringer.Display(ctx)
	if who == "" {
		who = v.Tree.FullName(ctx, v.Provider)
	}
	taker := v.Taker.Display(ctx)
	if taker == "" {
		taker = v.Tree.FullName(ctx, v.Customer)
	}
	key := "delivery.now." + string(v.State)
	args := []any{"who", who, "taker", taker, "when", lang.At(ctx, v.LastAt)}
	switch {
	case v.State == StateDue && v.Due.IsZero() || v.State == StateReturned && v.Due.IsZero():
		key += "-whenever"
	case v.State == StateDue || v.State == StateReturned:
		if v.CompletionIs == Breached {
			key += "-late"
		}
		args = append(args, "due", lang.At(ctx, v.Due))
	case v.State == StateDelivered && !v.AcceptBy.IsZero():
		key += "-until"
		args = append(args, "until", lang.At(ctx, v.AcceptBy))
	}
	return lang.T(ctx, key, args...)
}

func (v showView) clockCard(ctx context.Context, c clock.State) ui.ClockProps {
	p := ui.ClockProps{Title: lang.T(ctx, "delivery.clock"), Used: c.Used(), Due: lang.T(ctx, "delivery.clock.due", "at", lang.At(ctx, c.DueAt)), DueTime: c.DueAt, Strong: true}
	switch c.State {
	case clock.Met:
		p.Tone, p.Status = "good", lang.T(ctx, "delivery.outcome.met")
	case clock.Breached:
		p.Tone, p.Status = "bad", lang.T(ctx, "delivery.outcome.breached")
	case clock.Cancelled:
		p.Status, p.NoBar = lang.T(ctx, "delivery.outcome.excluded"), true
	default:
		if c.Used() > 0.8 {
			p.Tone = "warn"
		}
		if p.Paused = c.State == clock.Paused; v.State == StateDelivered {
			p.Paused, p.Status = true, lang.T(ctx, "delivery.clock.waits")
		}
	}
	return p
}

// explain says why it is due then: the words of the schedule, and what moved the day.
func (s *Service) explain(ctx context.Context, v *showView) error {
	if v.Terms == nil || v.Terms.Schedule.Every == "" {
		return nil
	}
	_, _, table, err := s.termsOf(ctx, v.Provider)
	if err != nil {
		return err
	}
	v.Why = lang.T(ctx, "delivery.why", "schedule", scheduleWords(ctx, v.Terms.Schedule), "period", v.Slot)
	if o, ok := v.Terms.Schedule.Slot(table, v.Slot, dueIn(v.Log)); ok && o.Moved() {
		v.Why += movedText(ctx, table, o)
	}
	return nil
}

// movedText says that a closed day moved a due date: "moved from Sat 4 Oct because of National Day".
func movedText(ctx context.Context, table *calendar.Table, o Occurrence) string {
	at := calendar.Moment(o.Planned, "12:00", table.Location())
	for _, d := range table.Days(o.Planned, o.Planned) {
		if !d.Name.Empty() {
			return lang.T(ctx, "delivery.moved-because", "day", lang.Date(ctx, at), "name", d.Name.In(ctx))
		}
	}
	return lang.T(ctx, "delivery.moved", "day", lang.Date(ctx, at))
}

func (v *showView) facts(ctx context.Context, s *Service) {
	add := func(term, text, href string) {
		if text != "" {
			v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, term), Text: text, Href: href})
		}
	}
	provider, _ := v.Tree.ByID(v.Provider)
	customer, _ := v.Tree.ByID(v.Customer)
	if v.Terms != nil {
		add("delivery.field.deliverable", v.Terms.Deliverable, "")
		add("delivery.field.criterion", v.Terms.Criterion, "")
		add("delivery.fact.standing", v.Terms.Ref()+" · "+scheduleWords(ctx, v.Terms.Schedule), standingLink(v.Terms.Number))
	}
	if snap, err := s.Catalog.Snapshot(ctx); err == nil {
		if sv, ok := snap.ByID(v.Service); ok {
			add("delivery.field.service", sv.Name.In(ctx), "/services/"+sv.Code)
		}
	}
	add("delivery.fact.edge", lang.T(ctx, "delivery.between", "provider", v.Tree.FullName(ctx, v.Provider), "customer", v.Tree.FullName(ctx, v.Customer)),
		"/relations/"+provider.Code+"/"+customer.Code)
	add("delivery.field.quantity", v.Quantity, "")
	add("delivery.field.assignee", v.Bringer.Display(ctx), "")
	add("delivery.field.receiver", v.Taker.Display(ctx), "")
	add("delivery.fact.external", v.External, "")
	if v.View.Own != nil {
		v.Own = []ui.Pair{{Term: lang.T(ctx, "delivery.field.score"), Text: strconv.Itoa(v.View.Own.Score) + " · " + lang.T(ctx, "ui.stars-"+strconv.Itoa(v.View.Own.Score))}}
		if c := v.View.Own.Comment; c != "" {
			v.Own = append(v.Own, ui.Pair{Term: lang.T(ctx, "delivery.field.comment"), Text: c})
		}
	}
	for _, x := range v.View.Heard {
		v.Heard = append(v.Heard, ui.Pair{Term: lang.T(ctx, "delivery.field.comment"), Text: x.Comment})
	}
}

func iconOf(v Verb) string {
	switch v {
	case VerbOpen:
		return "calendar-event"
	case VerbDue:
		return "calendar-event"
	case VerbMessage:
		return "message"
	case VerbLapse:
		return "circle-check"
	case VerbMiss:
		return "ban"
	case VerbSucceed, VerbFollow:
		return "user-check"
	}
	return looks[v].icon
}

// happenedText is an event in one sentence.
func (v View) happenedText(ctx context.Context, e Event) string {
	key := "delivery.did." + string(e.Kind)
	switch e.Kind {
	case VerbOpen:
		key += "-" + string(v.Origin)
	case VerbSucceed, VerbFollow:
		key += "-" + string(e.Side)
	}
	text := lang.T(ctx, key, "who", v.doer(ctx, e), "person", v.People[e.Person].Display(ctx), "unit", v.Tree.FullName(ctx, e.Unit),
		"from", lang.DateTime(ctx, e.DueFrom), "to", lang.DateTime(ctx, e.Due))
	if e.Quantity != "" {
		text += lang.T(ctx, "delivery.with-quantity", "n", e.Quantity)
	}
	if e.Why != "" {
		text += lang.T(ctx, "delivery.because", "why", e.Why)
	}
	return text
}

// conversation is the exchange with what happened between the words: both in the order of time.
func (v showView) conversation(ctx context.Context, entries []talk.Entry) ui.ConversationProps {
	p := talk.Props(ctx, entries, talk.View{ID: "talk", Customer: v.Customer, Empty: lang.T(ctx, "delivery.talk-empty")})
	spoken := map[int64]ui.MessageProps{}
	for i, e := range entries {
		spoken[e.ID] = p.Messages[i]
	}
	var out []ui.MessageProps
	for _, e := range v.Log {
		if msg, ok := spoken[e.Message]; ok {
			if e.Kind == VerbDeliver {
				msg.Kind, msg.Tag, msg.Icon = string(e.Kind), lang.T(ctx, "delivery.said.deliver"), looks[e.Kind].icon
			}
			out = append(out, msg)
			continue
		}
		if e.Kind != VerbMessage {
			out = append(out, ui.MessageProps{Kind: "system", Icon: iconOf(e.Kind), Text: v.happenedText(ctx, e), When: lang.Short(ctx, e.At), At: e.At.Format(time.RFC3339)})
		}
	}
	p.Messages = out
	return p
}

// timeline is everything that happened, newest first.
func (v showView) timeline(ctx context.Context) []ui.TimelineItem {
	out := make([]ui.TimelineItem, 0, len(v.Log))
	for i := len(v.Log) - 1; i >= 0; i-- {
		e := v.Log[i]
		item := ui.TimelineItem{When: lang.Short(ctx, e.At), At: e.At.Format(time.RFC3339), Icon: iconOf(e.Kind), Text: v.happenedText(ctx, e)}
		if e.Imported {
			item.Note = lang.T(ctx, "delivery.imported")
		}
		out = append(out, item)
	}
	return out
}

// verbView is the form of a verb: in a dialog of the delivery's page, or as a page of its own.
type verbView struct {
	Verb                 Verb
	Number               int64
	Title, Heading       string
	Intro, Send          string
	Errors               ui.Errors
	Typed                typed
	Danger, ReasonIsFree bool
}

// typed is what a person put into the form of a verb.
type typed struct {
	Text     string `form:"text"`
	Reason   string `form:"reason"`
	Quantity string `form:"quantity"`
	Score    int    `form:"score"`
	Comment  string `form:"comment"`
	Share    bool   `form:"share"`
}

// ID is the id of the verb's dialog.
func (v verbView) ID() string { return "d-" + string(v.Verb) }

// Action is where the form is sent.
func (v verbView) Action() string { return link(v.Number) + "/" + string(v.Verb) }

func verbForm(ctx context.Context, v View, verb Verb) verbView {
	key := string(verb)
	if verb == VerbSkip && v.SkipAsked {
		key = "skip-agree"
	}
	return verbView{Verb: verb, Number: v.Number, Title: v.Title, Heading: lang.T(ctx, "delivery.verb."+key),
		Intro: lang.T(ctx, "delivery.intro."+key, "unit", v.Tree.FullName(ctx, v.Provider), "customer", v.Tree.FullName(ctx, v.Customer)),
		Send:  lang.T(ctx, "delivery.verb."+key), Danger: verb == VerbCancel || verb == VerbDrop, ReasonIsFree: verb == VerbSkip && v.SkipAsked}
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
	if !looks[verb].words {
		return fault.ErrNotFound
	}
	if !v.May(verb) {
		return web.See(w, r, link(number))
	}
	f := verbForm(r.Context(), v, verb)
	return web.Show(w, r, http.StatusOK, verbPage(f), verbContent(f))
}

// submitVerb does what the form of a verb says. What was wrong comes back with the form; what the state does not allow any
// more comes back with the page as it now is.
func (s *Service) submitVerb(verb Verb) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		number, err := numberOf(r)
		if err != nil {
			return err
		}
		ctx := r.Context()
		var in typed
		problem := web.Decode(r, &in)
		if fault.KindOf(problem) != fault.Invalid && problem != nil {
			return problem
		}
		if problem == nil {
			problem = s.perform(ctx, r, verb, number, in)
		}
		switch kind := fault.KindOf(problem); {
		case problem == nil:
			web.Toast(w, r, lang.T(ctx, "delivery.done."+string(verb), "number", Ref(number)), "")
			return web.See(w, r, link(number))
		case kind == fault.Invalid || kind == fault.TooLarge:
			return s.showAgain(w, r, verb, number, in, problem)
		case kind == fault.Conflict:
			v, err := s.arrangePage(ctx, number)
			if err != nil {
				return err
			}
			v.Problem, v.Unsent = ui.ErrorsOf(ctx, problem, nil).Form, in.Text+in.Reason+in.Comment
			return web.Show(w, r, http.StatusConflict, showPage(v), showContent(v))
		}
		return problem
	}
}

// perform is the use case of a verb with what the form says.
func (s *Service) perform(ctx context.Context, r *http.Request, verb Verb, number int64, in typed) error {
	files, err := s.uploaded(ctx, r)
	if err != nil {
		return err
	}
	switch verb {
	case VerbDeliver:
		_, err = s.Deliver(ctx, number, Goods{in.Text, files, in.Quantity}, When{})
	case VerbAccept:
		_, err = s.Accept(ctx, number, When{})
	case VerbReturn:
		_, err = s.Return(ctx, number, in.Reason, When{})
	case VerbRate:
		_, err = s.Rate(ctx, number, Rating{Score: in.Score, Comment: in.Comment, Share: in.Share}, When{})
	case VerbSkip:
		_, err = s.Skip(ctx, number, in.Reason, When{})
	case VerbAskSkip:
		_, err = s.AskSkip(ctx, number, in.Reason, When{})
	case VerbRefuseSkip:
		_, err = s.RefuseSkip(ctx, number, in.Reason, When{})
	case VerbContest:
		_, err = s.Contest(ctx, number, in.Reason, When{})
	case VerbUphold:
		_, err = s.Uphold(ctx, number, in.Reason, When{})
	case VerbDrop:
		_, err = s.Drop(ctx, number, in.Reason, When{})
	case VerbCancel:
		_, err = s.Cancel(ctx, number, in.Reason, When{})
	case VerbMessage:
		_, err = s.Message(ctx, number, in.Text, files, When{})
	}
	return err
}

// uploaded keeps the files that came with the form itself, and names those that a script uploaded before.
func (s *Service) uploaded(ctx context.Context, r *http.Request) ([]int64, error) {
	values, files, err := web.Input(r)
	if err != nil {
		return nil, err
	}
	var named []string
	for _, text := range values["files"] {
		if text != "" {
			named = append(named, text)
		}
	}
	ids, err := fileIDs(named)
	if err != nil {
		return nil, err
	}
	more, err := s.Talk.UploadForm(ctx, files["files"])
	return append(ids, more...), err
}

// showAgain is the form of the verb with everything kept and what was wrong.
func (s *Service) showAgain(w http.ResponseWriter, r *http.Request, verb Verb, number int64, in typed, problem error) error {
	ctx := r.Context()
	errs := ui.ErrorsOf(ctx, problem, labels(ctx))
	if verb == VerbMessage {
		v, err := s.arrangePage(ctx, number)
		if err != nil {
			return err
		}
		if v.Composer != nil {
			v.Composer.Value, v.Composer.Error = in.Text, errs.Form
			if len(errs.Fields) > 0 {
				v.Composer.Error = errs.Fields[0].Text
			}
		}
		return web.Show(w, r, http.StatusUnprocessableEntity, showPage(v), showContent(v))
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	f := verbForm(ctx, v, verb)
	f.Typed, f.Errors = in, errs
	return web.Show(w, r, http.StatusUnprocessableEntity, verbPage(f), verbContent(f))
}
