// Package routing decides who inside a unit gets a request (分派规则): ordered rules that the unit's head keeps.
//
// # Words
//
// A rule has conditions (service, customer, place, urgency, an answer of the form, working time, duty) that all have to hold, and a
// way: a person, a unit below, who is on duty, one after the other (轮流), who has least in hand, who has a skill, or the queue.
// The first rule that holds and finds somebody decides; when none does, the request stays open in the unit's queue. Never
// given anything is who is away, no agent of the unit any more, or the request's customer. Confidential and imported requests
// are not routed: a grant for the one is no matter of a rule, and of the other it is known who had it.
//
// The rules of a unit are one set with a version; every publishing is a new one, and a request names the version and rule
// that gave it. They are changed as a draft that can be tried on the past. A turn (whose it was last) is a row, taken under
// its lock in the transaction that gives the request: of two at once each gets the next.
//
// A dry run replays the requests that a unit got in a span under a draft or the live set, in the order in which they came, with
// the absences and duty of that day, counting in hand what the run itself has given. It changes no record.
//
// # Neighbours
//
// Calls down: org (people, absence, duty, units), access (who may), catalog (services, their forms), calendar (working time), place (what lies
// under what).
// Slots: request says what is in somebody's hand, and what a unit got in the past.
// Announces: RulesWereSet, SkillsWereSet.
package routing
