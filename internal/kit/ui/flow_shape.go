package ui

import (
	"context"
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
)

func stepClass(s Step) string {
	switch s.State {
	case "done":
		return "d"
	case "now":
		return "n"
	}
	return ""
}

func dryRunStatus(ctx context.Context, kind string) StatusProps {
	switch kind {
	case "create":
		return StatusProps{Text: lang.T(ctx, "ui.dry-create"), Icon: "plus", Tone: "good"}
	case "change":
		return StatusProps{Text: lang.T(ctx, "ui.dry-change"), Icon: "pencil"}
	case "error":
		return StatusProps{Text: lang.T(ctx, "ui.dry-error"), Tone: "bad"}
	}
	return StatusProps{Text: lang.T(ctx, "ui.dry-skip"), Icon: "minus", Tone: "na"}
}

func jobStatus(ctx context.Context, state string) StatusProps {
	switch state {
	case "failed":
		return StatusProps{Text: lang.T(ctx, "ui.job-failed"), Tone: "bad"}
	case "cancelled":
		return StatusProps{Text: lang.T(ctx, "ui.job-cancelled"), Icon: "circle-x", Tone: "na"}
	}
	return StatusProps{Text: lang.T(ctx, "ui.job-done"), Tone: "good"}
}

func jobShare(p JobProps) float64 {
	if p.Total <= 0 {
		return 0
	}
	return float64(p.Done) / float64(p.Total)
}

// qrSVG draws a code as one path, a unit a module, so that print stays sharp.
func qrSVG(p QRProps) string {
	level, quiet := qrcode.Medium, 0
	if p.Sturdy {
		level, quiet = qrcode.High, 4
	}
	code, err := qrcode.New(p.Text, level)
	if err != nil {
		return "" // longer than any code holds: the address in words stands beside it
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	var b strings.Builder
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			run := 0
			for x+run < len(row) && row[x+run] {
				run++
			}
			if run > 0 {
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
				x += run
			}
		}
	}
	size := p.Size
	if size == 0 {
		size = 160
	}
	px, n, edge := strconv.Itoa(size), strconv.Itoa(len(bits)+2*quiet), strconv.Itoa(-quiet)
	return `<svg role="img" aria-label="` + templ.EscapeString(p.Label) + `" width="` + px + `" height="` + px + `" viewBox="` + edge + ` ` + edge + ` ` + n + ` ` + n + `" shape-rendering="crispEdges"><path d="` + b.String() + `"/></svg>`
}
