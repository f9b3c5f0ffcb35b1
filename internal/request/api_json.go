package request

import (
	"context"
	"encoding/json"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/org"
	"neike/internal/talk"
)

// requestJSON is a request on the wire. Units are codes, people 工号.
type requestJSON struct {
	Number       string          `json:"number" example:"R-1024"`
	State        State           `json:"state" enum:"new,working,waiting,delivered,done,withdrawn,cancelled"`
	Title        string          `json:"title"`
	Service      string          `json:"service" example:"hr.onboard"`
	ServiceName  lang.Text       `json:"service_name"`
	ProviderUnit string          `json:"provider_unit" doc:"The unit that owes the result"`
	HoldingUnit  string          `json:"holding_unit" doc:"The unit that has it in hand"`
	CustomerUnit string          `json:"customer_unit"`
	AskedBy      string          `json:"asked_by" doc:"工号"`
	AskedByName  string          `json:"asked_by_name"`
	OnBehalfOf   *string         `json:"on_behalf_of" doc:"工号; null: the asker's own"`
	Assignee     *string         `json:"assignee" doc:"工号; null: nobody yet"`
	AssigneeAway bool            `json:"assignee_away,omitempty" doc:"The assignee is away now; their deputy may act"`
	AssigneeName *string         `json:"assignee_name"`
	Confidential bool            `json:"confidential"`
	Named        []string        `json:"named,omitempty" doc:"Of a confidential request: who was named, by 工号"`
	Fields       json.RawMessage `json:"fields" doc:"Answers of the service's form"`
	OpenedAt     time.Time       `json:"opened_at"`
	RespondedAt  *time.Time      `json:"responded_at"`
	TakenAt      *time.Time      `json:"taken_at"`
	DeliveredAt  *time.Time      `json:"delivered_at"`
	DoneAt       *time.Time      `json:"done_at"`
	ClosedAt     *time.Time      `json:"closed_at"`
	RespondDueAt *time.Time      `json:"respond_due_at"`
	DueAt        *time.Time      `json:"due_at"`
	ReplySince   *time.Time      `json:"reply_since,omitempty" doc:"Since when the customer waits for an answer to its next word; left out: it does not, or nothing is promised of it"`
	ReplyDueAt   *time.Time      `json:"reply_due_at,omitempty" doc:"By when that is answered"`
	Place        *spotJSON       `json:"place,omitempty" doc:"Where it was asked from"`
	PartOf       *linkedJSON     `json:"part_of,omitempty" doc:"The request that it is a part of"`
	Parts        []linkedJSON    `json:"parts,omitempty" doc:"What it was split into, as far as the caller may know of it"`
	StandIns     []standInJSON   `json:"stand_ins,omitempty" doc:"Who acts in the place of its customer"`
	MergedInto   *linkedJSON     `json:"merged_into,omitempty" doc:"The request that it goes along with; number and title are null when the caller may not see that one"`
	Duplicate    bool            `json:"duplicate,omitempty" doc:"The customer of that one asked for it, too: left out of the counts, accepted and rated with that one"`
	MergeUndo    *time.Time      `json:"merge_undo_until,omitempty" doc:"To the serving side: until when the merge may be taken back"`
	Merged       []linkedJSON    `json:"merged,omitempty" doc:"Those that go along with it, as far as the caller may know of them"`
	Links        []tiedJSON      `json:"links,omitempty" doc:"Requests that it belongs together with and that the caller may see"`
	PartsOpen    int             `json:"parts_open" doc:"Parts that have not ended: it cannot be delivered before"`
	Returns      int             `json:"returns"`
	HandOvers    int             `json:"hand_overs" doc:"How often a unit handed it over to another; declines are not counted"`
	CameBack     int             `json:"came_back" doc:"How often it came back to a unit that had it before"`
	Unsettled    bool            `json:"unsettled" doc:"Handed over so often that the quality office, of a confidential one a security officer, is to decide who does it"`
	Nudges       int             `json:"nudges"`
	Rated        bool            `json:"rated"`
	Rating       *ratingJSON     `json:"rating,omitempty" doc:"The caller's own"`
	Heard        []heardJSON     `json:"heard,omitempty" doc:"To the serving side: what customers let it read of their ratings; never a score"`
	Imported     bool            `json:"imported"`
	External     *string         `json:"external,omitempty" doc:"Number in the system it was imported from"`
	LoggedBy     *string         `json:"logged_by,omitempty" doc:"工号 of the agent who wrote it down for the customer"`
	Via          string          `json:"via,omitempty" doc:"How it reached that agent: phone, chat, counter"`
	ConfirmedAt  *time.Time      `json:"confirmed_at,omitempty" doc:"Since when the customer stands by what was written down"`
	Proposal     *proposalJSON   `json:"proposal,omitempty" doc:"A date that the provider proposes and the customer has not answered"`
	Renegotiated int             `json:"renegotiated,omitempty" doc:"How many dates were agreed on"`
	OriginalDue  *time.Time      `json:"original_due_at,omitempty" doc:"When it was due before any date was agreed on"`
	Priority     string          `json:"priority,omitempty" enum:"wanted,urgent" doc:"urgent; wanted: its customer's head has not agreed; left out: usual"`
	Breaches     []breachJSON    `json:"breaches,omitempty" doc:"Late clocks with what is said of their causes"`
	Stage        *stageJSON      `json:"stage,omitempty" doc:"How far the work is, of the stages of its service"`
	Contest      string          `json:"contest,omitempty" enum:"head,kept,quality" doc:"Where a contested pause stands"`
	PausedShare  float64         `json:"paused_share,omitempty" doc:"How much of the completion's time was paused"`
	Reopens      int             `json:"reopens,omitempty" doc:"How often it went on after acceptance"`
	AgainOf      *string         `json:"again_of,omitempty" doc:"The request that it repeats"`
	Again        []string        `json:"again,omitempty" doc:"The requests that repeat it"`
	Silent       bool            `json:"accepted_by_house,omitempty" doc:"Its customer said nothing, the house accepted"`
	AcceptBy     *time.Time      `json:"accepted_by_house_at,omitempty" doc:"When the house accepts it unless the customer does something"`
	Clocks       []clockJSON     `json:"clocks"`
	Verbs        []Verb          `json:"verbs" doc:"What the caller may do now"`
}

// stageJSON is a stage of a service on the wire.
type stageJSON struct {
	Code  string    `json:"code" example:"s2"`
	Name  lang.Text `json:"name"`
	Waits bool      `json:"waits,omitempty" doc:"For somebody other than the customer"`
}

func stageWire(service *catalog.Service, code string) *stageJSON {
	if service == nil {
		return nil
	}
	x, ok := service.StageOf(code)
	if !ok {
		return nil
	}
	return &stageJSON{x.Code, x.Name, x.Waits}
}

// breachJSON is a late clock with what is said of its cause.
type breachJSON struct {
	Clock   string  `json:"clock" enum:"completion,first_response,next_response"`
	Turn    int     `json:"turn,omitempty" doc:"Of next_response: which turn"`
	Unit    string  `json:"unit" doc:"Had it in hand when it became late"`
	State   string  `json:"state" enum:"asked,stated,disputed,settled"`
	Cause   *Cause  `json:"cause" doc:"own, customer, third, force; null: nobody has said"`
	Third   *string `json:"third" doc:"third: code of that unit"`
	Excused bool    `json:"excused" doc:"Left out of the unit's score; the fact stays"`
}

// breachJSON is the breach on the wire.
func (v View) breachJSON(b Breach) breachJSON {
	out := breachJSON{Clock: b.Clock, Turn: b.Turn, Unit: unitCode(v.Tree, b.Unit), State: b.State, Excused: b.Excused}
	if b.Cause != "" {
		out.Cause = &b.Cause
	}
	if b.Third != 0 {
		out.Third = words(unitCode(v.Tree, b.Third))
	}
	return out
}

// proposalJSON is an open proposal of another date.
type proposalJSON struct {
	DueAt          time.Time  `json:"due_at"`
	Reason         string     `json:"reason"`
	By             *string    `json:"by" doc:"工号"`
	ByName         *string    `json:"by_name"`
	At             time.Time  `json:"at"`
	InWorkingTime  bool       `json:"in_working_time" doc:"Of the request's calendar"`
	NextOpening    *time.Time `json:"next_opening" doc:"null: the date lies in working time"`
	WorkingSeconds int64      `json:"working_seconds" doc:"Working time from now to the date"`
	Says           string     `json:"says" doc:"Where the date lies, in words"`
}

// clockJSON is a clock on the wire.
type clockJSON struct {
	Name           string         `json:"name" doc:"By which it can be asked for: completion, first_response, next_response:2, hop:finance"`
	Kind           string         `json:"kind" enum:"first_response,completion,next_response" doc:"next_response: the running or last turn of the customer's words"`
	Scope          string         `json:"scope" enum:"customer,hop"`
	Unit           string         `json:"unit"`
	Calendar       string         `json:"calendar"`
	State          string         `json:"state" enum:"running,paused,met,breached,cancelled"`
	StartedAt      time.Time      `json:"started_at"`
	DueAt          *time.Time     `json:"due_at" doc:"null: no target"`
	EndedAt        *time.Time     `json:"ended_at"`
	TargetSeconds  *int64         `json:"target_seconds" doc:"null: no target"`
	ElapsedSeconds int64          `json:"elapsed_seconds"`
	PausedSeconds  int64          `json:"paused_seconds"`
	AgreedDueAt    *time.Time     `json:"agreed_due_at,omitempty" doc:"The date that both sides agreed on"`
	OriginalDueAt  *time.Time     `json:"original_due_at,omitempty" doc:"When it would be due without that"`
	Turn           int            `json:"turn,omitempty" doc:"Of a next_response: which of the turns it is, from 1"`
	OriginalState  string         `json:"original_state,omitempty" doc:"What it would be without that"`
	Provisional    bool           `json:"provisional" doc:"The due time reaches into a year whose days are not settled"`
	Intervals      []intervalJSON `json:"intervals,omitempty"`
}

// intervalJSON is a stretch of a clock with its reason.
type intervalJSON struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Kind    string    `json:"kind" enum:"counted,off_hours,holiday,paused,delivered,other_unit,restarted"`
	Seconds int64     `json:"seconds"`
	Reason  string    `json:"reason"`
}

// ratingJSON is the caller's own rating.
type ratingJSON struct {
	Score   int       `json:"score"`
	Reasons []string  `json:"reasons"`
	Comment string    `json:"comment"`
	Share   bool      `json:"share"`
	At      time.Time `json:"at"`
}

// heardJSON is what a customer lets the serving side read.
type heardJSON struct {
	Reasons []string  `json:"reasons"`
	Comment string    `json:"comment"`
	At      time.Time `json:"at"`
}

// eventJSON is one line of the timeline.
type eventJSON struct {
	N        int       `json:"n"`
	At       time.Time `json:"at"`
	Kind     Verb      `json:"kind"`
	Side     Side      `json:"side" enum:"customer,provider,house"`
	By       *string   `json:"by" doc:"工号; null: the house"`
	ByName   *string   `json:"by_name"`
	For      *string   `json:"for,omitempty" doc:"工号 of who was away: done in their place by a deputy"`
	ForName  *string   `json:"for_name,omitempty"`
	Unit     string    `json:"unit" doc:"Holding unit after the event"`
	Person   *string   `json:"person,omitempty" doc:"assign, take, name: whom it concerns"`
	Reason   string    `json:"reason,omitempty"`
	Text     string    `json:"text,omitempty"`
	Imported bool      `json:"imported,omitempty"`

	Files []talk.AttachedFile `json:"files,omitempty" doc:"What came with the words"`

	// A calendar was published that moved the due time.
	DueFrom *time.Time `json:"due_from,omitempty" doc:"due: the due time before; propose-date, agree-date: the due time then"`
	DueTo   *time.Time `json:"due_to,omitempty" doc:"due: the due time since; propose-date: the date proposed; agree-date: the date agreed on, null when not"`
}

func moment1(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func words(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func unitCode(tree *org.Tree, id int64) string {
	u, _ := tree.ByID(id)
	return u.Code
}

func (v View) no(person int64) *string { return words(v.People[person].No) }

func (v View) name(ctx context.Context, person int64) *string {
	p := v.People[person]
	return words(p.Plain(ctx))
}

// json is the view on the wire.
func (s *Service) json(ctx context.Context, v View) (requestJSON, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return requestJSON{}, err
	}
	out := requestJSON{
		Number: v.Ref(), State: v.State, Title: v.Title,
		ProviderUnit: unitCode(v.Tree, v.Provider), HoldingUnit: unitCode(v.Tree, v.Unit), CustomerUnit: unitCode(v.Tree, v.Customer),
		AskedBy: v.People[v.AskedBy].No, AskedByName: v.People[v.AskedBy].Plain(ctx), OnBehalfOf: v.no(v.For), LoggedBy: v.no(v.LoggedBy), Via: v.Via, ConfirmedAt: moment1(v.ConfirmedAt),
		Assignee: v.no(v.Assignee), AssigneeName: v.name(ctx, v.Assignee), AssigneeAway: v.Away && v.State.Open(),
		Confidential: v.Confidential, Fields: json.RawMessage(v.Fields),
		OpenedAt: v.OpenedAt, RespondedAt: moment1(v.RespondedAt), TakenAt: moment1(v.TakenAt), DeliveredAt: moment1(v.DeliveredAt),
		DoneAt: moment1(v.DoneAt), ClosedAt: moment1(v.ClosedAt), RespondDueAt: moment1(v.ResponseDue), DueAt: moment1(v.Due), ReplySince: moment1(v.ReplySince), ReplyDueAt: moment1(v.ReplyDue),
		HandOvers: v.HandOvers, CameBack: v.CameBack, Unsettled: v.Unsettled(),
		Returns: v.Returns, Nudges: v.Nudges, Rated: v.Rated, Imported: v.Imported, External: words(v.External),
		Clocks: make([]clockJSON, 0, len(v.Clocks)), Verbs: v.Verbs,
	}
	out.Place = spotWire(v.Place)
	if service, ok := snap.ByID(v.Service); ok {
		out.Service, out.ServiceName = service.Code, service.Name
	}
	for _, p := range v.Named {
		out.Named = append(out.Named, v.People[p].No)
	}
	for _, c := range v.Clocks {
		out.Clocks = append(out.Clocks, clockOf(v.Tree, c))
	}
	if v.Own != nil {
		out.Rating = &ratingJSON{v.Own.Score, v.Own.Reasons, v.Own.Comment, v.Own.Share, v.Own.At}
	}
	for _, g := range v.Heard {
		out.Heard = append(out.Heard, heardJSON{g.Reasons, g.Comment, g.At})
	}
	out.Reopens, out.Silent, out.AcceptBy, out.AgainOf, out.Again = v.Reopens, v.Silent, moment1(v.AcceptBy), words(v.Repeats), v.again()
	out.Priority = v.Priority
	out.Stage = stageWire(v.service, v.Stage)
	out.Contest, out.PausedShare = v.Contest, pausedShare(v.PausedTook, v.CompletionTook)
	for _, b := range v.Breaches {
		out.Breaches = append(out.Breaches, v.breachJSON(b))
	}
	out.Renegotiated, out.OriginalDue = v.Agreed, moment1(v.OriginalDue)
	if p, open, err := s.proposalOf(ctx, v); err != nil {
		return out, err
	} else if open {
		out.Proposal = &proposalJSON{p.DueTo, p.Why, v.no(p.Actor), v.name(ctx, p.Actor), p.At, p.Open, moment1(p.Opens), p.Working, p.lies(ctx)}
	}
	if err := s.togetherWire(ctx, v, &out); err != nil {
		return out, err
	}
	out.PartsOpen = v.PartsOpen
	if v.Whole != nil {
		whole := linkedWire(v.Tree, *v.Whole)
		out.PartOf = &whole
	}
	for _, l := range v.Split {
		out.Parts = append(out.Parts, linkedWire(v.Tree, l))
	}
	if out.Verbs == nil {
		out.Verbs = []Verb{}
	}
	return out, nil
}

func clockOf(tree *org.Tree, c clock.State) clockJSON {
	out := clockJSON{Name: clockName(tree, c), Kind: c.Kind, Scope: c.Scope, Unit: unitCode(tree, c.Unit), Calendar: c.Calendar, State: c.State,
		StartedAt: c.StartedAt, DueAt: moment1(c.DueAt), EndedAt: moment1(c.EndedAt),
		ElapsedSeconds: c.ElapsedSeconds(), PausedSeconds: c.PausedSeconds(), Provisional: c.Provisional, Turn: c.Turn}
	if !c.AgreedDue.IsZero() {
		out.AgreedDueAt, out.OriginalDueAt, out.OriginalState = moment1(c.AgreedDue), moment1(c.OriginalDue), c.OriginalState
	}
	if c.HasTarget() {
		target := c.TargetSeconds()
		out.TargetSeconds = &target
	}
	return out
}

// intervalsOf are the intervals of a clock in the reader's words.
func intervalsOf(ctx context.Context, list []calendar.Interval) []intervalJSON {
	out := make([]intervalJSON, 0, len(list))
	for _, in := range list {
		out = append(out, intervalJSON{in.From, in.To, in.Kind, in.Seconds, in.Reason.In(ctx)})
	}
	return out
}

// timelineOf is the log of a view; said are the messages that the reader may read, by their id.
func (v View) timelineOf(ctx context.Context, said map[int64]talk.Entry) []eventJSON {
	out := make([]eventJSON, 0, len(v.Log))
	for i, e := range v.Log {
		text := said[e.Message].Text
		if e.Kind == VerbDue || e.Kind == VerbRetarget {
			text, e.Why = v.dues[e.N], ""
		}
		if e.Kind == VerbPropose || e.Kind == VerbAgree {
			text = dateText(ctx, v, e)
		}
		out = append(out, eventJSON{N: i + 1, // without gaps: where a note was is not told
			At: e.At, Kind: e.Kind, Side: e.Side, By: v.no(e.Actor), ByName: v.name(ctx, e.Actor), For: v.no(e.For), ForName: v.name(ctx, e.For),
			Unit: unitCode(v.Tree, e.Unit), Person: v.no(e.Person), Reason: e.Why, Text: text, Files: said[e.Message].Told(), Imported: e.Imported,
			DueFrom: moment1(e.DueFrom), DueTo: moment1(e.DueTo)})
	}
	return out
}
