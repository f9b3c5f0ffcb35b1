package ui

import "github.com/a-h/templ"

// Step is a step of Steps. State: "done", "now", "" ahead.
type Step struct{ Text, State, Href, Note string }

// DryRunProps shows what an import would do.
type DryRunProps struct {
	Title                        string
	Create, Change, Skip, Errors int
	Unchanged                    int
	Rows                         []DryRunRow
	More                         int             // rows not shown
	Tools                        templ.Component // beside the title
}

// DryRunRow is one line of it. Kind: "create", "change", "skip", "error".
type DryRunRow struct {
	Line, Column, Content, Reason, Kind string
	Decide                              templ.Component
}

// JobProps is a long job that survives closing the page.
type JobProps struct {
	ID       string
	Title    string
	State    string // "running", "done", "failed", "cancelled"
	Done     int64
	Total    int64  // 0: unknown
	Progress string // "12,480 / 19,960"
	Text     string // what it does now, how long it takes
	Tools    templ.Component
	Refresh  string // address of this card, fetched again while it runs
}

// QRProps is a QR code with its address in words.
type QRProps struct {
	Text   string // what is encoded
	Label  string // accessible name
	Size   int    // modules are scaled to fit, px; 0 is 160
	Sturdy bool   // of a label: read with a quarter of it dirty or torn, and it brings its own quiet zone
}

// SlipProps is the head of a printed slip.
type SlipProps struct {
	Title  string
	Number string
	Facts  []Pair
	QR     *QRProps
}
