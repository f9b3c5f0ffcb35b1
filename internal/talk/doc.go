// Package talk is the conversation on any subject: messages between the two sides, questions and answers, internal
// notes that the customer never sees, mentions, watchers and files; and the inbox of what a person has not read.
//
// # Words
//
// Subject: the record talked about, {"request", id}. Kinds: message (both sides), ask and answer (a question that
// stops the clock, and its answer), note (internal), system (a line the house writes). Mention: the token @[工号] in
// a text; the person must exist. Watcher: who is told of new messages; rooms make their people watchers. Reader: a
// watcher or somebody mentioned, if the policy lets that person read the kind.
//
// # Who may see
//
// talk knows no subject. The room of a subject registers a Policy for its kind: who may read it, who may read its
// notes, who may be mentioned there and so get to see it, and what it is called. Without a policy nobody sees
// anything. A file is seen by its uploader until it is attached, then by whoever sees what it is attached to: a file
// of a note by the readers of notes.
//
// # Neighbours
//
// Calls down: org (people by 工号, names), access (the grant 'mentioned').
// Slots: a Policy per kind of subject; the Feed that the inbox shows beside messages.
// Announces: WasPosted ("talk.was-posted").
package talk
