package request

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

const uploads = 64 << 20 // bytes of a form with files

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET /requests", Action: "request.list", Do: s.showList},
		{Pattern: "GET /requests/export", Action: "request.list", Do: s.showListExport},
		{Pattern: "GET /queue/export", Action: "request.queue", Do: s.showQueueExport},
		{Pattern: "GET /requests/new", Action: "request.open", Do: s.showPick},
		{Pattern: "GET /requests/new/{code}", Action: "request.open", Do: s.showAsk},
		{Pattern: "POST /requests", Action: "request.open", Do: s.submitAsk, MaxBody: uploads},
		{Pattern: "POST /requests/drafts", Action: "request.open", Do: s.submitDraft, MaxBody: uploads},
		{Pattern: "POST /requests/drafts/discard", Action: "request.open", Do: s.submitDiscard},
		{Pattern: "GET /requests/log", Action: "request.log", Do: s.showLog},
		{Pattern: "POST /requests/log", Action: "request.log", Do: s.submitLog},
		{Pattern: "GET /requests/{number}", Action: "request.see", Do: s.showOne},
		{Pattern: "GET /requests/{number}/{verb}", Action: "request.see", Do: s.showVerb},
		{Pattern: "POST /requests/{number}/watch", Action: "request.watch", Do: s.submitWatch},
		{Pattern: "GET /reports/attainment", Action: "report.see", Do: s.showAttainment},
		{Pattern: "GET /reports/attainment/export", Action: "report.see", Do: s.showAttainmentExport},
		{Pattern: "GET /reports/handling", Action: "report.see", Do: s.showHandling},
		{Pattern: "GET /reports/handling/export", Action: "report.see", Do: s.showHandlingExport},
		{Pattern: "GET /breaches", Action: "request.list", Do: s.showBreaches},
		{Pattern: "GET /breaches/export", Action: "request.list", Do: s.showBreachesExport},
		{Pattern: "POST /requests/{number}/watchers", Action: "request.let-watch", Do: s.submitLetWatch},
		{Pattern: "POST /requests/{number}/split", Action: "request.split", Do: s.submitSplit},
		{Pattern: "POST /requests/{number}/links", Action: "request.link", Do: s.submitLink},
		{Pattern: "POST /requests/{number}/end-parts", Action: "request.split", Do: s.submitEndParts},
		{Pattern: "POST /requests/{number}/drafts", Action: "request.draft", Do: s.submitHeld},
		{Pattern: "POST /requests/{number}/here", Action: "request.note.see", Do: s.showHere},
		{Pattern: "GET /phrases/find", Action: "phrase.find", Do: s.showSayings},
		{Pattern: "GET /queue", Action: "request.queue", Do: s.showQueue},
		{Pattern: "GET /capacity", Action: "request.capacity", Do: s.showCapacities},
		{Pattern: "GET /capacity/{unit}", Action: "request.capacity", Do: s.showCapacity},
		{Pattern: "GET /queue/load", Action: "request.load", Do: s.showHands},
		{Pattern: "POST /queue/load", Action: "request.limit", Do: s.submitLimits},
	}
	routes = append(routes, s.bulkRoutes()...)
	for _, v := range Verbs {
		if v == VerbSplit { // several at once
			continue
		}
		routes = append(routes, web.Route{Pattern: "POST /requests/{number}/" + string(v), Action: action(v), Do: s.submitVerb(v), MaxBody: uploads})
	}
	return routes
}

// look is how the page speaks of a verb.
type look struct {
	icon  string
	words bool // it takes more than a click: a dialog, or a page of its own without a script
	files bool
}

var looks = map[Verb]look{
	VerbTake:     {"user-check", false, false},
	VerbAssign:   {"user-plus", true, false},
	VerbDecline:  {"transfer-out", true, false},
	VerbHandOver: {"transfer-out", true, false},
	VerbSettle:   {"gavel", true, false},
	VerbSplit:    {"git-branch", true, false},
	VerbStandIn:  {"user-plus", true, false}, VerbStandDown: {"user", false, false}, VerbTakeOver: {"transfer-out", true, false},
	VerbMerge: {"git-branch", true, false}, VerbUnmerge: {"arrow-back-up", false, false}, VerbTakeIn: {"git-branch", false, false}, VerbLetGo: {"arrow-back-up", false, false},
	VerbAsk:      {"message-question", true, true},
	VerbAnswer:   {"message-reply", true, true},
	VerbDeliver:  {"package-export", true, true},
	VerbReturn:   {"arrow-back-up", true, false},
	VerbAccept:   {"circle-check", false, false},
	VerbRate:     {"star", true, false},
	VerbNudge:    {"bell", false, false},
	VerbConfirm:  {"circle-check", false, false},
	VerbDisown:   {"circle-x", true, false},
	VerbWithdraw: {"arrow-back-up", true, false},
	VerbCancel:   {"ban", true, false},
	VerbName:     {"user-plus", true, false},
	VerbPropose:  {"calendar-event", true, false},
	VerbAgree:    {"calendar-event", true, false},
	VerbStage:    {"flag", true, false},
	VerbReopen:   {"refresh", true, false},
	VerbPutBack:  {"arrow-back-up", false, false},
	VerbRecur:    {"refresh", false, false},
	VerbCause:    {"clock-exclamation", true, false}, VerbCauseAgree: {"circle-check", false, false},
	VerbUrgent: {"alert-triangle", true, false}, VerbGrant: {"alert-triangle", true, false}, VerbPriority: {"alert-triangle", true, false},
	VerbCauseDispute: {"message-question", true, false}, VerbCauseDecide: {"checkbox", true, false},
	VerbContest: {"player-pause", true, false}, VerbAppeal: {"users", true, false}, VerbVoid: {"x", true, false}, VerbKeep: {"circle-check", true, false},
}

// rank orders the buttons; the first that the reader may press is the primary one, when it is of the first group.
var rank = []Verb{VerbTake, VerbAnswer, VerbConfirm, VerbAgree, VerbAccept, VerbRate, VerbDeliver,
	VerbSettle,
	VerbAsk, VerbStage, VerbPropose, VerbAssign, VerbHandOver, VerbPutBack, VerbSplit, VerbUnmerge, VerbMerge, VerbDecline, VerbReturn, VerbNudge, VerbReopen, VerbGrant, VerbUrgent, VerbPriority,
	VerbCauseDecide, VerbCause, VerbCauseAgree, VerbCauseDispute, VerbVoid, VerbKeep, VerbAppeal, VerbContest, VerbName, VerbStandIn, VerbStandDown, VerbTakeOver, VerbDisown, VerbWithdraw, VerbCancel}

const primaries = 7

// act is one button of the page.
type act struct {
	Verb    Verb
	Label   string
	Icon    string
	Href    string // the verb's own page
	Post    string // where it is sent
	Words   bool   // it takes more than a click
	Opens   string // id of its dialog on the page
	Primary bool
}

// acts are the buttons for what the reader may do, the primary one first.
func acts(ctx context.Context, v View) []act {
	var out []act
	for i, verb := range rank {
		if !v.May(verb) {
			continue
		}
		href := link(v.Number) + "/" + string(verb)
		a := act{Verb: verb, Label: lang.T(ctx, "request.verb."+string(verb)), Icon: looks[verb].icon, Href: href, Post: href,
			Words: v.takesWords(verb), Primary: i < primaries && len(out) == 0}
		switch {
		case verb == VerbRate: // its card stands on the page
			a.Href = "#rate"
		case verb != VerbSplit && a.Words:
			a.Opens = "d-" + string(verb)
		}
		out = append(out, a)
	}
	return out
}

// takesWords says whether a verb takes more than a click: to accept a cause does when several wait for that.
func (v View) takesWords(verb Verb) bool {
	if verb != VerbCauseAgree {
		return looks[verb].words
	}
	n := 0
	for _, b := range v.Breaches {
		if slices.Contains(causeVerbs[verb], b.State) {
			n++
		}
	}
	return n > 1
}

// stateTag is a state as lists and pages show it: a shape, a word, a tone.
func stateTag(ctx context.Context, s State) ui.TagProps {
	tone, icon := "", "progress"
	switch s {
	case StateNew:
		tone, icon = "accent", "sparkles"
	case StateWaiting:
		tone, icon = "line", "player-pause"
	case StateDelivered:
		tone, icon = "accent", "package"
	case StateDone:
		tone, icon = "good", "circle-check"
	case StateWithdrawn, StateCancelled:
		tone, icon = "na", "ban"
	}
	return ui.TagProps{Text: lang.T(ctx, "request.state."+string(s)), Icon: icon, Tone: tone}
}

func numberOf(r *http.Request) (int64, error) { return ParseRef(r.PathValue("number")) }
