package request

import (
	"fmt"
	"time"

	"neike/internal/kit/fold"
)

// fromLog are the columns that the fold of the log gives.
var fromLog = fold.Columns[Request]{
	fold.Of("state", func(r *Request) *State { return &r.State }),
	fold.Of("unit", func(r *Request) *int64 { return &r.Unit }),
	fold.Of("assignee", func(r *Request) *int64 { return &r.Assignee }),
	fold.Of("events", func(r *Request) *int { return &r.Events }),
	fold.Of("hops", func(r *Request) *int { return &r.Hops }),
	fold.Of("returns", func(r *Request) *int { return &r.Returns }),
	fold.Of("nudges", func(r *Request) *int { return &r.Nudges }),
	fold.Of("rated", func(r *Request) *bool { return &r.Rated }),
	fold.Time("opened_at", func(r *Request) *time.Time { return &r.OpenedAt }),
	fold.Time("taken_at", func(r *Request) *time.Time { return &r.TakenAt }),
	fold.Time("delivered_at", func(r *Request) *time.Time { return &r.DeliveredAt }),
	fold.Time("done_at", func(r *Request) *time.Time { return &r.DoneAt }),
	fold.Time("proposed_due", func(r *Request) *time.Time { return &r.Proposed }),
	fold.Of("agreed", func(r *Request) *int { return &r.Agreed }),
	fold.Of("reopens", func(r *Request) *int { return &r.Reopens }),
	fold.Of("recurs", func(r *Request) *int { return &r.Recurs }),
	fold.Of("silent", func(r *Request) *bool { return &r.Silent }),
	fold.Of("contest", func(r *Request) *string { return &r.Contest }),
	fold.Of("stage", func(r *Request) *string { return &r.Stage }),
	fold.Of("provider", func(r *Request) *int64 { return &r.Provider }),
	fold.Of("hand_overs", func(r *Request) *int { return &r.HandOvers }),
	fold.Of("came_back", func(r *Request) *int { return &r.CameBack }),
	fold.Of("passes", func(r *Request) *int { return &r.Passes }),
	fold.Time("confirmed_at", func(r *Request) *time.Time { return &r.ConfirmedAt }),
	fold.Of("parent", func(r *Request) *ID { return &r.Parent }),
	fold.Of("parts", func(r *Request) *int { return &r.Parts }),
	fold.Of("parts_open", func(r *Request) *int { return &r.PartsOpen }),
	fold.Of("merged_into", func(r *Request) *ID { return &r.MergedInto }),
	fold.Of("duplicate", func(r *Request) *bool { return &r.Duplicate }),
	fold.Time("closed_at", func(r *Request) *time.Time { return &r.ClosedAt }),
	fold.Time("last_at", func(r *Request) *time.Time { return &r.LastAt }),
}

// fromClocks are the columns that its clocks give.
var fromClocks = fold.Columns[Request]{
	fold.Time("due", func(r *Request) *time.Time { return &r.Due }),
	fold.Time("response_due", func(r *Request) *time.Time { return &r.ResponseDue }),
	fold.Time("reply_since", func(r *Request) *time.Time { return &r.ReplySince }),
	fold.Time("reply_due", func(r *Request) *time.Time { return &r.ReplyDue }),
	fold.Time("next_due", func(r *Request) *time.Time { return &r.NextDue }),
	fold.Time("responded_at", func(r *Request) *time.Time { return &r.RespondedAt }),
	fold.Of("response_is", func(r *Request) *Outcome { return &r.ResponseIs }),
	fold.Of("completion_is", func(r *Request) *Outcome { return &r.CompletionIs }),
	fold.Of("response_took", func(r *Request) *int64 { return &r.ResponseTook }),
	fold.Of("completion_took", func(r *Request) *int64 { return &r.CompletionTook }),
	fold.Of("paused_took", func(r *Request) *int64 { return &r.PausedTook }),
	fold.Time("original_due", func(r *Request) *time.Time { return &r.OriginalDue }),
	fold.Of("original_is", func(r *Request) *Outcome { return &r.OriginalIs }),
}

// flawIn names the first of the columns in which the row is not what the fold says; a Flaw without What when none is.
func flawIn(columns fold.Columns[Request], row, fold Request) Flaw {
	d := columns.Differ(row, fold)
	if d.Field == "" {
		return Flaw{}
	}
	return Flaw{id: row.ID, Number: row.Ref(), What: FlawField, Field: d.Field, Row: d.Row, Log: d.Log}
}

// unlike folds a log and names the first thing in which the row differs; a Flaw without What when nothing does.
func unlike(r Request, log []Event) Flaw {
	fold, flaw := foldOf(r, log)
	if flaw.What != "" {
		flaw.id, flaw.Number = r.ID, r.Ref()
		return flaw
	}
	return flawIn(fromLog, r, fold)
}

// foldOf is what a log comes to, with what of the row no event can change.
func foldOf(r Request, log []Event) (Request, Flaw) {
	if len(log) == 0 || log[0].Kind != VerbOpen {
		return Request{}, Flaw{What: FlawStart}
	}
	fold := Request{ID: r.ID, AskedBy: r.AskedBy, For: r.For, LoggedBy: r.LoggedBy, State: StateNew, OpenedAt: log[0].At, LastAt: log[0].At, Unit: log[0].Unit,
		Provider: log[0].Unit, Events: 1, Hops: 1, Parent: log[0].Other}
	for i, e := range log[1:] {
		if e.N != i+2 || e.At.Before(fold.LastAt) {
			return fold, Flaw{What: FlawOrder, Field: fmt.Sprint(e.N)}
		}
		fold.CameBack += cameBack(log[:i+1], e)
		if err := fold.happen(e); err != nil {
			return fold, Flaw{What: FlawEvent, Field: fmt.Sprint(e.N), Row: string(e.Kind), Log: string(fold.State)}
		}
	}
	return fold, Flaw{}
}
