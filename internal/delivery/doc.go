// Package delivery is what units bring to each other without being asked: the monthly report, payroll, material to the
// line (工作成果是供给下一个岗位的产品). It counts on the edge as requests do.
//
// # Words
//
// Arrangement (约定, Standing): a unit brings something to one or more units at the times of a schedule, by the work
// calendar of the provider. The head of the provider or the owner of the service makes it; the heads of the customers are
// told and may object, and after an objection nothing falls due for that customer. Occurrence: one due date of a schedule;
// the period it is for (2026-11, 2026-W47) is its slot, and there is one delivery per arrangement, customer and slot.
// Delivery: what is to be brought once, to one unit, on its own edge. Receiver: who takes it over; whoever heads the
// customer where nobody is named. Origin: by a schedule, pushed by the provider unasked (主动交付), or fed by another
// system.
//
// # States
//
//	           deliver            accept, or nobody says anything
//	due ─────────────▶ delivered ─────────────────────────────────▶ accepted (rate)
//	 │  ▲                │    ▲
//	 │  └── contest ─────┤    │ deliver
//	 │      uphold       │    │
//	 │                   ▼ return
//	 │                returned
//	 ├─ skip ──▶ skipped      (both sides agree: the provider asks, the customer agrees; or the customer does not want it)
//	 ├─ cancel ▶ cancelled    (pushed or fed by mistake)
//	 └─ miss ──▶ missed       (it fell due while the house was down)
//
//	contested ─ drop ─▶ dropped   (pushed and fed ones alone can be contested; until that is settled they count as nothing)
//
// # Clocks
//
// The clock of a delivery begins when it opens (some workdays before it is due) and runs to the due moment, which the
// schedule has found in the calendar already: its target counts day and night. A return lets it go on where the delivery
// stopped it. A new version of the calendar moves what has not fallen due yet, and the log says so.
//
// # After a standstill
//
// What fell due while the house was down opens once: of several due dates that have passed the last one opens, late; those
// before it are missed, which is in no rate.
//
// # Neighbours
//
// Calls down: org, access, calendar and clock, todo, talk, relation (edge, contact, tallies), catalog (standing services).
// Announces: WasOpened, WasDelivered, WasReturned, WasAccepted, WasRated, WasSaid, SkipWasAsked, SkipWasRefused, WasSkipped,
// WasContested, WasUpheld, WasDropped, WasCancelled, WasMissed, WasSucceeded, HasFollowed, DueMoved; of arrangements
// WasArranged, StandingWasChanged, StandingHasEnded, WasAgreed, WasObjected.
// Hears: clock.WasBreached, calendar.WasPublished.
package delivery
