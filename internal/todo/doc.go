// Package todo is the table of what is owed. Every obligation of the product, from any room, is one row:
// who holds it (a person, or a unit until somebody takes it), to whom it is owed, about what, the verb that
// fulfils it, and when. The row is written in the transaction that creates the obligation and deleted in the
// one that fulfils it, so the table holds exactly what is owed now and nothing else.
//
// # Words
//
// Holder: the person or the unit (with a role) that owes. Verb: the act that fulfils, "take", "answer",
// "deliver", "accept" …; rooms add theirs with AddVerb. Side: serving (I owe it to a customer of mine) or served
// (I owe it as the customer: an answer, an acceptance). Unclaimed: held by a unit, for anyone of the role to take.
// Invitation: an entry with a time (until) from which on nobody is reminded of it; what it invites to may stay possible.
//
// # States
//
//	Owe ──▶ owed ──(Move, Due)──▶ owed ──▶ Fulfil: the row is gone
//	                               └─────▶ until has passed: nothing shows the row, Forget removes it
//
// # Neighbours
//
// Calls down: org (names, units), access (holders), calendar (working time left). It never learns who asked: the
// title, the reference and the link of the subject are stored in the row. The home page is a page of todo whose
// other two questions ('what do I wait for', 'how are we doing') are panels that higher rooms add with AddPanel.
// Parts are tiles by what a person is: rooms add numbers with AddTiles, each with the list of exactly what it counts.
// It announces nothing: the event that created or fulfilled the obligation is announced by the room that did it.
package todo
