package request

import (
	"context"
	"strconv"
	"strings"

	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// Topics of live pages: one request, its notes for those who read them, and the queue of one unit.
func topicOf(id ID) string          { return "request:" + strconv.FormatInt(id, 10) }
func topicOfNotes(id ID) string     { return "notes:" + strconv.FormatInt(id, 10) }
func topicOfUnit(unit int64) string { return "unit:" + strconv.FormatInt(unit, 10) }
func topicOfLine(unit int64) string { return "line:" + strconv.FormatInt(unit, 10) }

// Follow tells open pages that a request has changed, in every process: topic "request:ID", event "request", and topic
// "unit:ID" of the holding unit, event "queue". The data is the number, but the queue's, which all agents of the unit
// hear, says nothing: the request may be confidential. Whoever waits in line hears on "line:ID" that something moved there. A page fetches what it shows with the rights of its reader. Call it
// while wiring.
func (s *Service) Follow(live *web.Hub) {
	s.hear(live)
	s.events.Live(func(r event.Record) {
		if r.SubjectKind != Kind || !strings.HasPrefix(r.Kind, "request.") && r.Kind != (clock.WasBreached{}).EventKind() {
			return
		}
		said, err := event.Decode[WasSaid](r) // every event of the room begins with About
		if err != nil {
			return // the page shows it when it is opened again
		}
		number := Ref(said.Number)
		topic := topicOf(r.Subject)
		if said.Note { // its customer does not even hear that there is one
			topic = topicOfNotes(r.Subject)
		}
		live.Publish(topic, "request", number)
		if said.Unit != 0 {
			live.Publish(topicOfUnit(said.Unit), "queue", "")
			live.Publish(topicOfLine(said.Unit), "request", "")
		}
	})
}

// topics are what the page of a request listens to.
func (v showView) topics() []string {
	out := []string{topicOf(v.ID)}
	if !v.NotesHidden() {
		out = append(out, topicOfNotes(v.ID))
	}
	if v.InLine != "" {
		out = append(out, topicOfLine(v.Unit))
	}
	return out
}

// MayListen says whether the actor may hear about a request, or about its notes: not found when not.
func (s *Service) MayListen(ctx context.Context, id ID, notes bool) error {
	action := "request.see"
	if notes {
		action = "request.note.see"
	}
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		confidential, err := isConfidential(ctx, rd, id)
		if err != nil {
			return err
		}
		_, err = s.Access.Require(ctx, rd, action, subject(id), confidential)
		return err
	})
}
