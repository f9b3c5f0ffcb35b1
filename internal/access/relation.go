package access

import "strings"

// Set is what an actor is to a record and to the house: relations and roles as bits.
type Set uint32

// The relations and roles.
const (
	Everyone      Set = 1 << iota // signed in
	Self                          // the record is the person's own: own rating, own data
	Asked                         // customer of the request: asked, or it was asked for this person
	SameUnit                      // of the customer's unit, where requests are shared in the unit
	Delegate                      // the customer let this person answer and accept
	Assignee                      // serves it
	Agent                         // agent of the unit that serves
	Watcher                       // watches, or was mentioned
	Insider                       // member or agent of the unit that serves; opens nothing by itself
	InsideWatcher                 // watches and is an Insider
	HeadAsks                      // heads the customer's unit, or one above it
	HeadServes                    // heads the serving unit, or one above it
	Member                        // member of the unit the record is about (an edge, a page of a unit)
	Owner                         // owner of the service
	Secretary                     // secretary of the unit
	Named                         // named for a confidential record
	Quality                       // quality office
	HR
	Executive
	Admin
	Security
	Auditor
	DeputyAsks   // stands in for its customer, who is away
	DeputyServes // stands in for its assignee, who is away
	Glass        // a security officer who opened this one confidential record, with a reason, for GlassLife

	Head = HeadAsks | HeadServes // head of either unit
)

// setNames are the bits' names in files and tests, in the order of the bits.
var setNames = []string{"everyone", "self", "asked", "same-unit", "delegate", "assignee", "agent", "watcher", "insider", "inside-watcher",
	"head-asks", "head-serves", "member", "owner", "secretary", "named", "quality", "hr", "executive", "admin", "security", "auditor", "deputy-asks", "deputy-serves", "glass"}

// Has says whether any bit of other is set.
func (s Set) Has(other Set) bool { return s&other != 0 }

// String lists the bits' names.
func (s Set) String() string {
	var names []string
	for i, name := range setNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}
