// Package problem tells everybody who may ask for a service what is known to be wrong with it (已知问题), before they ask.
//
// # Words
//
// A known problem belongs to one or more services of one unit. Its words are public and written for the purpose: what is
// wrong, what is done about it, by when. They never come from a request, even when it was marked from one. Whoever has it,
// too, says so with one tap (我也遇到了) instead of making a request: they are told of each step and of the end, and are
// asked once whether it is solved for them. What they add in words is for the unit alone.
//
//	open ──update──▶ open ──┬──▶ solved     (those who have it are asked: solved for you? no becomes a request)
//	                        └──▶ withdrawn  (it was none)
//
// How many have it is public from as many people on as the rule of disclose asks; below that it says 'several'. Who they are, and from which units, is for
// those who serve the unit: its agents and heads.
//
// # Neighbours
//
// Calls down: org (units, names), access (who may), disclose (of how many a count is public), talk (names of problems in the inbox), catalog (services and their
// audiences), request (the slot above the form in which one asks; a request for whom it is not solved).
// Announces: WasOpened, WasUpdated, WasEnded, WasShared, WasAnswered.
package problem
