package request

import (
	"strings"
	"unicode/utf8"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
)

// NoStage as a stage: none of them.
const NoStage = "none"

// maxStageWhy bounds what is said with a stage, in characters.
const maxStageWhy = 500

// staged brings the stage of the work up to date: it is the holding unit's, and nobody's once the work is delivered or
// given back. unit is the one that held the request before the event.
func (r *Request) staged(e Event, unit int64) {
	switch {
	case e.Kind == VerbStage:
		r.Stage = e.Code
	case r.Unit != unit, e.Kind == VerbPutBack, e.Kind == VerbDeliver, e.Kind == VerbMerge, !r.State.Open():
		r.Stage = ""
	}
}

// stageTo decides what stage a request comes to: one of its service, another than it has.
func stageTo(f *fault.Fields, s *catalog.Service, now, code, why string) (to, said string) {
	code, said = strings.TrimSpace(code), strings.TrimSpace(why)
	x, known := s.StageOf(code)
	switch {
	case code == "":
		f.Add("stage", "form.required")
	case code == NoStage && now == "", known && x.Code == now:
		f.Add("stage", "request.stage-already")
	case code == NoStage:
	case !known || x.Retired:
		f.Add("stage", "request.stage-unknown")
	default:
		to = code
	}
	if n := utf8.RuneCountInString(said); n > maxStageWhy {
		f.Add("text", "form.too-long", "max", maxStageWhy, "count", n)
	}
	return to, said
}
