// Package disclose stands in front of numbers about people: what a number may be made of, and what has been released.
//
// # Words
//
// Least: the smallest number of different people that a number may be about (k), set by the quality office. Waiting: a rating that no
// number contains yet. Batch: ratings of at least k people that were released together, as counts; every rating is in one batch at most, and a batch
// is never changed. Ledger: the list of all batches. Source: a room that keeps ratings.
//
// # Why batches
//
// Every number ever shown is a sum of whole batches. So is the difference of any two of them, whatever the filter, the period, the level or the
// day on which one looks: nothing less than a batch, and with it no fewer than k people, can be told apart. Nothing has to be hidden
// after the fact, and nothing that was shown is ever taken back.
//
// # Release
//
// Every night Plan (rules.go) looks at what waits. The ratings of an edge become a batch when they are of k people or more who are not all of one mind.
// What is left of two edges or more of a department (an entity) and has waited for three months (six) is pooled, and is released as a batch of that
// level: it counts there and above, never below. The batch is written, and its ratings are marked, in one transaction; the mark does not say which batch.
//
// # Reorganisations
//
// A batch follows its units whole. Where a unit was divided among several, its batches count for the unit that has all of them below it, and for
// none of the parts: nobody knows whose share a rating was.
//
// # Who sees what
//
// The heads of either side and those above them, the quality office and executives. What applies, everybody may read.
//
// # Neighbours
//
// Calls down: org (tree), access (who may). Higher rooms fill the slot of sources (request, delivery) and read sums (relation, agreement, insight).
// Announces: WasReleased, PolicyWasSet.
package disclose
