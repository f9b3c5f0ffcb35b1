package article

import "neike/internal/org"

// About is what every event of an article says.
type About struct {
	Article ID     `json:"article"`
	Number  int64  `json:"number"`
	Unit    org.ID `json:"unit"`
	Version int    `json:"version"`
}

// EventSubject is the article.
func (a About) EventSubject() (string, int64) { return Kind, a.Article }

// The events.
type (
	// WasWritten says that the working text changed.
	WasWritten struct{ About }
	// WasProposed says that the working text waits for review.
	WasProposed struct {
		About
		Judges []int64 `json:"judges"`
	}
	// WasSentBack says that a proposal goes back to whoever made it.
	WasSentBack struct {
		About
		To org.ID `json:"to"`
	}
	// WasPublished says that there is a new version, or that a retired one is back.
	WasPublished struct{ About }
	// WasRetired says that nobody is to read it any more.
	WasRetired struct{ About }
	// WasConfirmed says that somebody looked at it and found it right.
	WasConfirmed struct{ About }
	// WasHandedOn says that it is in other hands, or with another unit.
	WasHandedOn struct{ About }
	// FellDue says that the day to look at it again has come.
	FellDue struct {
		About
		Owner org.ID `json:"owner"`
	}
	// WasDoubted says that a reader finds it wrong or outdated; not who.
	WasDoubted struct {
		About
		Owner  org.ID `json:"owner"`
		Reason string `json:"reason"`
	}
)

// DeskWasSet says at which service questions are asked that nothing answers; 0: at none.
type DeskWasSet struct {
	Service int64 `json:"service"`
}

// EventKind of DeskWasSet.
func (DeskWasSet) EventKind() string { return "article.desk-set" }

// EventSubject of DeskWasSet.
func (e DeskWasSet) EventSubject() (string, int64) { return "service", e.Service }

// EventKind of WasWritten.
func (WasWritten) EventKind() string { return "article.written" }

// EventKind of WasProposed.
func (WasProposed) EventKind() string { return "article.proposed" }

// EventKind of WasSentBack.
func (WasSentBack) EventKind() string { return "article.sent-back" }

// EventKind of WasPublished.
func (WasPublished) EventKind() string { return "article.published" }

// EventKind of WasRetired.
func (WasRetired) EventKind() string { return "article.retired" }

// EventKind of WasConfirmed.
func (WasConfirmed) EventKind() string { return "article.confirmed" }

// EventKind of WasHandedOn.
func (WasHandedOn) EventKind() string { return "article.handed-on" }

// EventKind of FellDue.
func (FellDue) EventKind() string { return "article.fell-due" }

// EventKind of WasDoubted.
func (WasDoubted) EventKind() string { return "article.doubted" }
