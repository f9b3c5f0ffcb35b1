package talk

import (
	"context"
	"strconv"

	"neike/internal/kit/event"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Follow tells the open pages of readers their new unread count, in every process: topic "person:ID", event "unread",
// data the count as the badge shows it: nothing for none, 99+ from 100 on. Call it while wiring.
func (s *Service) Follow(live *web.Hub) {
	s.live = live
	s.events.Live(func(r event.Record) {
		if r.Kind != (WasPosted{}).EventKind() {
			return
		}
		posted, err := event.Decode[WasPosted](r)
		if err != nil {
			return // a page that misses a count gets it with the next one
		}
		for _, person := range posted.Readers {
			s.Announce(context.Background(), person)
		}
	})
}

// Announce sends the person's count to the pages that listen. A count that cannot be read is not sent: the page asks
// again when it is next opened.
func (s *Service) Announce(ctx context.Context, person org.ID) {
	topic := "person:" + strconv.FormatInt(person, 10)
	if s.live == nil || !s.live.Heard(topic) {
		return
	}
	if n, err := s.Unread(ctx, person); err == nil {
		s.live.Publish(topic, "unread", badge(n))
	}
}

func badge(n int) string {
	switch {
	case n == 0:
		return ""
	case n >= unreadCap:
		return strconv.Itoa(unreadCap-1) + "+"
	}
	return strconv.Itoa(n)
}
