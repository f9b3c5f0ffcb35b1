package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Rung is who is told at a step of the ladder.
type Rung string

// The rungs. Whoever is away is told with the deputy, as everywhere; where nobody is on duty, the head is told.
const (
	RungNobody   Rung = "nobody"
	RungAssignee Rung = "assignee" // who has it; nobody yet: those on duty, or the agents
	RungDuty     Rung = "duty"     // who is on duty
	RungHead     Rung = "head"     // the head of the unit that has it, and who has it
	RungHeads    Rung = "heads"    // the heads of both units
)

// Rungs lists them from the nearest to the farthest.
var Rungs = []Rung{RungNobody, RungAssignee, RungDuty, RungHead, RungHeads}

// LadderSteps are the shares of a request's time, in per cent, at which somebody is told.
var LadderSteps = [4]int{50, 75, 100, 150}

// Ladder says who is told when part of a request's time is used. It is no part of a version: it holds for open requests.
type Ladder struct {
	Steps  [4]Rung // in the order of LadderSteps
	Urgent bool    // of urgent requests people are told outside their working time, too
}

// UsualLadder holds where a service says nothing.
var UsualLadder = Ladder{Steps: [4]Rung{RungAssignee, RungDuty, RungHead, RungHeads}, Urgent: true}

// At is who is told at a step; RungNobody at what is none.
func (l Ladder) At(percent int) Rung {
	if i := slices.Index(LadderSteps[:], percent); i >= 0 {
		return l.Steps[i]
	}
	return RungNobody
}

// text is the ladder as it is stored; the usual one is "".
func (l Ladder) text() string {
	if l.Steps == UsualLadder.Steps {
		return ""
	}
	parts := make([]string, len(LadderSteps))
	for i, p := range LadderSteps {
		parts[i] = strconv.Itoa(p) + ":" + string(l.Steps[i])
	}
	return strings.Join(parts, " ")
}

func (l *Ladder) read(text string) {
	l.Steps = UsualLadder.Steps
	for _, part := range strings.Fields(text) {
		p, rung, _ := strings.Cut(part, ":")
		n, _ := strconv.Atoi(p)
		if i := slices.Index(LadderSteps[:], n); i >= 0 {
			l.Steps[i] = Rung(rung)
		}
	}
}

// checkLadder tells which step names nobody there is.
func checkLadder(f *fault.Fields, l Ladder) {
	for i, p := range LadderSteps {
		if !slices.Contains(Rungs, l.Steps[i]) {
			f.Add(fmt.Sprintf("step_%d", p), "catalog.rung-unknown", "given", clip(string(l.Steps[i]), 20))
		}
	}
}

// SetLadder says who is told of the requests for a service when their time is used, for open ones, too.
func (c *Catalog) SetLadder(ctx context.Context, code string, l Ladder, revision int) (*Service, error) {
	return c.change(ctx, code, doEdit, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		var f fault.Fields
		checkLadder(&f, l)
		if err := f.Err(); err != nil || s.Ladder == l {
			return err
		}
		s.Ladder, s.Revision, s.Changed = l, s.Revision+1, tx.Now
		if err := setLadder(ctx, tx, s.ID, l); err != nil {
			return err
		}
		if err := updateService(ctx, tx, s); err != nil {
			return err
		}
		return c.announce(ctx, tx, ServiceWasChanged{Service: s.ID, Code: s.Code, What: []string{partLadder}, Version: s.Version})
	})
}
