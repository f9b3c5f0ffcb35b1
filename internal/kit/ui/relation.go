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
	// Open makes a dense table of it, for hundreds of cells: they are bare text, and the script opens the address Open
	// followed by the codes of row and column, "finance:project". Who has no script follows the row's head.
	Open string
}

// MatrixHead is a column of it.
type MatrixHead struct {
	Text  string
	Code  string // of a dense table
	Title string // the full name when Text is short
	Href  string
	Gap   bool // a gap before it: front line after functions
	On    bool // selected
}

// MatrixRow is a row.
type MatrixRow struct {
	Head  string
	Code  string // of a dense table
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
	Text     string // the whole sentence for screen readers; in a dense table headers, figures and shape say it
	Selected bool
	Loose    bool   // traffic without agreement: ring
	Shape    string // "met", "missed": the fact of few cases; in a dense table also the verdict on many
}

// DrawerProps is the panel at the right edge; its children are the content.
type DrawerProps struct {
	Eyebrow   string
	Title     string
	Note      string
	CloseHref string
}
