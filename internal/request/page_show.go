package request

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/phrase"
	"neike/internal/talk"
)

// showView is the page of one request.
type showView struct {
	View
	Lead         string
	Crumbs       []ui.Crumb
	Active       string
	State        ui.TagProps
	Sentence     string // who does what now, and by when
	Steps        []ui.Step
	Acts         []act
	Open, Folded []act // the same, the likely ones and the rest
	Dialogs      []verbView
	Hops         ui.HopLaneProps
	HopTitle     string
	Talk         ui.ConversationProps
	Composer     *ui.ComposerProps
	Clocks       []ui.ClockProps
	Rungs        []string // who was told that how much of the time is used
	Why          whyView
	Facts        []ui.Pair
	Timeline     []ui.TimelineItem
	Together     together // what it goes along with, and what it is linked with
	Rate         verbView
	Show         string             // of the conversation: "", "customer", "notes"
	Self         string             // the address of this page as it is shown
	PartLines    []ui.ListItemProps // what it was split into
	PartsNote    string
	WatcherLines []watcherLine
	MayLetWatch  bool
	MayEndParts  bool
	Watching     bool
	Watchers     int
	MayWatch     bool
	sayings      []phrase.Phrase
	Here         string          // who else of the serving side is at it
	Promises     templ.Component // what was promised here
	Own          []ui.Pair       // the reader's own rating
	Heard        []ui.Pair       // what customers let the serving side read
	StandsIn     string          // in whose place the reader acts
	Unseen       string          // to the customer of a confidential request: nobody who could do it sees it
	Proposal     string          // of another date, in words
	WillAccept   string          // when the house accepts the delivery
	AwayNote     string          // of the assignee: until when, and who stands in
	InLine       string          // its place in line
	MayAgain     bool            // the reader may ask the same again
	ServiceCode  string
	HandsNote    string   // that the reader has as much in hand as the unit allows
	Problem      string   // why the last act was refused: the page comes back with it
	Unsent       string   // and what had been written for it
	Held         heldView // words of the serving side that are not sent
	Given        *giving  // the rule by which who has it got it
}

// material is what the page of a request is made of, read in one snapshot.
type material struct {
	View
	lines    []clock.Line
	turns    []clock.Line // all of them, where there is more than one
	clock    string       // that the panel explains, as the address names it
	entries  []talk.Entry
	opened   []access.Opening // by break-glass
	steps    []Step
	given    *giving
	unread   []int64
	watchers []int64
	away     string // the assignee is, and who stands in
	place    int    // in line; 0: it need not wait
	origin   []ui.Pair
	offered  string // code of its service, if it is still offered to the reader
	hands    handsNow
	behalf   int64 // in whose place the reader is
	form     form.Form
	values   form.Values
	service  string
	show     string

	promises templ.Component
	sayings  []phrase.Phrase
	drafts   []AnswerDraft

	calendars map[string]string // code → name, of those that its clocks count with
}

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	m, err := s.gather(ctx, number)
	if err != nil {
		return err
	}
	m.show, m.clock = showOf(r), r.URL.Query().Get("clock")
	v, err := s.arrange(ctx, m)
	if err != nil {
		return err
	}
	if len(m.unread) > 0 && actor.From(ctx).Viewer == 0 {
		if err := s.Talk.MarkRead(ctx, subject(m.ID)); err != nil {
			return err
		}
	}
	return web.Show(w, r, http.StatusOK, showPage(v), showContent(v))
}

// showOf is which part of the conversation the address asks for.
func showOf(r *http.Request) string {
	if show := r.URL.Query().Get("show"); show == "customer" || show == "notes" {
		return show
	}
	return ""
}

// selfQuery is what of the address says how the page is shown.
func selfQuery(m material) string {
	q := url.Values{}
	if m.show != "" {
		q.Set("show", m.show)
	}
	if m.clock != "" {
		q.Set("clock", m.clock)
	}
	return q.Encode()
}

// gather reads what the page shows.
func (s *Service) gather(ctx context.Context, number int64) (material, error) {
	var m material
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if m.View, err = s.view(ctx, rd, number); err != nil {
			return err
		}
		if m.lines, m.turns, err = s.explain(ctx, rd, m.Log); err != nil {
			return err
		}
		sub := subject(m.ID)
		if m.entries, err = s.Talk.List(ctx, rd, sub, !m.NotesHidden()); err != nil {
			return err
		}
		if m.opened, err = s.openings(ctx, rd, m.View); err != nil {
			return err
		}
		if m.steps, err = s.stepsShown(ctx, rd, m.View); err != nil {
			return err
		}
		if m.given, err = s.whyGiven(ctx, rd, m.View); err != nil {
			return err
		}
		if m.promises, err = s.promises(ctx, rd, m.View); err != nil {
			return err
		}
		if m.sayings, err = s.sayings(ctx, rd, m.View, ""); err != nil {
			return err
		}
		if m.Side == ProviderSide {
			if m.drafts, err = s.draftsFor(ctx, rd, m.Request, m.Set); err != nil {
				return err
			}
			if err = s.nameDrafters(ctx, rd, m.View, m.drafts); err != nil {
				return err
			}
		}
		if m.unread, err = s.Talk.UnreadIn(ctx, rd, actor.From(ctx).Person, sub); err != nil {
			return err
		}
		if m.watchers, err = s.Talk.Watchers(ctx, rd, sub); err != nil || !m.State.Open() {
			return err
		}
		if s.origin != nil {
			if m.origin, err = s.origin(ctx, rd, m.ID); err != nil {
				return err
			}
		}
		if m.away, err = s.assigneeAway(ctx, rd, m.Assignee); err != nil {
			return err
		}
		if m.place, err = s.PlaceInLine(ctx, rd, m.Request); err != nil {
			return err
		}
		if m.hands, err = s.handsNow(ctx, rd, m.View); err != nil {
			return err
		}
		if m.behalf, err = s.Access.For(ctx, rd, "request.see", sub, m.Confidential); err == nil && m.behalf != 0 && m.People[m.behalf].ID == 0 {
			var p org.Person
			p, err = s.Org.PersonIn(ctx, rd, m.behalf)
			m.People[m.behalf] = p
		}
		return err
	})
	if err != nil {
		return m, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return m, err
	}
	if service, ok := snap.ByID(m.Service); ok {
		m.service = service.Name.In(ctx)
		if _, hidden := s.Catalog.Visible(ctx, service.Code); hidden == nil && service.Askable() && s.expect != nil {
			m.offered = service.Code
		}
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return m, err
	}
	m.calendars = map[string]string{}
	for _, l := range m.lines {
		if c, ok := book.Current(l.Calendar); ok {
			m.calendars[l.Calendar] = c.Name.In(ctx)
		}
	}
	if m.form, err = s.formOf(ctx, m.Request); err != nil {
		return m, err
	}
	m.values, err = form.ParseValues(m.Fields)
	return m, err
}

// arrange turns the material into the page.
func (s *Service) arrange(ctx context.Context, m material) (showView, error) {
	me := actor.From(ctx).Person
	v := showView{View: m.View, Acts: acts(ctx, m.View), State: stateTag(ctx, m.State), Steps: steps(ctx, m.Request),
		Watching: slices.Contains(m.watchers, me), Watchers: len(m.watchers), MayWatch: access.May("request.watch", m.Set, m.Confidential)}
	v.Lead = lang.T(ctx, "request.lead", "service", m.service, "customer", m.Tree.FullName(ctx, m.Customer), "provider", m.Tree.FullName(ctx, m.Provider),
		"who", m.People[m.AskedBy].Display(ctx), "when", lang.At(ctx, m.OpenedAt))
	v.Open, v.Folded = apart(v.Acts)
	v.Crumbs, v.Active = []ui.Crumb{{Label: lang.T(ctx, "request.list.title"), Href: "/requests"}, {Label: m.Ref()}}, "requests"
	if m.Side == ProviderSide {
		v.Crumbs[0], v.Active = ui.Crumb{Label: lang.T(ctx, "request.queue.title"), Href: "/queue"}, "queue"
	}
	v.Sentence, v.Show, v.Self, v.AwayNote = sentence(ctx, m), m.show, link(m.Number), m.away
	if at := selfQuery(m); at != "" {
		v.Self += "?" + at
	}
	if m.Confidential && m.State == StateNew && m.Assignee == 0 && len(takersIn(m.Log)) == 0 && m.Side == CustomerSide {
		v.Unseen = lang.T(ctx, "request.unseen", "unit", m.Tree.FullName(ctx, m.Unit))
	}
	if m.behalf != 0 {
		v.StandsIn = lang.T(ctx, "request.you-stand-in", "name", m.People[m.behalf].Display(ctx))
	}
	if by := inPlaceOf(m.Log, me); by != 0 && m.Set.Has(access.Delegate) {
		v.StandsIn = lang.T(ctx, "request.you-were-named", "name", m.People[by].Display(ctx))
	}
	v.Promises = m.promises
	v.Rate = verbView{Verb: VerbRate, Number: m.Number, Intro: lang.T(ctx, "request.intro.rate", "unit", m.Tree.FullName(ctx, m.Unit))}
	v.Talk = s.conversation(ctx, m)
	v.Composer, v.sayings = composer(ctx, m.View, "", ""), m.sayings
	m.offer(ctx, v.Composer, m.sayings)
	m.fillHeld(ctx, v.Composer, m.drafts)
	v.Held = heldLines(ctx, m.View, m.drafts)
	v.Clocks, v.Rungs = clockCards(ctx, m), stepLines(ctx, m.View, m.steps)
	v.Why, v.Given = why(ctx, m), m.given
	v.Hops, v.HopTitle = hops(ctx, m)
	v.Timeline = withOpenings(ctx, withTies(ctx, timeline(ctx, m.View), m.View), m)
	v.Own = ownPairs(ctx, m.Own)
	for _, g := range m.Heard {
		v.Heard = append(v.Heard, wordsOf(ctx, g)...)
	}
	var err error
	if v.Side == ProviderSide {
		if v.Here, err = s.hereLine(ctx, m.ID); err != nil {
			return v, err
		}
	}
	if v.Facts, err = s.facts(ctx, m); err != nil {
		return v, err
	}
	if !m.AcceptBy.IsZero() {
		v.WillAccept = lang.T(ctx, "request.will-accept", "at", lang.At(ctx, m.AcceptBy))
	}
	arrangeLoad(ctx, m, &v)
	if v.Proposal, err = s.proposalText(ctx, m.View); err != nil {
		return v, err
	}
	arrangeParts(ctx, m, &v)
	if v.Together, err = s.togetherOf(ctx, m.View); err != nil {
		return v, err
	}
	if err := s.arrangeWatchers(ctx, m, &v); err != nil {
		return v, err
	}
	for _, a := range v.Acts {
		if !a.Words || a.Verb == VerbRate || a.Verb == VerbSplit {
			continue
		}
		d, err := s.verbForm(ctx, m.View, a.Verb)
		if err != nil {
			return v, err
		}
		d.held(ctx, m.View, m.drafts)
		v.Dialogs = append(v.Dialogs, d)
	}
	return v, nil
}

// sentence says who does what now, and until when, to the reader's side.
func sentence(ctx context.Context, m material) string {
	me := actor.From(ctx).Person
	who := m.People[m.Assignee].Display(ctx)
	side := "customer"
	if m.Side == ProviderSide {
		side = "provider"
	}
	if m.Assignee == me && me != 0 {
		who = lang.T(ctx, "request.you", "name", who)
	}
	due, left := "", ""
	if c, ok := m.Clock(clock.Completion); ok && c.HasTarget() {
		due, left = expected(ctx, lang.At(ctx, c.DueAt), c.Provisional), lang.WorkDuration(ctx, int64(max(c.Left(), 0).Seconds()))
	}
	key := "request.now." + side + "." + string(m.State)
	switch nobody := m.Assignee == 0 && (m.State == StateWorking || m.State == StateWaiting); {
	case nobody: // handed over, not taken yet
		key += "-free"
	case m.State == StateWorking && m.CompletionIs == Breached:
		key += "-late"
	}
	if m.GoesAlong() {
		key = "request.now." + side + ".merged"
	}
	if d := map[State]string{StateWorking: "duplicate", StateDelivered: "duplicate-delivered", StateDone: "duplicate-done"}[m.State]; m.Duplicate && d != "" {
		key = "request.now." + side + "." + d
	}
	return lang.T(ctx, key, "who", who, "number", m.lead(ctx), "unit", m.Tree.FullName(ctx, m.Unit), "customer", m.Tree.FullName(ctx, m.Customer), "due", due, "left", left,
		"when", lang.At(ctx, m.LastAt))
}

// expected marks a due time that reaches into a year whose days off are not settled.
func expected(ctx context.Context, due string, provisional bool) string {
	if !provisional {
		return due
	}
	return lang.T(ctx, "request.expected", "due", due)
}

// steps is the way of the request in five words, for the phone.
func steps(ctx context.Context, r Request) []ui.Step {
	at := map[State]int{StateNew: 1, StateWorking: 2, StateWaiting: 2, StateDelivered: 4, StateDone: 5}[r.State]
	if !r.State.Open() && r.State != StateDone {
		return nil
	}
	var out []ui.Step
	for i, key := range []string{"asked", "taken", "work", "delivered", "accepted"} {
		state := ""
		switch {
		case i < at:
			state = "done"
		case i == at:
			state = "now"
		}
		out = append(out, ui.Step{Text: lang.T(ctx, "request.step."+key), State: state})
	}
	return out
}

// facts are the answers of the form and what stands around them.
func (s *Service) facts(ctx context.Context, m material) ([]ui.Pair, error) {
	pairs, err := m.form.Shown(ctx, s.resolve(), m.values)
	if err != nil {
		return nil, err
	}
	add := func(term, text, href string) {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, term), Text: text, Href: href})
	}
	if m.Place.Code != "" {
		pairs = append([]ui.Pair{placePair(ctx, m.Place)}, pairs...)
	}
	if m.LoggedBy != 0 {
		add("request.fact.logged", lang.T(ctx, "request.logged-by", "who", m.People[m.LoggedBy].Display(ctx), "via", viaWord(ctx, m.Via)), "")
	}
	if m.For != 0 {
		add("request.fact.for", m.People[m.For].Display(ctx), "")
	}
	for _, x := range standIns(m.Log) {
		add("request.fact.stand-in", lang.T(ctx, "request.stand-in-until", "name", m.People[x.Person].Display(ctx), "for", m.People[x.By].Display(ctx), "until", lang.At(ctx, x.Until)), "")
	}
	if m.Confidential && m.Set.Has(access.Asked) && m.Request.State.Open() {
		add("request.fact.stand-in", lang.T(ctx, "request.stand-in-never"), "")
	}
	if !m.Wished.IsZero() {
		add("request.fact.wished", lang.Short(ctx, m.Wished), "")
	}
	pairs = append(pairs, m.origin...)
	if m.Whole != nil {
		text, href := partOf(ctx, m.View)
		add("request.fact.part-of", text, href)
	}
	seen := lang.T(ctx, "request.seen.units", "customer", m.Tree.FullName(ctx, m.Customer), "provider", m.Tree.FullName(ctx, m.Unit))
	if m.Confidential {
		seen = lang.T(ctx, "request.seen.named", "names", names(ctx, m.View, append(m.customers(), m.Named...)))
	}
	add("request.fact.seen", seen, "")
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if service, ok := snap.ByID(m.Service); ok {
		add("request.fact.standard", lang.T(ctx, "request.standard-version", "service", m.service, "version", m.ServiceVersion), "/services/"+service.Code)
	}
	addAgreed(add, m.Log)
	if m.Repeats != "" {
		add("request.fact.again-of", m.Repeats, "/requests/"+m.Repeats)
	}
	for _, n := range m.again() {
		add("request.fact.again", n, "/requests/"+n)
	}
	if m.External != "" {
		add("request.fact.external", m.External, "")
	}
	return pairs, nil
}

func names(ctx context.Context, v View, ids []int64) string {
	text := ""
	for i, id := range ids {
		if i > 0 {
			text += lang.T(ctx, "ui.comma")
		}
		text += v.People[id].Display(ctx)
	}
	return text
}

// wordsOf are the reasons and the comment of a rating.
func wordsOf(ctx context.Context, x Rating) []ui.Pair {
	var pairs []ui.Pair
	reasons := ""
	for i, r := range x.Reasons {
		if i > 0 {
			reasons += lang.T(ctx, "ui.comma")
		}
		reasons += lang.T(ctx, "request.reason."+r)
	}
	if reasons != "" {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "request.rating.reasons"), Text: reasons})
	}
	if x.Comment != "" {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "request.rating.comment"), Text: x.Comment})
	}
	return pairs
}

func ownPairs(ctx context.Context, x *Rating) []ui.Pair {
	if x == nil {
		return nil
	}
	pairs := []ui.Pair{{Term: lang.T(ctx, "request.rating.score"), Text: strconv.Itoa(x.Score) + " · " + lang.T(ctx, "ui.stars-"+strconv.Itoa(x.Score))}}
	pairs = append(pairs, wordsOf(ctx, *x)...)
	share := "request.rating.not-shared"
	if x.Share {
		share = "request.rating.shared"
	}
	return append(pairs, ui.Pair{Term: lang.T(ctx, "request.rating.who-sees"), Text: lang.T(ctx, share)})
}

// composer is the reply box for whoever may write.
func composer(ctx context.Context, v View, text, problem string) *ui.ComposerProps {
	if !v.May(VerbMessage) && !v.May(VerbNote) {
		return nil
	}
	customer, unit := v.Tree.FullName(ctx, v.Customer), v.Tree.FullName(ctx, v.Unit)
	p := &ui.ComposerProps{ID: "reply", Action: link(v.Number) + "/message", Files: true, Value: text, Error: problem,
		Mentions: "/people/find", Draft: "request-" + strconv.FormatInt(v.Number, 10), Kind: "message",
		To: lang.T(ctx, "request.reply-unit", "unit", unit), Send: lang.T(ctx, "request.send-to", "to", unit),
		Placeholder: lang.T(ctx, "request.reply-unit-hint", "unit", unit)}
	if v.Side == ProviderSide {
		p.Note, p.NoteHidden = v.May(VerbNote), customer
		p.To, p.Send = lang.T(ctx, "request.reply-customer"), lang.T(ctx, "request.send-to", "to", customer)
		p.SendNote = lang.T(ctx, "request.save-note")
		p.Placeholder = lang.T(ctx, "request.reply-customer-hint", "name", v.People[v.AskedBy].Display(ctx))
	}
	return p
}
