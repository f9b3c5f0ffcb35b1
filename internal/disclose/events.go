package disclose

// Subject is what the events of the room are about.
const Subject = "disclose"

// WasReleased says that a batch of ratings is part of the numbers of a pair of units from now on.
type WasReleased struct {
	Batch    ID     `json:"batch"`
	Provider ID     `json:"provider"`
	Customer ID     `json:"customer"`
	Level    string `json:"level,omitempty"`
	People   int64  `json:"people"`
	Cases    int64  `json:"cases"`
}

// PolicyWasSet says how many people a number is about at least from now on.
type PolicyWasSet struct {
	Least  int `json:"least"`
	Before int `json:"before"`
}

// EventKind is the name of the event in the log.
func (WasReleased) EventKind() string  { return "disclose.was-released" }
func (PolicyWasSet) EventKind() string { return "disclose.policy-set" }

// EventSubject names the batch; the policy is there once.
func (e WasReleased) EventSubject() (string, int64) { return Subject, e.Batch }
func (PolicyWasSet) EventSubject() (string, int64)  { return Subject, 0 }
