package promise

func kindOf(a act) string {
	if a.Primary {
		return "primary"
	}
	return ""
}

func sendKind(v verbView) string {
	if v.Verb == VerbWithdraw {
		return "danger"
	}
	return "primary"
}

// newDraft is the key under which a new promise is kept on this device: one per message it is made from.
func newDraft(v newView) string {
	return "promise-" + v.In.About + "-" + v.In.Message
}
