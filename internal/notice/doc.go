// Package notice tells people what concerns them: in the house, by mail, in the company's chat suite, in a unit's group.
// It stands on top: it follows the events of all rooms, and nobody calls it.
//
// # Words
//
// Kind: what happened, as a person chooses about it ("request.delivered"); the list is data (kinds.go, AddKind). Told: one
// person to be told of one event, and as what: agent, assignee, customer, head … Notice: the row that says so. Post: one
// message by one channel; several notices about one subject that wait for the same person travel in one post. Digest: the
// post that collects until the person's working day begins. Card: a post in the to-do list of a chat suite, closed when the
// todo closes. Channel: mail, chat, robot; the house itself always shows.
//
//	post   waiting ──claim──▶ sending ──▶ sent              (a card: ──▶ closing ──▶ closed)
//	          ▲                  │  └───▶ dead ──replay──▶ waiting
//	          └──── later ───────┘  └───▶ dropped: read meanwhile, moot, no longer theirs
//
// # What may be relied on
//
// Notices, posts and the place up to which events were read are written in one transaction: an event is told exactly once.
// A post is claimed before it leaves and marked after it left, one by one: nothing is lost, and after a crash at most the
// one that was on its way goes twice, with the same Message-ID. A letter that the server took without saying so goes twice
// at most, too, and is then given up as one that may have arrived. The words are made at that moment with the rights of the
// receiver: who may no longer see a record is not told of it. Of a confidential record nothing leaves the house but that
// there is something.
//
// A shift of a duty list is told by a job at a known moment (dutyAt), one per unit: enqueued when the list, or an absence of
// those on it, changes, and once a day for every unit with shifts to come. It reads the list as it is then.
//
// Nobody is told of their own deeds, nor anybody whose account is closed; who is on long leave is told of what is their own, not
// of work. Outside the working time of a person's calendar
// messages wait for its next opening, but for what is urgent. What a deputy may see is told to the deputy as well. A rating
// is never told by itself.
//
// # Neighbours
//
// Calls down: org (people, units, deputies, duty), access (who has a record), calendar (working time), todo (what is due,
// cards), talk (words, names of records, the inbox), request (parties, the verbs of one-time links). Follows their events,
// those of clock, signin and directory. Chat suites come through Suites, which app fills.
// Announces: WereTold (on PostgreSQL, for the open pages of other processes), WasAnnounced, MailWasSet, RobotWasSaved.
package notice
