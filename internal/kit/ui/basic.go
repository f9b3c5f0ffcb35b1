package ui

import "github.com/a-h/templ"

// ButtonProps is a button or, with Href, a link that looks like one.
type ButtonProps struct {
	Text       string
	Icon       string
	Kind       string // "" secondary, "primary" (one a screen), "danger", "quiet"
	Small      bool   // 32 px: tables, filter bars, cards
	Href       string // a link
	Name       string // of the submit button
	Value      string
	Type       string // "submit" (default), "button"
	Form       string // id of the form it submits
	Action     string // formaction: same form, another address
	Disabled   string // the reason; the button stays readable and is described by it
	Label      string // accessible name, needed when Text is empty
	Opens      string // id of a Dialog to open; without JavaScript the button follows Href
	Big, Wide  bool   // 44 px; the whole width: sign-in
	NoValidate bool   // sends the form unchecked: keep as draft
	Attrs      templ.Attributes
}

// SegmentProps is one of the segments of a Segmented control.
type SegmentProps struct {
	Text  string
	Icon  string
	Href  string // a view with an address
	Value string // of the radio, when the control has a Name
	On    bool
}

// SegmentedProps is a switch between a few views. With Name it is a group of
// radio buttons inside a form, otherwise links.
type SegmentedProps struct {
	Label string // accessible name of the group
	Name  string
	Items []SegmentProps
}

// TagProps is a small label. Tone: "", "accent", "good", "warn", "bad", "na", "line".
type TagProps struct{ Text, Icon, Tone string }

// StatusProps is a status: a shape, a word, then a colour. Icon defaults to the shape of the tone.
type StatusProps struct{ Text, Icon, Tone string }

// VerdictProps says whether an estimate keeps its target, from the interval
// alone. Value: "meets", "misses", "undetermined", "few", "late", "soon", "met", "missed".
type VerdictProps struct{ Value string }

// PersonProps is an avatar with a name. Tone 2 and 3 tell sides apart.
type PersonProps struct {
	Name  string
	Note  string // unit, position
	Href  string
	Small bool
	Tone  int
}

// CardProps is a white card with a header; its children are the body.
type CardProps struct {
	ID     string
	Title  string
	Note   string          // small, beside the title
	Tools  templ.Component // right in the header
	Foot   templ.Component
	Flush  bool // the body has no padding: tables, lists
	Bare   bool // header and body without the card around them: part of a card of your own
	Scroll bool // the body scrolls sideways on the phone, focusable
	Level  int  // heading level, 2 by default
}

// SectionProps is a title over a group of cards.
type SectionProps struct {
	ID, Title, Note string
	Tools           templ.Component
}

// Pair is a term with its value. Either Text or Value; Href makes the text a link.
type Pair struct {
	Term  string
	Text  string
	Href  string
	Value templ.Component
	Wide  bool // below its term, over the whole width: a table
}

// NoteProps is a sentence in a tinted well. Tone: "", "accent", "warn", "bad".
type NoteProps struct {
	Tone, Icon, Text string
	Href, Link       string // a link behind the sentence
	Alert            bool   // read out at once
}

// EmptyProps says that nothing is here, why, and how to begin.
type EmptyProps struct {
	Icon    string
	Title   string
	Text    string
	Actions templ.Component
	Small   string // a last line in small print
	Level   int    // heading level, 3 by default
}

// SkeletonProps is the shape of what is being fetched. Kind: "list" (default), "table", "card", "chart".
type SkeletonProps struct {
	Kind string
	Rows int
}

// ErrorProps says what happened, why, and what next.
type ErrorProps struct {
	Status  int // 403 and 404 read the same
	Icon    string
	Title   string
	Text    string
	ID      string // reference of the log line, shown for 500 only
	Actions templ.Component
}

// StatProps is one figure with its interval and verdict.
type StatProps struct {
	Label   string
	Value   string // "89.9"
	Unit    string // "%"
	Verdict string // of VerdictProps; empty: none
	Whisker *WhiskerProps
	Detail  string // "95% 区间 87.4–92.0 · 580 / 645 件 · 目标 90%"
	Note    string
	Href    string
}

// LegendItem explains a swatch. Kind: "counted", "paused", "skipped", "hi2", "hi1", "mid", "lo1", "lo2", "lo3", "few", "none".
type LegendItem struct{ Kind, Text string }
