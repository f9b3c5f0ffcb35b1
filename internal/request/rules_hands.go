package request

import "maps"

// Verbs of a request that goes through several hands.
const (
	VerbPart      Verb = "part"       // by the house: a part of this one has ended
	VerbPartAgain Verb = "part-again" // by the house: it goes on after all
)

func init() {
	maps.Copy(ways, map[Verb]move{
		VerbPart:      {States, ""},
		VerbPartAgain: {States, ""},
	})
}
