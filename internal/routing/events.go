package routing

// RulesWereSet says that a unit's rules have a new version.
type RulesWereSet struct {
	Unit    int64 `json:"unit"`
	Version int   `json:"version"`
	Rules   int   `json:"rules"`
}

// EventKind of RulesWereSet.
func (RulesWereSet) EventKind() string { return "routing.rules-were-set" }

// EventSubject of RulesWereSet.
func (e RulesWereSet) EventSubject() (string, int64) { return "unit", e.Unit }

// SkillsWereSet says that who can do what in a unit was written down. It names nobody.
type SkillsWereSet struct {
	Unit   int64 `json:"unit"`
	People int   `json:"people"`
}

// EventKind of SkillsWereSet.
func (SkillsWereSet) EventKind() string { return "routing.skills-were-set" }

// EventSubject of SkillsWereSet.
func (e SkillsWereSet) EventSubject() (string, int64) { return "unit", e.Unit }
