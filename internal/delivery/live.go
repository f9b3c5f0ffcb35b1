package delivery

import (
	"context"
	"strconv"
	"strings"

	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// Topics of live pages: one delivery, and what a unit has to bring.
func topicOf(id ID) string          { return "delivery:" + strconv.FormatInt(id, 10) }
func topicOfUnit(unit int64) string { return "deliveries:" + strconv.FormatInt(unit, 10) }

// Follow tells open pages that a delivery has changed, in every process: topic "delivery:ID", event "delivery", and topic
// "deliveries:UNIT" of the provider, event "deliveries". A page fetches what it shows with the rights of its reader. Call
// it while wiring.
func (s *Service) Follow(live *web.Hub) {
	s.events.Live(func(r event.Record) {
		if r.SubjectKind != Kind || !strings.HasPrefix(r.Kind, "delivery.") && r.Kind != (clock.WasBreached{}).EventKind() {
			return
		}
		a, err := event.Decode[WasSaid](r) // every event of the room begins with About
		if err != nil {
			return // the page shows it when it is opened again
		}
		live.Publish(topicOf(r.Subject), "delivery", "")
		if a.Provider != 0 {
			live.Publish(topicOfUnit(a.Provider), "deliveries", "")
		}
	})
}

// MayListen says whether the actor may hear about a delivery: not found when not.
func (s *Service) MayListen(ctx context.Context, id ID) error {
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		_, err := s.Access.Require(ctx, rd, "delivery.see", subject(id), false)
		return err
	})
}
