// Package phrase is what is said often (常用语): canned answers of a unit and of a person, put into an answer by name.
//
// # Words
//
// Phrase: a name, a text in Chinese, English or both, and the services it is for (none: all). A unit's are kept by its agents
// and heads and used by them; a person's own by nobody else. Placeholder: {asker}, {number}, {due}, {me}, {service} in a text;
// the room of the record says what stands there when the phrase is put into an answer (Fill), in the language of whom it is
// for. A placeholder that nothing is known for stays as it was typed, so that its writer sees it before it is sent.
//
// # Neighbours
//
// Calls down: org (units, pinyin), access (who may), catalog (services). Announces: WasSaved, WasRemoved.
package phrase
