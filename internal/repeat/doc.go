// Package repeat is the requests that somebody asks again and again (周期请求): the monthly report, the quarterly stocktaking.
// It is the customer's side: what units owe each other without being asked is in the room delivery.
//
// # Words
//
// Template (模板): what is asked, of which service, for which unit, in whose name (the owner). With a schedule it repeats; without
// one it is saved for asking with one click. A template of the unit is kept by its head and its secretary as well.
// Date: one moment at which the result is needed, by the schedule and the work calendar of the unit that asks; the period it is
// for (2026-11) is its slot. Lead: a date opens its request that many workdays before, at eight in the morning, and the date is
// the request's wished date; what is promised and how clocks run, the service says.
//
// A date among the answers may follow the day of asking: {workday+5} is the fifth workday behind it, by the calendar of the unit,
// {workday+5 14:00} with a time. A month follows the date, as the title does: {month-1} is the month before.
// The files of a template are uploads that it holds; each request gets copies of its own.
//
// # States
//
//	saved                                        (asked by hand alone)
//	active ──pause──▶ paused ──resume──▶ active
//	   │ ▲
//	   │ └─ resume, once it is mended
//	   ├─ stops by itself: its service takes it no more ──▶ stopped (its owner owes a look at it; no date is lost)
//	   └─ end, or its last day has passed ──▶ ended
//
// A date is opened, or skipped before, or changed before (another title, other answers) and then opened; after a standstill it
// may be missed, where the template says that only the last one counts.
//
// # Exactly once
//
// A date has one row per template and slot, which is written in the transaction that files its request: two processes, a kill
// in the middle, a clock that jumps open it once.
//
// # Neighbours
//
// Calls down: org, access, calendar (schedules), todo (the owner's look at a stopped one), talk (watchers), catalog (services and
// their forms), request (vets and files).
// Announces: WasMade, WasChanged, WasOpened, HasStopped, WasSucceeded.
package repeat
