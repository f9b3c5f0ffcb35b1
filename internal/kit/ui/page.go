package ui

import "github.com/a-h/templ"

// PageProps describes a framed page; its children are the content.
type PageProps struct {
	Title   string // the document's title and, unless Heading or NoHead says otherwise, the h1
	Heading string // the h1 when it differs from Title: a finding rather than a name
	Lead    string // one line under the h1
	Crumbs  []Crumb
	Active  string          // Key of the NavItem that is on
	Actions templ.Component // right of the h1
	Aside   templ.Component // right column of 360 px; goes under the content below 1120 px
	Drawer  templ.Component // 344 px at the right edge, full height (matrix); goes under below 1120 px
	Narrow  bool            // at most 1180 px wide: forms, settings
	NoHead  bool            // the content brings its own h1
	Live    []string        // topics of the event stream beside the person's own
	Sticky  templ.Component // a bar above the phone tabs: the next action within reach of the thumb
}

// Crumb is a step of the way to this page. The last one has no Href.
type Crumb struct{ Label, Href string }

// BareProps describes a page without rail and top bar: sign-in, activation,
// first run, error before sign-in, print.
type BareProps struct {
	Title   string
	Heading string
	Lead    string
	Foot    string // a line at the foot, who helps
	Wide    bool   // up to 1120 px instead of the 384 px card
	Keep    string // id of a form that the switch of the language goes with, as "locale": its page comes back with what was typed
}

// WallProps is a page for a large screen, without a frame.
type WallProps struct{ Title string }

// LiveProps is a region that fetches itself again when an event arrives and is
// morphed in place: focus, scroll and half-written text survive.
type LiveProps struct {
	ID    string // element id
	Event string // event name on one of the page's topics, "request"
	URL   string // answers with the fragment
	Tag   string // "" is div
}

// SearchGroup is one kind of hit in the answer of the search field.
type SearchGroup struct {
	Label string
	Hits  []SearchHit
}

// SearchHit is one line of it: a link, or with Post a command that is sent there with one field.
type SearchHit struct {
	Icon, Title, Note, Href string
	Post, Name, Value       string
}

// SearchProps is the fragment that GET SearchHref?q= gives to the search field.
type SearchProps struct {
	Query  string
	Groups []SearchGroup
	More   string // address of the full result page
}
