// Package agreement is what a provider unit and a customer unit agree on (服务协议, OLA): targets that override the
// standards of services, what the customer owes in turn, what is excluded, from when to when, and when both look at it
// again.
//
// # Words
//
// An agreement is of an ordered pair of units; a pair has at most one that is not ended. What it says stands in versions,
// numbered from 1. A version is a draft until the heads of both sides have signed the same words (the signature holds their
// print, SHA-256); a signed one is never changed. Whoever changes a draft takes the signature under it away. A word is what a
// side says: why it does not sign a draft, or its comment on a quarter.
//
//	draft ──sign──▶ signed by one ──sign by the other──▶ signed ──its first day──▶ in force
//	  ▲──────────change, object──────┘
//
// In force at a moment is the newest version that both had signed by then and whose days hold the day, while the agreement
// was not ended. Where a request comes from a unit below, the agreement of the nearest units counts: first the nearest customer,
// then the nearest provider. A request keeps the targets that it was opened with.
//
// # Duties
//
// What the customer owes: to answer questions within working hours, to ask completely (nothing had to be asked back), to say
// within workdays whether a delivery is right. They are measured over a quarter from the same requests: facts with n.
//
// # Who
//
// The heads of a side, and of units above it, write drafts and sign for it; the quality office drafts. Members and
// agents of either unit read, as do heads, the quality office and executives; for all others an agreement is not there.
//
// # Neighbours
//
// Calls down: org (units, heads), access (who may), calendar (in whose hours a duty counts), todo (who has to sign, whose turn a
// review is), relation (facts of the edge), catalog (services and their standards; it asks this room for the terms of a
// customer through a slot). request fills the slot of what happened on the edge.
// Announces: WasDrafted, WasSignedBy, CameIntoForce, WasObjectedTo, WasEnded, WasCommented, IsToBeReviewed.
package agreement
