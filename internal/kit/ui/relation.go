package ui

// WhiskerProps is an estimate with its interval and target on one line.
// All values on the scale Lo..Hi (percent by default: 0..100).
type WhiskerProps struct {
	Value, Low, High float64
	Target           float64
	Min, Max         float64 // ends of the scale; equal neighbours get equal scales
	Verdict          string  // "meets", "misses", otherwise grey
	Ends             bool    // print both ends of the scale
	Label            string  // accessible sentence; default from the figures
	NoTarget         bool
	Plain            bool // the ends are not percentages
}

// MatrixProps is the provider × customer table.
type MatrixProps struct {
	Caption string
	Corner  string // "服务方 ↓ 客户 →"
	Columns []MatrixHead
	Rows    []MatrixRow
}

// MatrixHead is a column of it.
type MatrixHead struct {
	Text  string
	Title string // the full name when Text is short
	Href  string
	Gap   bool // a gap before it: front line after functions
	On    bool // selected
}

// MatrixRow is a row.
type MatrixRow struct {
	Head  string
	Title string
	Href  string
	Gap   bool
	On    bool
	Cells []MatrixCell
}

// MatrixCell is an edge. Heat: "hi2", "hi1", "", "lo1", "lo2", "lo3", "few", "none", "self".
type MatrixCell struct {
	Heat     string
	Figure   string // "75", or empty
	N        string // "126", "6/6"
	Href     string
	Text     string // the whole sentence for screen readers; empty: headers, figures and Verdict say it
	Verdict  string // a word that only screen readers hear, where Text is empty
	Selected bool
	Loose    bool   // traffic without agreement: ring
	Shape    string // fact of few cases: "met", "missed"
}

// DrawerProps is the panel at the right edge; its children are the content.
type DrawerProps struct {
	Eyebrow   string
	Title     string
	Note      string
	CloseHref string
}
