package request

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// verbView is the form of a verb: in a dialog of the request's page, or as a page of its own.
type verbView struct {
	Verb     Verb
	Number   int64
	Title    string // of the request
	Heading  string
	Intro    string
	Send     string
	Errors   ui.Errors
	Typed    typed
	Kept     []ui.FileProps // of the reader's draft
	People   []ui.Option    // assign: empty when there are more colleagues than a select takes
	Among    string         // assign: code of the unit whose colleagues they are
	Units    []ui.Option    // decline, hand-over, settle: empty when there are more units than a select takes
	Likely   []ui.Option    // hand-over, settle: units that took such requests, where Units is empty
	Secret   bool           // the request is confidential
	Hands    string         // assign: how much of it a person may have, where that is limited
	Beyond   bool           // assign: the reader may give more than that, with a reason
	Inputs   *form.InputsProps
	Danger   bool
	To       string      // set-priority: the priority it leads to
	Hold     bool        // what is written waits on the server until it is sent
	Along    int         // deliver: so many requests go along with it
	Same     []ui.Option // merge: open requests for the same service
	Stages   []ui.Option // where the work may stand
	Policies []ui.Option // set-priority: what happens to the time that is used
	Lates    []ui.Option // cause and what answers it: the late clocks, where there are several
}

// typed is what a person put into the form of a verb.
type typed struct {
	Kind     string   `form:"kind"`
	Text     string   `form:"text"`
	Reason   string   `form:"reason"`
	Unit     string   `form:"unit"`
	Likely   string   `form:"likely"`
	Person   string   `form:"person"`
	Score    int      `form:"score"`
	Reasons  []string `form:"reasons"`
	Comment  string   `form:"comment"`
	Share    bool     `form:"share"`
	DueAt    string   `form:"due_at"`
	Agree    string   `form:"agree"`
	Cause    string   `form:"cause"`
	Clock    string   `form:"clock"` // whose cause
	Into     string   `form:"into"`
	Others   string   `form:"others"`
	Until    string   `form:"until"`
	Priority string   `form:"priority"`
	Stage    string   `form:"stage"`
	Policy   string   `form:"policy"`
	Beyond   string   `form:"beyond"`
	Seen     int64    `form:"seen"`
	Phrase   string   `form:"phrase"`
	Phrases  string   `form:"phrases"`
	Insert   string   `form:"insert"`
	Draft    int64    `form:"draft"` // version of the draft whose words these are
	Save     string   `form:"save"`  // the words are to be kept, not sent
}

func (t typed) cause() CauseSaid {
	return CauseSaid{Clock: t.Clock, Cause: Cause(t.Cause), Unit: t.Unit, Text: t.Text}
}

// ID is the id of the verb's dialog.
func (v verbView) ID() string { return "d-" + string(v.Verb) }

// Action is where the form is sent.
func (v verbView) Action() string { return link(v.Number) + "/" + string(v.Verb) }

// verbForm is the empty form of a verb for this reader.
func (s *Service) verbForm(ctx context.Context, v View, verb Verb) (verbView, error) {
	f := verbView{Verb: verb, Number: v.Number, Title: v.Title, Heading: lang.T(ctx, "request.heading."+string(verb)),
		Intro:  lang.T(ctx, "request.intro."+string(verb), "unit", v.Tree.FullName(ctx, v.Unit), "customer", v.Tree.FullName(ctx, v.Customer), "provider", v.Tree.FullName(ctx, v.Provider), "count", v.HandOvers),
		Secret: v.Confidential, Send: lang.T(ctx, "request.send."+string(verb)), Danger: verb == VerbCancel || verb == VerbWithdraw || verb == VerbDisown}
	var err error
	switch verb {
	case VerbAssign:
		f.Among = unitCode(v.Tree, v.Unit)
		err = s.fillAssign(ctx, v, &f)
	case VerbDecline:
		if v.Tree.Len() <= unitsOffered {
			f.Units = unitOptions(ctx, v.Tree, s.db.Now(), v.Unit)
		}
	case VerbHandOver, VerbSettle:
		f.Units, f.Likely, err = s.nextUnits(ctx, v)
	case VerbMerge:
		f.Same, err = s.sameOptions(ctx, v)
	case VerbDeliver:
		f.Along = v.alongOpen()
	case VerbReturn:
		if v.Duplicate {
			f.Intro = lang.T(ctx, "request.intro.return-duplicate", "number", v.lead(ctx))
		}
	case VerbAnswer:
		f.Inputs, err = s.answerInputs(ctx, v)
	case VerbPropose:
		f.Intro = lang.T(ctx, "request.intro.propose-date", "due", lang.DateTime(ctx, v.Due))
	case VerbStage:
		if v.service != nil {
			f.Stages = stageOptions(ctx, v.service, v.Stage)
		}
	case VerbCause, VerbCauseAgree, VerbCauseDispute, VerbCauseDecide:
		f.Lates = lateOptions(ctx, v.Breaches, verb)
	case VerbAgree:
		f.Intro, err = s.proposalText(ctx, v)
	case VerbUrgent:
		var left, share int
		left, share, err = s.urgentLeft(ctx, v.Service, v.Customer)
		if err == nil {
			f.Intro, err = s.urgentIntro(ctx, v, f.Intro)
		}
		f.Intro += lang.T(ctx, "request.urgent-left", "left", left, "share", share)
	case VerbGrant:
		f.Intro, err = s.urgentIntro(ctx, v, f.Intro)
	case VerbPriority:
		f.Policies, err = s.policyOptions(ctx, v)
		f.Intro = lang.T(ctx, "request.intro.set-priority", "to", lang.T(ctx, "request.priority."+cmp.Or(other(v.Priority), "normal")))
		f.To = cmp.Or(other(v.Priority), "normal")
	case VerbReopen:
		var how catalog.Reopening
		how, err = s.howReopened(ctx, v.Request, nil)
		f.Intro = lang.T(ctx, "request.intro.reopen-"+string(how), "unit", v.Tree.FullName(ctx, v.Unit))
	}
	return f, err
}

// nextUnits are the units that a request may go on to, the likely ones in a group of their own before the others; of a
// large company only the likely ones.
func (s *Service) nextUnits(ctx context.Context, v View) (all, likely []ui.Option, err error) {
	units, err := s.likelyUnits(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range units {
		likely = append(likely, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Group: lang.T(ctx, "request.likely-units")})
	}
	if v.Tree.Len() > unitsOffered {
		return nil, append([]ui.Option{{Text: lang.T(ctx, "request.choose-unit"), Selected: true}}, likely...), nil
	}
	others := unitOptions(ctx, v.Tree, s.db.Now(), v.Unit)
	all = append(all, others[0])
	all = append(all, likely...)
	for _, o := range others[1:] {
		if slices.ContainsFunc(units, func(u org.Unit) bool { return u.Code == o.Value }) {
			continue
		}
		o.Group = lang.T(ctx, "request.other-units")
		all = append(all, o)
	}
	return all, nil, nil
}

// peopleOffered is how many colleagues a select offers; of more one finds them by typing.
const peopleOffered = 60

// agentOptions are the colleagues who may serve the request; none when there are too many to choose from.
func (s *Service) agentOptions(ctx context.Context, v View) ([]ui.Option, error) {
	var hands map[int64]int
	var people map[int64]org.Person
	var away map[int64]org.Absence
	var ids []int64
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if ids, err = s.Org.AgentsUpTo(ctx, rd, v.Unit, peopleOffered+1); err != nil || len(ids) > peopleOffered {
			return err
		}
		if people, err = s.Org.Names(ctx, rd, ids); err != nil {
			return err
		}
		if away, err = s.Org.AbsentAt(ctx, rd, ids, rd.Instant()); err != nil {
			return err
		}
		hands, err = handsUpTo(ctx, rd, v.Unit, ids)
		return err
	})
	if len(ids) > peopleOffered {
		return nil, err
	}
	options := []ui.Option{{Text: lang.T(ctx, "request.choose-colleague"), Selected: true}}
	for _, id := range ids {
		if p := people[id]; !v.isCustomer(id) && id != v.Assignee && !p.OnLeave {
			options = append(options, ui.Option{Value: p.No, Text: awayName(ctx, p, away) + " " + p.No + handsWord(ctx, hands[id])})
		}
	}
	return options, err
}

// answerInputs is the form of the service with what was answered, for correcting it.
func (s *Service) answerInputs(ctx context.Context, v View) (*form.InputsProps, error) {
	asked, err := s.formOf(ctx, v.Request)
	if err != nil || len(asked.Fields) == 0 {
		return nil, err
	}
	values, err := form.ParseValues(v.Fields)
	if err != nil {
		return nil, err
	}
	in, err := s.inputs(ctx, asked, values)
	return &in, err
}

// showVerb is the form of a verb as a page of its own: where the dialog's button leads without a script.
func (s *Service) showVerb(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("verb") == "here" {
		return s.showHere(w, r)
	}
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	verb := Verb(r.PathValue("verb"))
	if !slices.Contains(rank, verb) || !v.takesWords(verb) && !looks[verb].words {
		return fault.ErrNotFound
	}
	if !v.May(verb) {
		return web.See(w, r, link(number))
	}
	if verb == VerbSplit {
		return s.showSplit(w, r, v)
	}
	f, err := s.verbForm(ctx, v, verb)
	if err != nil {
		return err
	}
	if boxOf(verb) != "" {
		drafts, err := s.AnswerDrafts(ctx, number)
		if err != nil {
			return err
		}
		f.held(ctx, v, drafts)
	}
	return web.Show(w, r, http.StatusOK, verbPage(f), verbContent(f))
}

// submitVerb does what the form of a verb says. What was wrong comes back with the form; what the state does not allow
// any more comes back with the page as it now is.
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
		if problem == nil && verb == VerbMessage && in.Insert != "" {
			return s.inserted(w, r, number, in)
		}
		if problem == nil && in.Save != "" && boxOf(verb) != "" {
			return s.submitKept(w, r, verb, number, in)
		}
		to := number // where it goes on
		switch {
		case problem != nil:
		case verb == VerbReopen:
			var after Request
			if after, problem = s.Reopen(ctx, number, in.Reason, When{}); problem == nil {
				to = after.Number
			}
		default:
			problem = s.perform(ctx, r, verb, number, in)
		}
		switch kind := fault.KindOf(problem); {
		case problem == nil:
			web.Toast(w, r, lang.T(ctx, "request.done."+string(s.meant(verb, in)), "number", Ref(to)), "")
			return web.See(w, r, link(to))
		case kind == fault.Invalid || kind == fault.TooLarge:
			return s.showAgain(w, r, verb, number, in, problem)
		case kind == fault.Conflict && isSpoken(problem):
			return s.showStale(w, r, verb, number, in, problem)
		case kind == fault.Conflict:
			return s.showRefusal(w, r, number, in, problem)
		}
		return problem
	}
}

// meant is the verb of a form: the reply box sends messages and notes to one address.
func (s *Service) meant(verb Verb, in typed) Verb {
	if verb == VerbMessage && in.Kind == "note" {
		return VerbNote
	}
	return verb
}

// perform is the use case of a verb with what the form says.
func (s *Service) perform(ctx context.Context, r *http.Request, verb Verb, number int64, in typed) error {
	files, err := s.uploaded(ctx, r)
	if err != nil {
		return err
	}
	switch s.meant(verb, in) {
	case VerbTake:
		_, err = s.Take(ctx, number, When{})
	case VerbAssign:
		_, err = s.Assign(ctx, number, in.Person, When{Beyond: in.Beyond})
	case VerbPutBack:
		_, err = s.PutBack(ctx, number, When{})
	case VerbDecline:
		_, err = s.Decline(ctx, number, in.Unit, in.Reason, in.Person, When{})
	case VerbHandOver:
		_, err = s.HandOver(ctx, number, cmp.Or(in.Unit, in.Likely), in.Reason, in.Person, When{})
	case VerbSettle:
		_, err = s.Settle(ctx, number, cmp.Or(in.Unit, in.Likely), in.Reason, in.Person, When{})
	case VerbMerge:
		_, err = s.Merge(ctx, number, cmp.Or(strings.TrimSpace(in.Into), in.Likely), in.Text, When{})
	case VerbUnmerge:
		_, err = s.Unmerge(ctx, number, When{})
	case VerbStandIn:
		until, unread := lastMoment(ctx, in.Until)
		_, err = s.NameStandIn(ctx, number, in.Person, until, unread, When{})
	case VerbStandDown:
		_, err = s.StandDown(ctx, number, in.Person, When{})
	case VerbTakeOver:
		_, err = s.TakeOver(ctx, number, in.Person, When{})
	case VerbAsk:
		_, err = s.AskBack(ctx, number, in.Text, files, When{Draft: in.Draft})
	case VerbAnswer:
		var fields map[string]any
		if fields, err = s.corrected(ctx, r, number); err == nil {
			_, err = s.Answer(ctx, number, in.Text, fields, files, When{})
		}
	case VerbDeliver:
		_, err = s.DeliverAll(ctx, number, in.Text, in.Others, files, When{Draft: in.Draft})
	case VerbReturn:
		_, err = s.Return(ctx, number, in.Reason, When{})
	case VerbAccept:
		_, err = s.Accept(ctx, number, When{})
	case VerbRate:
		_, err = s.Rate(ctx, number, Rating{Score: in.Score, Reasons: in.Reasons, Comment: in.Comment, Share: in.Share}, When{})
	case VerbNudge:
		_, err = s.Nudge(ctx, number, in.Text, When{})
	case VerbWithdraw:
		_, err = s.Withdraw(ctx, number, When{})
	case VerbCancel:
		_, err = s.Cancel(ctx, number, in.Reason, When{})
	case VerbMessage:
		if _, err = s.Message(ctx, number, in.Text, files, When{Seen: in.Seen, Draft: in.Draft}); err == nil {
			err = s.countPhrases(ctx, number, in.Phrases)
		}
	case VerbNote:
		if _, err = s.Note(ctx, number, in.Text, files, When{Seen: in.Seen, Draft: in.Draft}); err == nil {
			err = s.countPhrases(ctx, number, in.Phrases)
		}
	case VerbConfirm:
		_, err = s.Confirm(ctx, number, When{})
	case VerbDisown:
		_, err = s.Disown(ctx, number, in.Reason, When{})
	case VerbName:
		_, err = s.Name(ctx, number, in.Person, When{})
	case VerbPropose:
		_, err = s.ProposeDate(ctx, number, typedDate(ctx, in.DueAt, in.Reason), When{})
	case VerbStage:
		_, err = s.SetStage(ctx, number, in.Stage, in.Text, When{})
	case VerbCause:
		_, err = s.StateCause(ctx, number, in.cause(), When{})
	case VerbCauseAgree:
		_, err = s.AgreeCause(ctx, number, in.cause(), When{})
	case VerbCauseDispute:
		_, err = s.DisputeCause(ctx, number, in.cause(), When{})
	case VerbCauseDecide:
		_, err = s.DecideCause(ctx, number, in.cause(), When{})
	case VerbUrgent:
		_, err = s.AskUrgent(ctx, number, in.Reason, When{})
	case VerbGrant:
		_, err = s.GrantUrgent(ctx, number, yesNo(in.Agree), When{})
	case VerbPriority:
		_, err = s.SetPriority(ctx, number, in.Priority, in.Reason, in.Policy, When{})
	case VerbContest:
		_, err = s.Contest(ctx, number, 0, in.Reason, When{})
	case VerbAppeal:
		_, err = s.Appeal(ctx, number, in.Reason, When{})
	case VerbVoid:
		_, err = s.VoidPause(ctx, number, in.Reason, When{})
	case VerbKeep:
		_, err = s.KeepPause(ctx, number, in.Reason, When{})
	case VerbAgree:
		_, err = s.AgreeDate(ctx, number, yesNo(in.Agree), When{})
	}
	return err
}

// corrected are the answers of the form that differ from those given; nil when the form was not touched.
func (s *Service) corrected(ctx context.Context, r *http.Request, number int64) (map[string]any, error) {
	values, files, err := web.Input(r)
	if err != nil || values.Get("correct") == "" {
		return nil, err
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	asked, err := s.formOf(ctx, v.Request)
	if err != nil {
		return nil, err
	}
	return s.answersOf(ctx, asked, values, files)
}

// showAgain is the form of the verb with everything kept and what was wrong.
func (s *Service) showAgain(w http.ResponseWriter, r *http.Request, verb Verb, number int64, in typed, problem error) error {
	ctx := r.Context()
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	errs := ui.ErrorsOf(ctx, problem, labels(ctx))
	if verb == VerbMessage || verb == VerbNote {
		page, err := s.again(ctx, number, in, ui.ErrorsOf(ctx, problem, nil).Sentence(ctx))
		if err != nil {
			return err
		}
		return web.Show(w, r, http.StatusUnprocessableEntity, showPage(page), showContent(page))
	}
	f, err := s.verbForm(ctx, v, verb)
	if err != nil {
		return err
	}
	f.Typed, f.Errors, f.Hold = in, errs, boxOf(verb) != "" && v.mayHold()
	for i := range f.People {
		f.People[i].Selected = f.People[i].Value == in.Person
	}
	for i := range f.Units {
		f.Units[i].Selected = f.Units[i].Value == in.Unit
	}
	for i := range f.Same {
		f.Same[i].Selected = f.Same[i].Value == in.Likely
	}
	for i := range f.Likely {
		f.Likely[i].Selected = f.Likely[i].Value == in.Likely
	}
	if f.Inputs != nil {
		values, _, err := web.Input(r)
		if err != nil {
			return err
		}
		f.Inputs.Raw, f.Inputs.Errors = f.Inputs.Form.Posted(values), errs
	}
	return web.Show(w, r, http.StatusUnprocessableEntity, verbPage(f), verbContent(f))
}

// showRefusal is the page as it now is, with the sentence why the act was refused, and with what had been written for it.
func (s *Service) showRefusal(w http.ResponseWriter, r *http.Request, number int64, in typed, problem error) error {
	ctx := r.Context()
	m, err := s.gather(ctx, number)
	if err != nil {
		return err
	}
	page, err := s.arrange(ctx, m)
	if err != nil {
		return err
	}
	page.Problem, page.Unsent = ui.ErrorsOf(ctx, problem, nil).Form, cmp.Or(in.Text, in.Reason, in.Comment)
	return web.Show(w, r, http.StatusConflict, showPage(page), showContent(page))
}

// isSpoken says that words were refused because somebody else wrote meanwhile, or has their draft in hand.
func isSpoken(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Key == "request.spoken-meanwhile" || strings.HasPrefix(f.Key, "request.draft-"))
}

func me(ctx context.Context) int64 { return actor.From(ctx).Person }
