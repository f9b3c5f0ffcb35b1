// Package relation is the edge: a provider unit serves a customer unit. The edge, not the ticket, is the core record
// of the product; requests, standards, numbers and, later, surveys, promises and complaints all hang on it.
//
// # Words
//
// Edge: (provider unit → customer unit). Observed: traffic ran over it. Declared: somebody said it exists, traffic or
// not. Pair: an edge and its opposite, the two directions of one relation. Contact: a person who works on an edge.
// Tally: counters per edge and local day, and the same per month; written in the transaction of the deed, corrected by
// negative deltas. Vector: one month's counters of all edges in memory. Roll-up: the edges of teams added up to their
// departments, sites, entities ("as the organisation is today"). Fact: a complete count judged against the agreed
// target, few below 5. Signal: the Wilson interval and what it allows to say: meets, misses, undetermined.
//
// # Standing
//
// Observed and declared are what the house knows; a standing is what both sides say: unspoken, proposed, confirmed,
// disputed, ended. Heads speak for their side, the quality office asks and rules (rules_standing.go). A side that is asked
// owes a word (todo). The log of an edge holds how it stood after each change: the map of any day is read from it.
//
// # Expectations
//
// What a customer expects of a provider: open, answered (by a standard or an agreement: a slot of grounds), refused with a reason,
// lapsed (what answered it has changed or is gone), withdrawn. Uncovered: open and lapsed.
//
// # Workshop
//
// 我的客户是谁: a sheet for each unit, saved in steps, handed in by its head; sheets are put face to face. What they say goes
// through Say and Expect; what is handed over is kept with the edge, in the words of each side.
//
// # Account
//
// The relationship account and the health index of a pair of units (rules_account.go): named events with public weights,
// half of which is left after 90 days, a credible interval, and no number below the evidence it needs.
//
// # Pictures and walls
//
// A graph has a unit in the middle, its suppliers on the left and its customers on the right; a chain says what goes over those edges; a
// flow how much. Walls, silence, overload and single points (rules_walls.go) are of the whole company, added up once a day, as is the ledger of
// all accounts, which the matrix shows.
//
// # Cohorts
//
// In time counts a case on the day it was due, whenever it was done; volume on the day it was opened; right first
// time on the day it was accepted, and with it what the case took: paused and worked time, and the stretches that units had it. A case that
// goes on again is taken back.
//
// # Who sees what
//
// That an edge exists everybody may see. Its numbers: the members of either unit, the heads of either unit or of a unit
// above it, quality and executives, everybody where the company says so. Withheld numbers look the same everywhere.
//
// # Neighbours
//
// Calls down: org (tree, names), access (who may), todo (a panel of home). Higher rooms call Edge, Tally and Contact in their
// transactions and fill the slots: targets (catalog), pending cases and recount (request), panels of the edge page, what
// answers expectations (catalog).
// Announces: WasObserved, the first time work runs over an edge; WasDeclared, WasUndeclared; WasSpokenOf; what becomes of
// expectations (WasExpected …), workshops and sheets.
package relation
