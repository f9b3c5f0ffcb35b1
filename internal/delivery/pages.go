package delivery

import (
	"context"
	"net/http"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

const uploads = 64 << 20 // bytes of a form with files

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	const standing = "/deliveries/standing"
	routes := []web.Route{
		{Pattern: "GET /deliveries", Action: "delivery.list", Do: s.showList},
		{Pattern: "GET /deliveries/export", Action: "delivery.list", Do: s.showExport},
		{Pattern: "GET /deliveries/month", Action: "delivery.list", Do: s.showMonth},
		{Pattern: "GET /deliveries/push", Action: "delivery.push", Do: s.showPush},
		{Pattern: "POST /deliveries/push", Action: "delivery.push", Do: s.submitPush, MaxBody: uploads},
		{Pattern: "GET " + standing, Action: "delivery.standing", Do: s.showStandings},
		{Pattern: "GET " + standing + "/export", Action: "delivery.standing", Do: s.showStandingsExport},
		{Pattern: "GET " + standing + "/new", Action: "delivery.arrange", Do: s.showNew},
		{Pattern: "POST " + standing, Action: "delivery.arrange", Do: s.submitNew},
		{Pattern: "POST " + standing + "/dates", Action: "delivery.arrange", Do: s.showDates},
		{Pattern: "GET " + standing + "/{number}", Action: "delivery.standing", Do: s.showStanding},
		{Pattern: "GET " + standing + "/{number}/edit", Action: "delivery.arrange", Do: s.showEdit},
		{Pattern: "POST " + standing + "/{number}/edit", Action: "delivery.arrange", Do: s.submitEdit},
		{Pattern: "POST " + standing + "/{number}/state", Action: "delivery.arrange", Do: s.submitState},
		{Pattern: "POST " + standing + "/{number}/say", Action: "delivery.agree", Do: s.submitSay},
		{Pattern: "GET /deliveries/{number}", Action: "delivery.see", Do: s.showOne},
		{Pattern: "GET /deliveries/{number}/{verb}", Action: "delivery.see", Do: s.showVerb},
	}
	for _, v := range Verbs {
		routes = append(routes, web.Route{Pattern: "POST /deliveries/{number}/" + string(v), Action: action(v), Do: s.submitVerb(v), MaxBody: uploads})
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
	VerbDeliver:    {"package-export", true, true},
	VerbReturn:     {"arrow-back-up", true, false},
	VerbAccept:     {"circle-check", false, false},
	VerbRate:       {"star", true, false},
	VerbSkip:       {"ban", true, false},
	VerbAskSkip:    {"ban", true, false},
	VerbRefuseSkip: {"arrow-back-up", true, false},
	VerbContest:    {"alert-triangle", true, false},
	VerbUphold:     {"circle-check", true, false},
	VerbDrop:       {"ban", true, false},
	VerbCancel:     {"ban", true, false},
}

// rank orders the buttons; the first that the reader may press is the primary one, when it is of the first group.
var rank = []Verb{VerbDeliver, VerbAccept, VerbRate, VerbUphold, VerbDrop, VerbReturn, VerbContest, VerbRefuseSkip, VerbSkip, VerbAskSkip, VerbCancel}

const primaries = 3

// act is one button of the page.
type act struct {
	Verb              Verb
	Label, Icon, Href string
	Words, Primary    bool
}

// acts are the buttons for what the reader may do, the primary one first.
func acts(ctx context.Context, v View) []act {
	var out []act
	for i, verb := range rank {
		if !v.May(verb) || verb == VerbSkip && v.Side == ProviderSide {
			continue
		}
		label := lang.T(ctx, "delivery.verb."+string(verb))
		if verb == VerbSkip && v.SkipAsked {
			label = lang.T(ctx, "delivery.verb.skip-agree")
		}
		out = append(out, act{Verb: verb, Label: label, Icon: looks[verb].icon, Href: link(v.Number) + "/" + string(verb),
			Words: looks[verb].words, Primary: i < primaries && len(out) == 0})
	}
	return out
}

// stateTag is a state as lists and pages show it: a shape, a word, a tone.
func stateTag(ctx context.Context, s State) ui.TagProps {
	tone, icon := "", "progress"
	switch s {
	case StateDelivered:
		tone, icon = "accent", "package"
	case StateReturned:
		tone, icon = "warn", "arrow-back-up"
	case StateAccepted:
		tone, icon = "good", "circle-check"
	case StateContested:
		tone, icon = "warn", "alert-triangle"
	case StateDropped, StateSkipped, StateCancelled, StateMissed:
		tone, icon = "na", "ban"
	}
	return ui.TagProps{Text: lang.T(ctx, "delivery.state."+string(s)), Icon: icon, Tone: tone}
}

func numberOf(r *http.Request) (int64, error) { return ParseRef(r.PathValue("number")) }

// labels are the names of the fields in the summary of errors.
func labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"text", "reason", "quantity", "score", "comment", "files", "title", "service", "customer_unit", "provider", "receiver", "deliverable",
		"criterion", "every", "on", "at", "month", "shift", "lead", "accept_days", "from", "until", "assignee", "customers"} {
		out[name] = lang.T(ctx, "delivery.field."+name)
	}
	return out
}
