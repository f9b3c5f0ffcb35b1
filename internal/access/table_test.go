package access

import (
	"os"
	"strings"
	"testing"
)

// The design's table, row by row: which relations and roles the action is open to, alone. What is not named is not.
var design = []struct {
	row     string
	actions string
	allow   Set
	named   bool // open to the people named for a confidential request
	asked   bool // open to the customer of a confidential request
}{
	{"request · see, timeline, clocks", "request.see", Asked | DeputyAsks | Delegate | SameUnit | Assignee | DeputyServes | Agent | Watcher | HeadAsks | HeadServes | Named | Quality | Glass, true, true},
	{"request · customer side of the talk", "request.talk.see", Asked | DeputyAsks | Delegate | SameUnit | Assignee | DeputyServes | Agent | Watcher | HeadAsks | HeadServes | Named | Quality | Glass, true, true},
	{"request · internal notes", "request.note.see", Assignee | DeputyServes | Agent | InsideWatcher | HeadServes | Quality, true, false},
	{"request · serving verbs", "request.take request.decline request.assign request.ask request.deliver request.hand-over request.split request.propose-date", Assignee | DeputyServes | Agent | HeadServes, true, false},
	{"request · note", "request.note", Assignee | DeputyServes | Agent | HeadServes, true, false},
	{"request · draft of an answer", "request.draft", Assignee | DeputyServes | Agent | HeadServes, true, false},
	{"request · message", "request.message", Asked | DeputyAsks | Delegate | Assignee | DeputyServes | Agent | HeadServes | Watcher, true, true},
	{"request · answer, accept", "request.answer request.accept", Asked | DeputyAsks | Delegate, false, true},
	{"request · a named deputy of the asker", "request.return request.agree-date request.nudge", Asked | DeputyAsks | Delegate, false, true},
	{"request · customer's verbs", "request.withdraw request.cancel request.reopen", Asked | DeputyAsks, false, true},
	{"request · who stands in", "request.stand-in", Asked, false, true},
	{"request · rate", "request.rate", Asked, false, true},
	{"rating · score", "rating.see", Self | Asked, false, true},
	{"rating · reasons and comment", "rating.reasons", Self | Asked | Quality, false, true},
	{"personal-support request", "support.see", Asked | Named, true, true},
	{"standing delivery · see", "delivery.see", Asked | DeputyAsks | SameUnit | Assignee | DeputyServes | Agent | Watcher | HeadAsks | HeadServes | Quality, true, true},
	{"standing delivery · deliver", "delivery.deliver", Assignee | DeputyServes | Agent | HeadServes, true, false},
	{"standing delivery · accept, return", "delivery.accept", Asked | DeputyAsks | HeadAsks, false, true},
	{"promise · see", "promise.see", Asked | DeputyAsks | SameUnit | Assignee | DeputyServes | Named | HeadAsks | HeadServes | Quality, true, true},
	{"promise · say kept or broken", "promise.judge", Asked | HeadAsks | Secretary, false, true},
	{"service · propose article", "service.article", Agent | HeadServes | Owner | Quality, true, false},
	{"service · draft, edit, retire; form", "service.edit", HeadServes | Owner | Quality, false, false},
	{"standard · change", "standard.change", HeadServes, false, false},
	{"standard · draft", "standard.draft", HeadServes | Owner | Quality, false, false},
	{"agreement · see", "agreement.see", Member | Agent | HeadAsks | HeadServes | Quality | Executive, true, false},
	{"agreement · sign", "agreement.sign", HeadAsks | HeadServes, false, false},
	{"expectation · write, answer", "expectation.write", Agent | HeadAsks | HeadServes | Quality, true, false},
	{"relationship account", "account.see", HeadAsks | HeadServes | Quality | Executive, false, false},
	{"relation · numbers", "relation.numbers", Member | Agent | HeadAsks | HeadServes | Quality | Executive, true, false},
	{"relation · propose, confirm, dispute", "relation.propose", HeadAsks | HeadServes | Quality, false, false},
	{"organisation · change", "org.change org.import", Admin, false, false},
	{"person · personal data", "person.erase", Security, false, false},
	{"person · personal data, own", "person.data", Self | Security, false, false},
	{"organisation · duty", "org.duty", Secretary | HeadServes | Admin, false, false},
	{"organisation · activation", "org.activate", Secretary | Admin, false, false},
	{"access · roles of the own unit", "access.delegate", HeadServes | Admin, false, false},
	{"access · roles", "access.roles", Security | Admin, false, false},
	{"access · why", "access.why", Self | HeadServes | Security, false, false},
	{"access · break-glass", "access.glass", Security, false, false},
	{"access · view as", "access.view-as", Security, false, false},
	{"audit trail · read, verify", "audit.read audit.verify", Auditor, false, false},
	{"settings, channels, backup", "settings.change", Admin, false, false},
}

func TestTheTableIsTheDesigns(t *testing.T) {
	for _, d := range design {
		for _, action := range strings.Fields(d.actions) {
			for i, name := range setNames {
				bit := Set(1) << i
				if got, want := May(action, Everyone|bit, false), d.allow.Has(bit); got != want {
					t.Errorf("%s: %s for %s is %v", d.row, action, name, got)
				}
				if got, want := May(action, Everyone|bit, true), bit == Named && d.named || bit == Asked && d.asked || bit == Glass && d.allow.Has(Glass); got != want {
					t.Errorf("%s: %s when confidential for %s is %v", d.row, action, name, got)
				}
			}
		}
	}
}

func TestRolesNeverWidenAConfidentialRecord(t *testing.T) {
	all := ^Set(0) &^ (Asked | Named | Everyone | Self | Glass)
	for _, action := range Actions() {
		rule := index[action]
		if !rule.Open && !rule.Allow.Has(Everyone|Self) && May(action, all, true) {
			t.Errorf("%s opens a confidential record to somebody who is everything but its customer or named", action)
		}
	}
}

func TestTheCustomerNeverSeesTheNotes(t *testing.T) {
	for _, action := range []string{"request.note.see", "request.note"} {
		if May(action, ^Set(0), false) || May(action, ^Set(0), true) {
			t.Errorf("%s is open to a customer who is everything else as well", action)
		}
	}
}

func TestUnknownActionsAreNotAllowed(t *testing.T) {
	if May("request.explode", ^Set(0), false) || May("", ^Set(0), false) {
		t.Error("what has no row is allowed")
	}
}

func TestEveryRowSpeaksBothLanguages(t *testing.T) {
	for _, g := range Table {
		for _, r := range g.Rules {
			if r.Title.Zh == "" || r.Title.En == "" || (r.Note.Zh == "") != (r.Note.En == "") || r.Allow == 0 {
				t.Errorf("%s is not complete", r.Action)
			}
		}
	}
	if len(setNames) != 25 || 1<<(len(setNames)-1) != Glass {
		t.Error("the bits' names are not the bits")
	}
}

func TestTheDocumentIsFresh(t *testing.T) {
	have, err := os.ReadFile("../../docs/permissions.md")
	if err != nil || string(have) != Markdown() {
		t.Errorf("docs/permissions.md is not what the table says: run make generate (%v)", err)
	}
}
