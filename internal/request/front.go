package request

// front are the acts that may stand open on the page of a request, the likeliest first: what a reader owes, then what one
// usually does next. All others are folded under 'more'.
var front = []Verb{VerbTake, VerbAnswer, VerbConfirm, VerbAgree, VerbAccept, VerbRate, VerbDeliver, VerbSettle,
	VerbCauseDecide, VerbCause, VerbCauseAgree, VerbCauseDispute, VerbGrant, VerbVoid, VerbKeep,
	VerbAsk, VerbStage, VerbReturn, VerbDisown, VerbUnmerge, VerbDecline, VerbPropose, VerbWithdraw, VerbNudge, VerbReopen}

// frontMost is how many acts stand open. One more does when it would be alone under 'more'.
const frontMost = 3

// apart divides the buttons into those that stand open and those that are folded. The primary one, and the order of the
// buttons, stay as they are.
func apart(all []act) (open, folded []act) {
	chosen := map[Verb]bool{}
	for _, verb := range front {
		for _, a := range all {
			if a.Verb == verb && len(chosen) < frontMost {
				chosen[verb] = true
			}
		}
	}
	if len(all)-len(chosen) == 1 {
		return all, nil
	}
	for _, a := range all {
		if chosen[a.Verb] {
			open = append(open, a)
		} else {
			folded = append(folded, a)
		}
	}
	return open, folded
}
