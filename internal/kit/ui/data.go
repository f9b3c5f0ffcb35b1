package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Column is a head cell of a Table.
type Column struct {
	Label    string
	Numeric  bool
	Hidden   bool   // the label is for screen readers only
	SortHref string // the head becomes a link
	Sorted   string // "ascending", "descending" or ""
	Width    string // "s" 44 px, "m" 132 px, "l" 208 px, "" as needed
}

// TableProps is a table whose children are its rows: Row components or plain
// tr elements. On the phone each row becomes a small card: the cell with class
// t-title leads, t-hide is left out, the rest follow in small print, with the
// label of their data-th attribute where they have one.
type TableProps struct {
	ID      string
	Caption string // read by screen readers
	Columns []Column
	Tight   bool
	Wide    bool // stays a table on the phone and scrolls inside its card
	Keys    bool // j, k, x, Enter work on its rows
}

// RowProps is a row of a Table.
type RowProps struct {
	ID       string
	Href     string // opened with Enter
	Selected bool
	Cursor   bool
}

// FilterProps is a filter bar: a GET form whose selects live in the URL.
type FilterProps struct {
	Action  string // path
	Hidden  map[string]string
	Filters []Filter
	Dates   []FilterDate
	Inputs  []FilterInput
	Checks  *FilterChecks
	Search  *FilterSearch
	Tools   templ.Component // at the right end: export, save the view
	Target  string          // element id replaced by htmx; empty: the page
	Live    bool            // asks while one types
	Clear   string          // address without filters; empty: no such link
}

// few says whether the bar is short enough to be shown whole on a phone, in rows; a longer one is moved sideways.
func (p FilterProps) few() bool {
	n := len(p.Filters) + len(p.Dates) + len(p.Inputs)
	if p.Checks != nil {
		n++
	}
	if p.Search != nil {
		n++
	}
	return n <= 3
}

// sheetID is the id of the box that opens the filters on a phone.
func (p FilterProps) sheetID() string { return "filters-" + or(p.Target, "page") }

// active is how many filters are set.
func (p FilterProps) active() (n int) {
	for _, f := range p.Filters {
		if f.On {
			n++
		}
	}
	for _, d := range p.Dates {
		if d.Value != "" {
			n++
		}
	}
	for _, i := range p.Inputs {
		if i.Value != "" {
			n++
		}
	}
	return n
}

// Filter is one select of the bar.
type Filter struct {
	Name, Label string
	Options     []Option
	On          bool // differs from the default: drawn in the accent
}

// FilterDate is a day of the bar.
type FilterDate struct{ Name, Label, Value string } // Value "2026-11-21"

// FilterInput is a text, number, day or month of the bar. Type and Mode are those of an HTML input.
type FilterInput struct{ Name, Label, Type, Mode, Value string }

// FilterChecks is a menu of check boxes of one name: the columns of a table.
type FilterChecks struct {
	Name, Label string
	Options     []Option
}

// FilterSearch is a text field of the bar.
type FilterSearch struct {
	Name, Label, Value string
	Big                bool // it is what the page is about: wide, and it has the focus where there is a keyboard
}

// Option is a choice.
type Option struct {
	Value, Text string
	Selected    bool
	Disabled    bool
	Group       string // consecutive options of one group are put under its name
}

// PagerProps leads through a keyset: no page numbers.
type PagerProps struct {
	Text     string // "第 1–10 件，共 38 件"
	PrevHref string
	NextHref string
}

// DownloadProps leads to a list as a file. The address answers to the parameter format, "xlsx" or "csv".
type DownloadProps struct{ Href string } // with the parameters of the list

// As is the address of the file in a format.
func (p DownloadProps) As(format string) string {
	if strings.Contains(p.Href, "?") {
		return p.Href + "&format=" + format
	}
	return p.Href + "?format=" + format
}

// TabProps is one tab of Tabs.
type TabProps struct {
	Text  string
	Href  string
	Count string
	On    bool
}

// BulkProps is the bar over a table with chosen rows; its children are buttons of the form.
type BulkProps struct {
	Form  string // id of the form the check boxes belong to
	Count int    // without JavaScript; the script keeps it right
}

// CheckProps is a bare check box, as in a table.
type CheckProps struct {
	Name, Value, Label, Form string
	Checked                  bool
	All                      bool // switches all boxes of the form
}

// KeyHint is one key and what it does.
type KeyHint struct{ Keys, Text string }

// ListItemProps is a line of a List: icon, title and note, what, when, action.
type ListItemProps struct {
	Icon   string
	Title  string
	Href   string
	Note   string
	Tag    templ.Component
	When   templ.Component
	Action templ.Component
}

// BoardColumn is a column of a Board.
type BoardColumn struct {
	Title string
	Count int
	Tone  string
	Cards []BoardCard
}

// BoardCard is a card on it.
type BoardCard struct {
	Title, Href, Note string
	Foot              templ.Component
}
