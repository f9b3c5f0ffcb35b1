// Package clock measures what was promised against time: it replays the marks of a subject (a request) into the states
// of its clocks, and keeps those states in rows so that what is due can be found.
//
// # Words
//
// A mark is something that happened to a subject at a moment and that a clock cares about: open, respond, pause (the
// customer was asked), resume (the customer answered), deliver, return, accept, reopen, cancel, hop (another unit holds
// it), word (the customer said something), retarget, agree (on another date). A clock has a kind (first_response, completion, next_response) and a scope: the customer's clocks run over the whole
// subject, a hop's clock over the time in which one unit holds it. A unit that gets a subject back goes on with its hop
// clock; the time between was other_unit.
//
// # States of a clock
//
//	          ┌──── pause, deliver ───▶ paused ──┐
//	open ─▶ running ◀─── resume, return ─────────┘
//	          │ due passes            │ accept, respond, hop away
//	          ▼                       ▼
//	       breached (for ever)       met          cancel: cancelled
//
// A clock past its due time reads breached, also while it runs. Equality is met: a delivery at the due instant is in
// time. A clock without a target has no due time; it runs and is met when it ends.
//
// # What counts
//
//   - first_response ends with the holding unit's first message, question, proposed date, decline or delivery. It is
//     never paused.
//   - next_response is an answer that is owed to what the customer says after the first response: a message, the answer to a
//     question, a return, a reopening, a nudge with words. The first such word that nothing waits for begins a turn, with a
//     target of its own from that moment, counted in the calendar of the first response; more words do not begin it anew. It
//     ends with what would be a first response. Pauses do not stop it: who was asked may write, too. Acceptance, withdrawal and
//     cancelling make it moot (cancelled), but a turn that was late by then stays late. Replay gives the running or last
//     turn, so that a subject has one row of this kind whatever is said; Turns gives all of them. A row that begins anew may
//     be announced as breached again.
//   - completion ends with the delivery that is accepted. Between deliver and return it is delivered, between question
//     and answer paused; both do not count, and the due time moves by the working time that they took. Overlapping
//     pauses are united. Pausing never un-breaches.
//   - A target that ends at a moment of the calendar (workdays_eod, workdays_same_time) allows the working time from the
//     start to that moment, without pauses; that is target_seconds. As long as no pause takes working time the due time
//     is that very moment, and each pause before it moves it by the pause's working time.
//   - While a pause lasts, the due time shown is the one that held when it began: the rest of the budget is frozen.
//   - The customer's clock keeps the calendar that it began with, by code. When a new version of that calendar is
//     published the open clock follows it, unless it was breached by then; a due time that this would move into the past
//     becomes the moment of publication and is marked as breached by the change, not by the handler.
//   - A change of target may lead it into another calendar. From that moment on it follows the versions of that one, and
//     no longer those of the calendar it left: what was counted there stays as it was counted.
//   - A target may be changed under way (Retarget): carry takes what is used along, restart begins anew (what was before it is
//     shown as restarted and counts for nothing), from_start counts
//     as if the new target had held from the beginning. A breach before the change stays, with its due time.
//   - A date that both sides agree on (Agree) is the due time of the completion from then on, to the instant; pauses after
//     the agreement move it as they move any due time, a change of target does not. A breach before it stays. Beside it stands what the clock would be
//     without any agreement (OriginalDue, OriginalState), so that nobody is made punctual in silence.
//
// # Neighbours
//
// Calls down: calendar. Hears: calendar.WasPublished (a job recomputes the open clocks).
// Announces: WasBreached once per clock, of next_response once per turn, WasUsed once per clock, turn and share, WasRecomputed. Rooms with subjects register a Source, so that rows can be
// rebuilt (Replay) and proven (Check).
package clock
