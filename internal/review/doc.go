// Package review is the sampled accuracy review (准确率抽查): some of the accepted requests of a service are drawn, and
// whoever asked, or the quality office, says whether the result was correct, partly correct or wrong.
//
// # Words
//
// A plan says, for one service, what share of its accepted requests is drawn, how many a month at most, who judges first and
// what share is judged by somebody else as well. Every change is a new revision with a secret seed of its own. A case is one
// acceptance of one request while a plan was on. It is drawn when HMAC-SHA256 of the request's number under the seed, read as
// a number in [0, 1), is below the share: nobody chooses, and who has the seed can recompute it. Never drawn are confidential
// requests, personal support and imported history.
//
//	passed   not drawn             over   drawn, but the month was full
//	open ──judge──▶ done           (all judgements are there and agree, or there is but one)
//	  │ └─judge──▶ split ──decide──▶ done   (two differ: a third person of the quality office decides)
//	  ├──▶ lapsed                  nobody judged in ten working days; what one of two judged counts alone
//	  └──▶ dropped                 the request was reopened meanwhile
//
// The second judge sees nothing of the first. The serving side sees of one case at most the word that the judge lets it
// read; of all others counts. Until there are reviews, right-first-time stands in, and the page says so.
//
// # Neighbours
//
// Calls down: org (people, who holds the quality office), access (who may), calendar (working days), todo (who owes a
// judgement), talk (names of cases in notices), catalog (services, targets), request (numbers, titles, whose numbers one sees).
// Follows: request.WasAccepted, request.WasAcceptedByHouse, request.WasReopened.
// Announces: PlanWasSet, WasDrawn, WasJudged, WasSplit, WasConcluded, HasLapsed, WasDropped, WasSucceeded. None carries a
// judgement.
package review
