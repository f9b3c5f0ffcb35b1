package notice

import (
	"slices"
)

// What somebody is to an event.
const (
	AsAgent    = "agent"    // of the unit that has it in hand
	AsDuty     = "duty"     // agent, on duty now
	AsAssignee = "assignee" // has it
	AsCustomer = "customer"
	AsHead     = "head"
	AsWatcher  = "watcher"
	AsNamed    = "named" // mentioned
	AsAdmin    = "admin"
	AsSelf     = "self" // it is about the person
)

// When a channel tells.
const (
	Now    = "now"
	Digest = "digest"
	Off    = "off"
)

// Values lists them.
var Values = []string{Now, Digest, Off}

// The channels out of the house that a person chooses about.
const (
	Mail  = "mail"
	Chat  = "chat"
	Group = "robot" // of a unit, not of a person
)

// Channels lists those of a person.
var Channels = []string{Chat, Mail}

// Kind is something that people are told of. Its words are "notice.kind.CODE" (what the settings call it) and
// "notice.line.CODE" (the sentence; who, ref, title, note).
type Kind struct {
	Code   string
	Group  string            // of the settings page: serving, asking, talk, house
	Icon   string            // of kit/ui
	Urgent bool              // does not wait for working time
	Tone   string            // of a card: "", "warning", "danger", "done"
	As     map[string]string // what is usual outside the house, by what somebody is to it; "" for all others
	Ends   []string          // kinds about the same subject that it makes moot, for everybody
	Hidden bool              // not listed in the house: talk lists it, or it only goes into a digest
	Queued bool              // work for a whole unit: its agents see it in their queue, and only messages tell them of it
	Fixed  bool              // nobody chooses: always as usual
	Robot  bool              // a group's robot may tell it
	Not    string            // a value nobody can choose: a digest that would come too late, a rating told by itself
	Verb   string            // of the todo that comes with it: whoever gets a to-do card of it gets no message beside
}

// usual is what a kind does outside the house unless somebody chose.
func (k Kind) usual(as string) string {
	if v, ok := k.As[as]; ok {
		return v
	}
	if v, ok := k.As[""]; ok {
		return v
	}
	return Off
}

// listed says whether the house lists it for what somebody is to it.
func (k Kind) listed(as string) bool { return !k.Hidden && !(k.Queued && as == AsAgent) }

func all(v string) map[string]string { return map[string]string{"": v} }

// usualKinds is what the walking path tells.
var usualKinds = []Kind{
	{Code: "request.opened", Queued: true, Group: "serving", Icon: "inbox", As: map[string]string{AsAgent: Now, AsDuty: Now, AsHead: Digest}, Robot: true},
	{Code: "request.passed-on", Queued: true, Group: "serving", Icon: "arrow-right", As: map[string]string{AsAgent: Now, AsDuty: Now, AsHead: Digest}, Ends: []string{"request.opened", "request.passed-on"}, Robot: true},
	{Code: "request.handed-over", Queued: true, Group: "serving", Icon: "arrow-right", As: map[string]string{AsAgent: Now, AsDuty: Now, AsHead: Digest}, Ends: []string{"request.opened", "request.passed-on", "request.handed-over"}, Robot: true},
	{Code: "request.parts-done", Verb: "deliver", Group: "serving", Icon: "checkbox", As: all(Now), Ends: []string{"request.parts-done"}},
	{Code: "request.unsettled", Verb: "settle", Group: "serving", Icon: "users", Tone: "warning", As: all(Now)},
	{Code: "request.settled", Group: "serving", Icon: "users", As: all(Now), Ends: []string{"request.unsettled", "request.handed-over"}},
	{Code: "request.assigned", Verb: "deliver", Group: "serving", Icon: "user", As: all(Now), Ends: []string{"request.opened", "request.passed-on"}},
	{Code: "request.answered", Group: "serving", Icon: "message-2", As: all(Now), Ends: []string{"request.asked"}},
	{Code: "request.date-answered", Group: "serving", Icon: "calendar", As: all(Now), Ends: []string{"request.date-proposed"}},
	{Code: "request.returned", Verb: "rework", Group: "serving", Icon: "refresh", Tone: "warning", As: map[string]string{AsHead: Digest, "": Now}, Ends: []string{"request.delivered"}, Robot: true},
	{Code: "request.urgent", Group: "serving", Icon: "alert-triangle", Tone: "warning", As: all(Now), Robot: true},
	{Code: "request.urgent-wanted", Verb: "grant-urgent", Group: "asking", Icon: "alert-triangle", As: all(Now)},
	{Code: "request.priority", Group: "asking", Icon: "alert-triangle", As: all(Now), Ends: []string{"request.urgent-wanted"}},
	{Code: "request.cause-disputed", Verb: "cause-decide", Group: "serving", Icon: "alert-triangle", As: all(Digest)},
	{Code: "request.cause-settled", Group: "serving", Icon: "checkbox", As: all(Digest), Ends: []string{"request.cause-disputed", "request.cause-stated"}},
	{Code: "request.contested", Verb: "pause-decide", Group: "serving", Icon: "clock", As: all(Digest), Ends: []string{"request.contested", "request.contest-settled"}},
	{Code: "request.reopened", Verb: "rework", Group: "serving", Icon: "refresh", Tone: "warning", As: map[string]string{AsHead: Digest, "": Now}, Ends: []string{"request.accepted", "request.accepted-by-house"}, Robot: true},
	{Code: "request.accepted", Group: "serving", Icon: "checkbox", Tone: "done", As: all(Digest), Ends: finished},
	{Code: "request.rated", Group: "serving", Icon: "star", As: all(Digest), Not: Now, Hidden: true},
	{Code: "request.nudged", Group: "serving", Icon: "clock", Tone: "warning", As: all(Now), Ends: []string{"request.nudged"}, Robot: true},
	{Code: "request.due-soon", Queued: true, Group: "serving", Icon: "clock", Tone: "warning", As: map[string]string{AsAgent: Off, "": Now}, Ends: []string{"request.due-soon"}},
	{Code: "request.used", Group: "serving", Icon: "clock", Tone: "warning", As: map[string]string{AsAgent: Off, "": Now}, Ends: []string{"request.used"}},
	{Code: "request.breached", Group: "serving", Icon: "alert-triangle", Tone: "danger", As: all(Now), Ends: []string{"request.due-soon", "request.used"}, Robot: true},
	{Code: "request.withdrawn", Group: "serving", Icon: "arrow-back-up", As: map[string]string{AsAssignee: Now, "": Off}, Ends: finished},
	{Code: "request.cancelled", Group: "serving", Icon: "x", As: map[string]string{AsAssignee: Now, "": Off}, Ends: finished},
	{Code: "request.disowned", Group: "serving", Icon: "circle-x", Tone: "warning", As: map[string]string{AsAssignee: Now, "": Off}, Ends: finished},
	{Code: "request.named", Group: "serving", Icon: "lock", As: all(Now)},

	{Code: "request.draft-taken", Group: "serving", Icon: "edit", As: all(Now)},

	{Code: "request.logged", Verb: "confirm", Group: "asking", Icon: "phone", As: all(Now)},
	{Code: "request.taken", Group: "asking", Icon: "user", As: all(Off), Ends: []string{"request.opened", "request.passed-on", "request.assigned"}},
	{Code: "request.date-proposed", Verb: "agree-date", Group: "asking", Icon: "calendar", Tone: "warning", As: all(Now), Ends: []string{"request.date-proposed"}},
	{Code: "request.stage-moved", Group: "asking", Icon: "flag", As: all(Digest), Ends: []string{"request.stage-moved"}},
	{Code: "request.cause-stated", Verb: "cause-answer", Group: "asking", Icon: "message-question", As: all(Digest)},
	{Code: "request.contest-settled", Group: "asking", Icon: "clock", As: all(Now), Ends: []string{"request.contested"}},
	{Code: "request.acceptance-nears", Group: "asking", Icon: "clock", Tone: "warning", As: all(Now), Ends: []string{"request.acceptance-nears"}},
	{Code: "request.accepted-by-house", Group: "asking", Icon: "checkbox", As: map[string]string{AsAssignee: Digest, "": Now}, Ends: append([]string{"request.acceptance-nears"}, finished...)},
	{Code: "request.moved", Group: "asking", Icon: "arrow-right", As: all(Off)},
	{Code: "request.stand-in", Group: "asking", Icon: "user-plus", As: all(Now)},
	{Code: "request.stand-down", Group: "asking", Icon: "user", As: all(Off), Ends: []string{"request.stand-in"}},
	{Code: "request.for-you", Group: "asking", Icon: "user-check", As: all(Now)},
	{Code: "request.merged", Group: "asking", Icon: "git-branch", As: all(Now), Ends: []string{"request.asked", "request.unmerged"}},
	{Code: "request.unmerged", Group: "asking", Icon: "arrow-back-up", As: map[string]string{AsCustomer: Now, AsAgent: Off, "": Now}, Ends: []string{"request.merged"}},
	{Code: "request.handed-on", Group: "asking", Icon: "arrow-right", As: all(Off)},
	{Code: "request.asked", Verb: "answer", Group: "asking", Icon: "message-question", Tone: "warning", As: all(Now)},
	{Code: "request.delivered", Verb: "accept", Group: "asking", Icon: "checkbox", As: all(Now), Ends: []string{"request.asked", "request.answered", "request.taken", "request.assigned", "request.nudged", "request.due-soon", "request.returned", "request.opened"}},

	{Code: "delivery.returned", Group: "serving", Icon: "refresh", Tone: "warning", As: all(Now), Ends: []string{"delivery.delivered"}},
	{Code: "delivery.contested", Group: "serving", Icon: "alert-triangle", Tone: "warning", As: all(Now), Ends: []string{"delivery.delivered"}},
	{Code: "delivery.delivered", Group: "asking", Icon: "package", As: all(Digest), Ends: []string{"delivery.returned", "delivery.skip-asked"}},
	{Code: "delivery.skip-asked", Group: "asking", Icon: "message-question", As: all(Now)},

	{Code: "promise.near", Group: "serving", Icon: "heart-handshake", As: all(Now)},
	{Code: "promise.due", Group: "serving", Icon: "clock", Tone: "warning", As: all(Now), Ends: []string{"promise.near"}},
	{Code: "promise.not-yet", Group: "serving", Icon: "clock", Tone: "warning", As: all(Now), Ends: []string{"promise.asked"}},
	{Code: "promise.said", Group: "serving", Icon: "checkbox", As: all(Now), Ends: []string{"promise.asked", "promise.due", "promise.near"}},
	{Code: "promise.date-answered", Group: "serving", Icon: "calendar", As: all(Now), Ends: []string{"promise.date-proposed"}},
	{Code: "promise.made", Group: "asking", Icon: "heart-handshake", As: all(Now)},
	{Code: "promise.asked", Group: "asking", Icon: "message-question", Tone: "warning", As: all(Now), Ends: []string{"promise.asked"}},
	{Code: "promise.date-proposed", Verb: "agree-date", Group: "asking", Icon: "calendar", Tone: "warning", As: all(Now), Ends: []string{"promise.date-proposed"}},
	{Code: "promise.withdrawn", Group: "asking", Icon: "arrow-back-up", As: all(Now), Ends: []string{"promise.made", "promise.asked", "promise.date-proposed"}},

	{Code: "talk.message", Group: "talk", Icon: "message", As: all(Now), Hidden: true},
	{Code: "talk.mention", Group: "talk", Icon: "at", As: all(Now), Hidden: true},
	{Code: "talk.note", Group: "talk", Icon: "lock", As: all(Off), Hidden: true},
	{Code: "talk.note-mention", Group: "talk", Icon: "at", As: all(Now), Hidden: true},

	{Code: "todo.card", Group: "house", Icon: "checkbox", As: all(Now), Not: Digest, Hidden: true},
	{Code: "todo.due-soon", Group: "house", Icon: "clock", As: all(Digest)},
	{Code: "todo.overdue", Group: "house", Icon: "alert-triangle", Tone: "warning", As: all(Now), Ends: []string{"todo.due-soon"}},
	{Code: "signin.locked", Group: "house", Icon: "lock", Urgent: true, Tone: "danger", As: all(Now), Fixed: true},
	{Code: "signin.password-set", Group: "house", Icon: "lock", Urgent: true, As: all(Now), Fixed: true},
	{Code: "signin.reset", Group: "house", Icon: "lock", Urgent: true, Tone: "warning", As: all(Now), Fixed: true},
	{Code: "signin.new-device", Group: "house", Icon: "lock", Urgent: true, As: all(Off)},
	{Code: "signin.break-glass", Group: "house", Icon: "lock", Urgent: true, Tone: "danger", As: all(Now), Fixed: true},
	{Code: "access.viewed-as", Group: "house", Icon: "eye", As: all(Now), Fixed: true},
	{Code: "access.glass-broken", Group: "house", Icon: "lock", As: all(Now), Fixed: true},
	{Code: "org.stands-in", Group: "house", Icon: "user-check", As: all(Now)},
	{Code: "org.back", Group: "house", Icon: "user-check", As: all(Now)},
	{Code: "org.change-refused", Group: "house", Icon: "alert-triangle", Tone: "warning", As: all(Now)},
	{Code: "org.acts-as-head", Group: "house", Icon: "user-check", As: all(Now)},
	{Code: "org.duty", Group: "house", Icon: "clock", As: all(Now), Not: Digest},
	{Code: "org.duty-off", Group: "house", Icon: "clock", As: all(Now), Not: Digest},
	{Code: "org.duty-uncovered", Group: "house", Icon: "alert-triangle", Tone: "warning", As: all(Now), Not: Digest},
	{Code: "import.ended", Group: "house", Icon: "upload", As: all(Digest)},
	{Code: "import.failed", Group: "house", Icon: "alert-triangle", Tone: "warning", As: all(Now)},
	{Code: "directory.waits", Group: "house", Icon: "refresh", Tone: "warning", As: all(Now)},
	{Code: "house.dead-letters", Group: "house", Icon: "alert-triangle", Tone: "warning", As: all(Digest)},
	{Code: "house.announced", Group: "house", Icon: "info-circle", As: all(Digest), Fixed: false},
}

// finished is what is moot once a request has ended.
var finished = []string{"request.opened", "request.passed-on", "request.assigned", "request.answered", "request.returned", "request.nudged",
	"request.due-soon", "request.used", "request.breached", "request.asked", "request.delivered", "request.taken", "request.date-proposed", "request.acceptance-nears", "request.reopened",
	"request.handed-over", "request.unsettled", "request.settled", "request.parts-done"}

// AddKind makes a kind known, or replaces one. Call it while wiring.
func (s *Service) AddKind(k Kind) {
	if i := slices.IndexFunc(s.kinds, func(o Kind) bool { return o.Code == k.Code }); i >= 0 {
		s.kinds[i] = k
		return
	}
	s.kinds = append(s.kinds, k)
}

// kind is the entry of a code.
func (s *Service) kind(code string) (Kind, bool) {
	for _, k := range s.kinds {
		if k.Code == code {
			return k, true
		}
	}
	return Kind{Code: code, Icon: "info-circle"}, false
}

// Kinds lists all kinds in the order of the settings.
func (s *Service) Kinds() []Kind { return slices.Clone(s.kinds) }

// groups of the settings page in their order.
var groups = []string{"serving", "asking", "talk", "house"}
