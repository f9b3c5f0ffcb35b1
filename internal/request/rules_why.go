package request

import (
	"slices"
	"strconv"

	"neike/internal/clock"
	"neike/internal/org"
)

// namedLine is a clock with a due time, by the name under which it can be asked for.
type namedLine struct {
	Name string
	clock.Line
}

// clockName is the name of a clock of a request: completion, first_response, next_response:2 (the second turn), hop:finance.
func clockName(tree *org.Tree, c clock.State) string {
	switch {
	case c.Scope == clock.HopScope:
		return clock.HopScope + ":" + unitCode(tree, c.Unit)
	case c.Kind == clock.NextResponse:
		return clock.NextResponse + ":" + strconv.Itoa(c.Turn)
	}
	return c.Kind
}

// explainable are the clocks with a due time: completion, first response, hops, then the turns, the last one first. turns
// are all of them, where there is more than the one among the lines.
func explainable(lines, turns []clock.Line, tree *org.Tree) []namedLine {
	if len(turns) > 0 {
		lines = slices.DeleteFunc(slices.Clone(lines), func(l clock.Line) bool { return l.Kind == clock.NextResponse })
		lines = append(lines, turns...)
	}
	var completion, rest, said []namedLine
	for _, l := range lines {
		if l.DueAt.IsZero() {
			continue
		}
		x := namedLine{clockName(tree, l.State), l}
		switch {
		case l.Kind == clock.NextResponse:
			said = append([]namedLine{x}, said...)
		case l.Kind == clock.Completion && l.Scope == clock.Customer:
			completion = append(completion, x)
		default:
			rest = append(rest, x)
		}
	}
	return slices.Concat(completion, rest, said)
}

// group is the name of a clock in the choice, where all turns are one.
func (l namedLine) group() string {
	if l.Kind == clock.NextResponse {
		return clock.NextResponse
	}
	return l.Name
}

// pick finds a clock by its name. next_response is the running or last turn, and no name at all the first on the list.
func pick(list []namedLine, name string) (namedLine, bool) {
	i := slices.IndexFunc(list, func(l namedLine) bool { return name == "" || l.Name == name || l.group() == name })
	if i < 0 {
		return namedLine{}, false
	}
	return list[i], true
}
