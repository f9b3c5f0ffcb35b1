package proofs_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/web"
)

// sent is what is sent where an empty form would not reach the question of who may, and to what the sender then stands in
// which relation.
var sent = map[string]struct {
	form string
	set  func(player) access.Set // nil: the house
}{
	"POST /requests":                            {"service=finance.advance", nil},
	"POST /requests/drafts":                     {"service=finance.advance", nil},
	"GET /problems/new":                         {"", inFinance},
	"POST /problems":                            {"", inFinance},
	"POST /standards/confirm":                   {"unit=finance", toService},
	"POST /queue/load":                          {"unit=finance", toUnit},
	"POST /units/{code}/routing":                {"do=discard", nil},
	"POST /articles/{number}/solved":            {"ask=finance.expense&key=k", nil},
	"POST /api/v1/articles/{number}/count":      {`{"service": "finance.expense", "what": "shown"}`, nil},
	"POST /repeats/{number}/date":               {"slot=2026-12&do=skip", nil},
	"POST /repeats/{number}/state":              {"to=pause", nil},
	"POST /units/{code}/routing/dry-run":        {"", toService},
	"POST /api/v1/units/{code}/routing/dry-run": {"", toService},
	"GET /standards/ladder":                     {"", ofTheCompany},
	"POST /standards/ladder":                    {"", ofTheCompany},
	"GET /api/v1/ladder":                        {"", ofTheCompany},
	"PUT /api/v1/ladder":                        {"", ofTheCompany},
	"POST /queue/move":                          {"", nobodys}, // of a request on the board: the room's own tests move some
	"POST /services/{code}/form/field":          {"type=text", nil},
	"POST /services/{code}/form":                {"do=up:nothing", nil},
	"GET /queue/done":                           {"", nobodys}, // nothing was done to many: the room's own tests do
	"POST /queue/undo":                          {"", nobodys},
	"POST /api/v1/queue/undo":                   {"{\"id\":\"1\"}", nobodys},
	"POST /api/v1/views/{id}/change":            {"{\"do\":\"up\"}", nil},

	"GET /insight/cost/assumptions":        {"", ofTheCompany},
	"POST /insight/cost/assumptions":       {"", ofTheCompany},
	"PUT /api/v1/reports/cost/assumptions": {`{"items":[]}`, ofTheCompany},

	"GET /measures/new":  {"", ofTheCompany},
	"POST /measures/new": {"", ofTheCompany},

	"POST /relations/{provider}/{customer}/standing":        {"", toRelation},
	"POST /api/v1/relations/{provider}/{customer}/standing": {"", toRelation},
	"GET /relations/{provider}/{customer}/account":          {"", toItsAccount},
	"GET /api/v1/relations/{provider}/{customer}/account":   {"", toItsAccount},
	"GET /api/v1/relations/{provider}/{customer}/health":    {"", toItsAccount},
	"GET /relations/{provider}/{customer}/ratings":          {"", toItsAccount},
	"GET /api/v1/relations/{provider}/{customer}/ratings":   {"", toItsAccount},
	"POST /settings/disclosure":                             {"", ofTheCompany},
	"PUT /api/v1/disclosure":                                {`{"least":5}`, ofTheCompany},

	"PUT /api/v1/relations/{provider}/{customer}/agreement": {"", toRelation},
	"GET /agreements/{number}/edit":                         {"", toRelation},
	"POST /agreements/{number}/edit":                        {"", toRelation},
	"POST /agreements/{number}/sign":                        {"side=customer", toAsk},
	"POST /api/v1/agreements/{number}/sign":                 {`{"side":"customer"}`, toAsk},
	"POST /agreements/{number}/object":                      {"side=customer", toAsk},
	"POST /api/v1/agreements/{number}/object":               {`{"side":"customer","text":""}`, toAsk},
	"POST /agreements/{number}/review":                      {"side=customer", toAsk},
	"POST /api/v1/agreements/{number}/comments":             {`{"side":"customer","quarter":"2026-Q3","text":""}`, toAsk},
	"POST /agreements/{number}/drop":                        {"revision=99", toRelation},
	"POST /api/v1/agreements/{number}/drop":                 {"", toRelation},
	"POST /agreements/{number}/end":                         {"", toRelation},
	"POST /api/v1/agreements/{number}/end":                  {"", toRelation},

	"GET /relations/{provider}/{customer}/expectations":         {"", toItsNumbers},
	"POST /relations/{provider}/{customer}/expectations":        {"", toExpect},
	"POST /api/v1/relations/{provider}/{customer}/expectations": {"", toExpect},
	"POST /expectations/{id}":                                   {"", toExpect},
	"PUT /api/v1/expectations/{id}":                             {"", toExpect},
	"POST /expectations/{id}/withdraw":                          {"", toExpect},
	"POST /api/v1/expectations/{id}/withdraw":                   {"", toExpect},
	"POST /expectations/{id}/answer":                            {"", toService},
	"POST /api/v1/expectations/{id}/answer":                     {"", toService},
	"GET /relations/workshop/new":                               {"", ofTheCompany},
	"POST /relations/workshop/new":                              {"", ofTheCompany},
	"POST /api/v1/workshops":                                    {"", ofTheCompany},
	"POST /workshops/{id}/close":                                {"", ofTheCompany},
	"POST /api/v1/workshops/{id}/close":                         {"", ofTheCompany},
}

// object stands for the parameters of addresses that are not about requests: what is there, what is not, and what
// somebody is to it.
type object struct {
	prefix string // of the pattern, without /api/v1 unless it stands for programs alone
	there  string // joined by / where there are two; a key of stage.made for an id
	set    func(player) access.Set
	also   string // a second action that must be allowed
}

func everybody(player) access.Set    { return access.Everyone }
func nobodys(player) access.Set      { return 0 }
func toService(p player) access.Set  { return p.service | access.Everyone }
func toAccount(p player) access.Set  { return p.account | access.Everyone }
func toTheHouse(p player) access.Set { return p.house | access.Everyone }

// ofTheCompany is what somebody is to what holds for all sites.
func ofTheCompany(p player) access.Set {
	if p.no == "1310" { // the quality office of one site
		return access.Everyone
	}
	return toTheHouse(p)
}

// inFinance is toService for what the people of the unit do themselves, and not those above it.
func inFinance(p player) access.Set {
	if p.no == "1000" || p.no == "1100" {
		return access.Everyone
	}
	return toService(p)
}

// toOwn is what somebody is to what 3002 keeps for 3002 alone.
func toOwn(p player) access.Set {
	if p.no == "3002" {
		return access.Everyone
	}
	return 0
}

// toUnit is what somebody is to the unit finance: its people, who heads it or one above, its secretary, the offices.
func toUnit(p player) access.Set {
	set := p.account | access.Everyone
	if p.unit == "finance" {
		set |= access.Member
	}
	return set
}

// toPhrases is what somebody is to what finance says often.
func toPhrases(p player) access.Set { return toUnit(p) | p.service&access.Agent }

// toShift is what somebody is to a shift of 2008 in finance.
func toShift(p player) access.Set {
	if p.no == "2008" {
		return toUnit(p) | access.Self
	}
	return toUnit(p)
}

// fromAbove is what somebody is to the question who heads finance for a time: whoever heads it, or stands in for its
// head, does not name who acts in that place.
func fromAbove(p player) access.Set {
	if p.no == "2001" || p.no == "2007" {
		return access.Everyone
	}
	return p.account | access.Everyone
}

// toDelivery is what somebody is to what finance brings to project: as to a request between the two that nobody has asked
// or taken.
func toDelivery(p player) access.Set {
	own := access.Asked | access.DeputyAsks | access.Delegate | access.Assignee | access.DeputyServes | access.Watcher | access.InsideWatcher
	set := p.is[plain]&^own | access.Everyone
	if p.unit == "project" {
		set |= access.SameUnit
	}
	return set
}

// toRelation is what somebody may say of the relation of finance to project: who heads either side, or one above it, and the
// quality offices.
func toRelation(p player) access.Set {
	return access.Everyone | (toDelivery(p)|p.service)&access.Head | (p.service|p.house)&access.Quality
}

// toAsk is what somebody may say for project in it: who heads it, or a unit above it.
func toAsk(p player) access.Set {
	return access.Everyone | toDelivery(p)&access.HeadAsks
}

// toItsAccount is what somebody is to the account of that relation.
func toItsAccount(p player) access.Set { return toRelation(p) | (p.service|p.house)&access.Executive }

// toItsNumbers is what somebody is to the numbers of that relation.
func toItsNumbers(p player) access.Set {
	set := toItsAccount(p)
	if p.unit == "finance" || p.unit == "project" {
		set |= access.Member
	}
	return set
}

// toExpect is what somebody is to what project expects of finance: its people, who names no agents, its head or one above, and the
// quality offices.
func toExpect(p player) access.Set {
	set := access.Everyone | toDelivery(p)&access.HeadAsks | (p.service|p.house)&access.Quality
	if p.unit == "project" {
		set |= access.Agent
	}
	return set
}

// toPromise is what somebody is to what 2001 of finance promised the unit project as such: its head and its secretary say how
// it went, nobody above them.
func toPromise(p player) access.Set {
	set := toDelivery(p) &^ (access.Agent | access.Secretary)
	switch p.no {
	case "2001":
		return set | access.Assignee
	case "2007":
		return set | access.DeputyServes
	case "3006":
		return set | access.Secretary
	case "3001":
		return set
	}
	if set.Has(access.HeadAsks) { // sees it as the head of the serving unit does
		set = set&^access.HeadAsks | access.HeadServes
	}
	return set
}

// toReorganisation: who heads a unit or looks after people has no part in changes of units.
func toReorganisation(p player) access.Set { return p.house&access.Admin | access.Everyone }

// objects are looked through in order. An address with parameters that none of them explains fails the crawl: say here
// what they stand for.
var objects = []object{
	{"/settings/topics/{topic}/move", "other", toTheHouse, ""},
	{"/settings/topics/{topic}", "money", toTheHouse, ""},
	{"/topics/{topic}", "money", toTheHouse, ""},
	{"/services/{code}/standard", "finance.draft", toService, ""},                  // owner and quality office draft …
	{"/services/{code}/standard", "finance.expense", toService, "standard.change"}, // … what is offered only its head changes
	{"/api/v1/services/{code}/form", "finance.expense", toService, ""},
	{"/services/{code}/form", "finance.draft", toService, ""},               // who proposes draws at drafts …
	{"/services/{code}/form", "finance.expense", toService, "service.edit"}, // … and not at what is offered
	{"/services/{code}/supporters", "finance.expense", toService, "service.edit"},
	{"/services/{code}/support", "finance.expense", nobodys, ""}, // it is none
	{"/support/{ref}", "P-AAAAAAAAAA", nobodys, ""},
	{"/services/{code}/propose", "finance.draft", toService, ""},
	{"/services/{code}/edit", "finance.expense", toService, ""}, // who proposes prepares a change of what is offered
	{"/services/{code}/change", "finance.expense", toService, ""},
	{"/services/{code}/policy", "finance.expense", toService, "service.edit"},
	{"/services/{code}/audience/{person}", "finance.expense/audience/2008", toService, "service.edit"},
	{"/services/{code}/audience", "finance.expense", toService, "service.edit"},
	{"/services/{code}/articles/{number}", "finance.advance/articles/A-99999", nobodys, ""}, // no such article: the room's own tests write some
	{"/services/{code}/articles", "finance.advance", everybody, ""},
	{"/services/{code}", "finance.expense", toService, ""},
	{"/drafts/{service}", "finance.advance", everybody, ""},
	{"/requests/new/{code}", "finance.expense", everybody, ""},
	{"/places/{code}", "tower", toService, ""},
	{"/p/{code}", "tower", everybody, ""},
	{"/org/units/{code}/acting/{id}", "finance/acting/{acting}", fromAbove, ""},
	{"/org/units/{code}/acting", "finance", fromAbove, ""},
	{"/org/units/{code}", "spare", everybody, ""},
	{"/org/places/{code}", "money", everybody, ""},
	{"/settings/org/places/{code}", "money", toTheHouse, ""},
	{"/units/{code}/heads/acting/{id}", "finance/heads/acting/{acting}", fromAbove, ""},
	{"/units/{code}/heads/acting", "finance", fromAbove, ""},
	{"/units/{code}/phrases/{id}", "finance/phrases/{session}", nobodys, ""}, // no such phrase: the room's own tests have some
	{"/me/phrases/{id}", "session", nobodys, ""},
	{"/units/{code}/phrases", "finance", toPhrases, ""},
	{"/units/{code}/poster", "finance", toUnit, ""},
	{"/units/{code}/expected-requests", "finance", toPhrases, ""},
	{"/units/{code}/load", "finance", toPhrases, ""},
	{"/units/{code}/limits", "finance", toUnit, ""},
	{"/units/{code}/capacity", "finance", toPhrases, ""},
	{"/capacity/{unit}", "finance", toPhrases, ""},
	{"/units/{code}/routing/rule", "finance", toService, ""},
	{"/units/{code}/routing/dry-run", "finance", nobodys, ""}, // of a run that is none
	{"/units/{code}/routing/cases", "finance", nobodys, ""},
	{"/units/{code}/routing", "finance", toService, ""},
	{"/units/{code}/handovers", "finance", toUnit, ""},
	{"/units/{code}/settings", "finance", toUnit, ""},
	{"/units/{code}/roles", "finance", toUnit, ""},
	{"/units/{code}/duty", "finance", toUnit, ""},
	{"/units/{unit}/working-time", "finance", everybody, ""},
	{"/settings/org/units/{code}", "spare", toTheHouse, ""},
	{"/units/{code}", "spare", toTheHouse, ""},
	{"/duty/{id}", "shift", toShift, ""},
	{"/absences/{id}", "absence", toAccount, ""},
	{"/changes/{id}/back", "change", nobodys, ""}, // only of a long leave, and this is a transfer
	{"/changes/{id}", "change", toAccount, ""},
	{"/changes/{id}", "reorganisation", toReorganisation, ""},
	{"/people/{no}/holdings/{kind}", "2009/holdings/request.assigned", toAccount, ""},
	{"/people/{no}/data/erase", "2009", toTheHouse, ""},
	{"/people/{no}/data/hold", "2009", toTheHouse, ""},
	{"/people/{no}/holdings", "2009", toAccount, ""},
	{"/people/{no}/holds", "2009", toAccount, ""},
	{"/people/{no}/erase", "2009", toTheHouse, ""},
	{"/people/{no}/hold", "2009", toTheHouse, ""},
	{"/people/{no}", "2009", toAccount, ""},
	{"/settings/activation/posters/{id}", "poster", toAccount, ""},
	{"/posters/{id}", "poster", toAccount, ""},
	{"/settings/activation/claims/{id}", "claim", toAccount, ""},
	{"/claims/{id}", "claim", toAccount, ""},
	{"/settings/org/people/{no}", "2009", toTheHouse, ""},
	{"/settings/connections/{id}", "connection", toTheHouse, ""},
	{"/connections/{id}", "connection", toTheHouse, ""},
	{"/settings/syncs/{run}", "sync", toTheHouse, ""},
	{"/syncs/{run}", "sync", toTheHouse, ""},
	{"/settings/proofs/{id}", "proof", toTheHouse, ""},
	{"/settings/calendars/{code}", "plant-2shift", toTheHouse, ""},
	{"/calendars/{code}", "plant-2shift", toTheHouse, ""},
	{"/relations/{provider}/{customer}", "finance/project", everybody, ""},
	{"/measures/{code}", "scrap", ofTheCompany, ""},
	{"/expectations/{id}", "expectation", toItsNumbers, ""},
	{"/agreements/{number}", "OLA-{agreement}", toItsNumbers, ""},
	{"/workshops/{id}/sheets/{unit}", "{workshop}/sheets/finance", toService, ""},
	{"/workshops/{id}", "workshop", everybody, ""},
	{"/settings/import/template/{name}", "people.csv", toTheHouse, ""},
	{"/settings/import/{run}/undo", "ended", toTheHouse, ""},
	{"/settings/import/{run}", "run", toTheHouse, ""},
	{"/imports/{run}/undo", "ended", toTheHouse, ""},
	{"/imports/{run}", "run", toTheHouse, ""},
	{"/import/{kind}", "units", toTheHouse, ""},
	{"/setup/{step}", "sight", toTheHouse, ""},
	{"/settings/first-run/{step}", "entry", toTheHouse, ""},
	{"/me/news/{id}", "session", everybody, ""}, // up to there everybody has some: their passwords were set for them
	{"/me/sessions/{id}", "session", nobodys, ""},
	{"/sessions/{id}", "session", nobodys, ""},
	{"/me/tokens/{id}", "token", nobodys, ""},
	{"/tokens/{id}", "token", nobodys, ""},
	{"/repeats/{number}/dates/{slot}", "RP-{repeat}/dates/2026-12", toOwn, ""},
	{"/repeats/{number}", "RP-{repeat}", toOwn, ""},
	{"/promises/{number}/{verb}", "{promise}/withdraw", toPromise, ""},
	{"/promises/{number}", "promise", toPromise, ""},
	{"/deliveries/standing/{number}", "standing", toDelivery, ""},
	{"/standing-deliveries/{number}", "standing", toDelivery, ""},
	{"/deliveries/{number}/{verb}", "{delivery}/deliver", toDelivery, ""},
	{"/deliveries/{number}", "delivery", toDelivery, ""},
	{"/articles/{number}/retire", "A-{ending}", toService, ""}, // an end leaves nothing to rate
	{"/articles/{number}/drop", "A-{ending}", toService, ""},
	{"/articles/{number}", "A-{article}", toService, ""},
	{"/problems/{problem}/end", "K-{over}", inFinance, ""},
	{"/problems/{problem}", "K-{problem}", inFinance, ""},
	{"/reviews/{id}", "session", nobodys, ""},      // nothing was drawn: the room's own tests judge
	{"/views/{id}", "session", nobodys, ""},        // no such view: the room's own tests have some
	{"/notices/dead/{id}", "session", nobodys, ""}, // no such post, robot, announcement, notice: the room's own tests have some
	{"/notices/robots/{id}", "session", nobodys, ""},
	{"/settings/notices/robots/{id}", "session", nobodys, ""},
	{"/announcements/{id}", "session", nobodys, ""},
	{"/notices/{id}", "session", nobodys, ""},
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// renew makes anew, before each door, what an address takes away for good.
var renew = map[string]func(*stage){
	"GET /services/{code}/change":                   reworded,
	"GET /api/v1/services/{code}/change":            reworded,
	"PUT /api/v1/services/{code}/change":            reworded,
	"DELETE /api/v1/services/{code}/change":         reworded,
	"POST /api/v1/services/{code}/change/propose":   reworded,
	"POST /api/v1/services/{code}/change/send-back": reworded,
	"POST /api/v1/services/{code}/change/publish":   reworded,
	"POST /settings/proofs/{id}/drop":               func(s *stage) { s.made["proof"] = s.proof() },
	"POST /settings/import/{run}/undo":              func(s *stage) { s.made["ended"] = s.imports() },
	"POST /api/v1/imports/{run}/undo":               func(s *stage) { s.made["ended"] = s.imports() },
	"DELETE /api/v1/drafts/{service}": func(s *stage) { // everybody has one
		for _, p := range cast {
			s.tokens[p.no].JSON(http.MethodPut, "/api/v1/drafts/finance.advance", "{}").Is(http.StatusNoContent)
		}
	},
}

// reworded prepares a change of finance.expense, which another address may have retired.
func reworded(s *stage) {
	s.tokens["2001"].JSON(http.MethodPost, "/api/v1/services/finance.expense/publish", nil)
	s.tokens["2001"].JSON(http.MethodPut, "/api/v1/services/finance.expense/change", fmt.Sprintf(`{"effort":{"zh":"一刻钟 %d"}}`, s.DB.Now().UnixNano())).Is(http.StatusOK)
}

// places fills the parameters of a route in.
func (c *crawl) places(r web.Route) ([]place, error) {
	_, pattern, _ := strings.Cut(r.Pattern, " ")
	pattern = strings.TrimSuffix(pattern, "{$}")
	switch {
	case !strings.Contains(pattern, "{"):
		return []place{{path: pattern, set: sent[r.Pattern].set}}, nil
	case r.Action == web.Public:
		return []place{{path: parameter.ReplaceAllString(pattern, "x")}}, nil
	case strings.HasPrefix(pattern, "/files/{id}/{name}"):
		return c.files(), nil
	case strings.Contains(pattern, "/requests/{number}"):
		return c.numbers(r, pattern), nil
	}
	var out []place
	shared := "" // the prefix of those found: the first that fits counts, with its likes
	for _, o := range objects {
		rest, ok := strings.CutPrefix(pattern, o.prefix)
		if !ok {
			rest, ok = strings.CutPrefix(strings.TrimPrefix(pattern, "/api/v1"), o.prefix)
		}
		if !ok || strings.Contains(rest, "{") {
			continue
		}
		there := o.there
		if id, ok := c.made[there]; ok {
			there = strconv.FormatInt(id, 10)
		}
		for _, name := range parameter.FindAllString(there, -1) {
			there = strings.ReplaceAll(there, name, strconv.FormatInt(c.made[strings.Trim(name, "{}")], 10))
		}
		head := pattern[:strings.Index(pattern, "{")]
		rest = o.prefix[strings.LastIndex(o.prefix, "}")+1:] + rest
		none := nowhere(there)
		if out != nil && o.prefix != shared {
			break
		}
		shared = o.prefix
		tail := rest + c.behind(r, there)
		out = append(out, place{path: head + there + tail, absent: head + none + tail, set: o.set, also: o.also})
	}
	if known := sent[r.Pattern]; known.set != nil { // what is done there is allowed to others than what is seen there
		for i := range out {
			out[i].set = known.set
		}
	}
	if out != nil {
		return out, nil
	}
	return nil, errors.New("nobody has said what its parameters stand for: see objects in places_test.go")
}

// behind is what stands behind the question mark of an address that leads nowhere without.
func (c *crawl) behind(r web.Route, there string) string {
	switch {
	case strings.HasPrefix(r.Pattern, "GET /api/v1/services/{code}/standard/dry-run"):
		return "?id=" + strconv.FormatInt(c.made["trial of "+there], 10)
	case r.Pattern == "GET /services/{code}/form/field":
		return "?type=text"
	}
	return ""
}

// nowhere is a code or an id like the one that is there, where nothing is.
func nowhere(there string) string {
	b := []byte(there)
	switch at, end := &b[0], &b[len(b)-1]; {
	case (*at < '0' || *at > '9') && *end == '9':
		*end = '8'
	case *at < '0' || *at > '9':
		*end++
	case *at == '9':
		*at = '8'
	default:
		*at = '9'
	}
	return string(b)
}

// numbers are the requests of every kind. A verb is asked for where the state refuses it to those who may: nothing
// changes. An empty message and note are refused everywhere.
func (c *crawl) numbers(r web.Route, pattern string) []place {
	var out []place
	for _, one := range c.records {
		number := one.done
		if strings.HasSuffix(pattern, "/rate") || strings.HasPrefix(r.Pattern, "GET ") {
			number = one.working
		}
		none := "R-" + nowhere(strings.TrimPrefix(number, "R-"))
		fill := func(n string) string { return strings.NewReplacer("{number}", n, "{verb}", "assign").Replace(pattern) }
		out = append(out, place{path: fill(number), absent: fill(none), kind: one.kind})
	}
	return out
}

// files are those of a message and of a note, of every kind of request.
func (c *crawl) files() []place {
	var out []place
	for _, one := range c.records {
		for _, f := range []struct{ href, also string }{{one.file, "request.talk.see"}, {one.hidden, "request.note.see"}} {
			none := "/files/" + nowhere(strings.TrimPrefix(f.href, "/files/"))
			out = append(out, place{path: f.href, absent: none, kind: one.kind, also: f.also})
		}
	}
	return out
}
