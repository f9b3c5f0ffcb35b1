package promise

import (
	"context"
	"strconv"
	"strings"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// Topics of live pages: one promise, and those that a person has given or received.
func topicOf(id ID) string              { return "promise:" + strconv.FormatInt(id, 10) }
func topicOfPerson(person int64) string { return "promises:" + strconv.FormatInt(person, 10) }

// Follow tells open pages that a promise has changed, in every process: topic "promise:ID", event "promise"; topic
// "promises:PERSON" of giver and receiver, event "promises"; and the page of the record it is about, by that record's own
// topic "KIND:ID" and event KIND. A page fetches what it shows with the rights of its reader. Call it while wiring.
func (s *Service) Follow(live *web.Hub) {
	s.events.Live(func(r event.Record) {
		if r.SubjectKind != Kind || !strings.HasPrefix(r.Kind, "promise.") {
			return
		}
		a, err := event.Decode[WasMade](r) // every event of the room begins with About
		if err != nil {
			return // the page shows it when it is opened again
		}
		live.Publish(topicOf(r.Subject), "promise", "")
		for _, person := range []int64{a.Giver, a.Receiver} {
			if person != 0 {
				live.Publish(topicOfPerson(person), "promises", "")
			}
		}
		if a.AboutID != 0 {
			live.Publish(a.AboutKind+":"+strconv.FormatInt(a.AboutID, 10), a.AboutKind, "")
		}
	})
}

// MayListen says whether the actor may hear about a promise: not found when not.
func (s *Service) MayListen(ctx context.Context, id ID) error {
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err := byID(ctx, rd, id)
		if err != nil {
			return err
		}
		_, err = s.see(ctx, rd, p)
		return err
	})
}
