package relation

import (
	"context"
	"net/http"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/xlsx"
)

// Sizes of the picture of a matrix, px.
const (
	matrixHead = 156.0
	matrixTop  = 26.0
	matrixCell = 58.0
	matrixRow  = 38.0
)

// sendMatrixPicture sends the window of the matrix that the address asks for as SVG: what the page shows, with its legend.
func (s *Service) sendMatrixPicture(ctx context.Context, w http.ResponseWriter, m *Matrix, q query) error {
	c := s.census(m, q)
	p := ui.PictureProps{Title: finding(ctx, c, q.Measure), Note: lead(ctx, c, q) + lang.T(ctx, "ui.comma") + lang.T(ctx, "relation.picture.day", "day", lang.Date(ctx, s.db.Now()))}
	if q.Measure == AccountMeasure || q.Measure == HealthMeasure {
		p.Title = indexFinding(ctx, m, q.Measure)
	}
	if q.Measure == Satisfaction {
		p.Title = ratedFinding(ctx, m)
	}
	p.Label = p.Title
	q.Provider, q.Customer = "", ""
	t := s.table(ctx, m, q)
	p.Width, p.Height = matrixHead+matrixCell*float64(len(t.Columns)), matrixTop+matrixRow*float64(len(t.Rows))+2
	for i, head := range t.Columns {
		p.Boxes = append(p.Boxes, ui.PictureBox{X: matrixHead + matrixCell*float64(i), W: matrixCell, H: matrixTop, Class: "none", Text: head.Text})
	}
	for k, row := range t.Rows {
		y := matrixTop + matrixRow*float64(k)
		p.Boxes = append(p.Boxes, ui.PictureBox{Y: y, W: matrixHead, H: matrixRow, Class: "none", Text: row.Head})
		for i, cell := range row.Cells {
			if cell.Figure == "" && cell.N == "" {
				continue
			}
			class := cell.Heat
			switch class {
			case "":
				class = "mid"
			case "self":
				class = "none"
			}
			p.Boxes = append(p.Boxes, ui.PictureBox{X: matrixHead + matrixCell*float64(i) + 1, Y: y + 1, W: matrixCell - 2, H: matrixRow - 2, Class: class, Text: cell.Figure, Small: cell.N})
		}
	}
	for _, item := range legend(ctx, c, q) {
		class := map[string]string{"few": "is-few"}[item.Kind]
		if class == "" {
			class = item.Kind
		}
		if item.Kind != "none" && item.Kind != "loose" {
			p.Keys = append(p.Keys, ui.PictureKey{Class: class, Text: item.Text})
		}
	}
	if err := xlsx.SendPicture(w, ui.FileTitle(lang.T(ctx, "relation.export.file", "period", q.Period.Code()))); err != nil {
		return err
	}
	return p.WriteSVG(w)
}
