package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
)

// Hub tells open pages what happened (server-sent events). A page listens at GET /live?topics=a,b; each
// topic is checked by Options.Topic when the page opens, before anything is said of it and at every heartbeat, and so is who
// listens: who has signed out, or may no longer see what it is about, hears no more. What was said is not kept, only that and
// when: the first event of a stream, "said", tells how many milliseconds ago its topics were last spoken of. A page that was
// asked for before that, however long its stream took to open, has missed it and asks for its state again.
type Hub struct {
	may       func(ctx context.Context, topic string) error
	who       func(r *http.Request) (actor.Actor, error) // asked again before each word and at every heartbeat; nil: as at the beginning
	byPerson  map[int64]int
	heartbeat time.Duration
	mu        sync.Mutex
	byTopic   map[string][]*listener
	said      [4096]said // the latest, in a ring
	next      int        // of the ring
	began     int64      // ms; what was said before, to another process, nobody here knows
	count     int
	closed    bool
	done      chan struct{}
}

type listener struct {
	topics []string
	queue  chan word
	gone   chan struct{} // closed by the hub when the page is too slow
	slow   bool
}

// word is an event on its way to a page.
type word struct {
	topic, message string
}

// said notes that a topic was spoken of.
type said struct {
	topic string
	at    int64 // ms
}

const (
	maxTopics = 20
	maxPages  = 60 // of one person; a browser opens six at most
)

func newHub(may func(ctx context.Context, topic string) error) *Hub {
	return &Hub{may: may, heartbeat: 25 * time.Second, byTopic: map[string][]*listener{}, byPerson: map[int64]int{}, done: make(chan struct{}), began: time.Now().UnixMilli()}
}

// Publish sends an event to every page that listens to the topic. It never waits: a page that does not
// keep up is cut off and comes back by itself. Data with line breaks is sent as several data lines.
func (h *Hub) Publish(topic, event, data string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said[h.next] = said{topic, time.Now().UnixMilli()}
	h.next = (h.next + 1) % len(h.said)
	if len(h.byTopic[topic]) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString("event: " + event + "\n")
	for line := range strings.SplitSeq(data, "\n") {
		b.WriteString("data: " + line + "\n")
	}
	b.WriteString("\n")
	message := b.String()
	for _, l := range h.byTopic[topic] {
		select {
		case l.queue <- word{topic, message}:
		default:
			if !l.slow {
				l.slow = true
				close(l.gone)
			}
		}
	}
}

// last is when topics were last spoken of (ms), or may have been: nobody knows of what the ring has forgotten, nor of what was
// said before this process.
func (h *Hub) last(topics []string) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := max(h.began, h.said[h.next].at) // the oldest that is known; zero while the ring is not full
	for _, s := range h.said {
		if s.at > at && slices.Contains(topics, s.topic) {
			at = s.at
		}
	}
	return at
}

// Heard says whether any page listens to the topic: whoever has to compute what to publish can spare it.
func (h *Hub) Heard(topic string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.byTopic[topic]) > 0
}

// Listeners is how many pages listen now.
func (h *Hub) Listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count
}

// Close ends all streams, so that a server can shut down. Pages come back to the next server by themselves.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

// join is nil when the person has too many pages open.
func (h *Hub) join(person int64, topics []string) *listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byPerson[person] >= maxPages {
		return nil
	}
	h.byPerson[person]++
	l := &listener{topics: topics, queue: make(chan word, 32), gone: make(chan struct{})}
	for _, t := range topics {
		h.byTopic[t] = append(h.byTopic[t], l)
	}
	h.count++
	return l
}

func (h *Hub) leave(person int64, l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byPerson[person]--; h.byPerson[person] == 0 {
		delete(h.byPerson, person)
	}
	for _, t := range l.topics {
		rest := slices.DeleteFunc(h.byTopic[t], func(x *listener) bool { return x == l })
		if len(rest) == 0 {
			delete(h.byTopic, t)
		} else {
			h.byTopic[t] = rest
		}
	}
	h.count--
}

// waiting is everything that waits for the page from w on, and what it is about: one look at rights serves all of it.
func (l *listener) waiting(w word) (message string, topics []string) {
	for {
		message += w.message
		if !slices.Contains(topics, w.topic) {
			topics = append(topics, w.topic)
		}
		select {
		case w = <-l.queue:
		default:
			return message, topics
		}
	}
}

func (h *Hub) allowed(ctx context.Context, topics []string) error {
	if h.may == nil {
		return nil
	}
	for _, t := range topics {
		if err := h.may(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// still says whether whoever began to listen is still signed in as the same person and may hear the topics.
func (h *Hub) still(r *http.Request, topics []string) bool {
	ctx := r.Context()
	if h.who != nil {
		who, err := h.who(r)
		if err != nil || who.Person != actor.From(ctx).Person {
			return false
		}
		ctx = actor.With(ctx, who)
	}
	return h.allowed(ctx, topics) == nil
}

func (h *Hub) listen(w http.ResponseWriter, r *http.Request) error {
	topics := topicsOf(r)
	if len(topics) == 0 || len(topics) > maxTopics {
		return fault.New(fault.Malformed, "web.topics", "max", maxTopics)
	}
	if err := h.allowed(r.Context(), topics); err != nil {
		return err
	}
	select {
	case <-h.done:
		return &fault.Error{Kind: fault.Unavailable, Key: "web.unavailable", RetryAfter: time.Second}
	default:
	}
	person := actor.From(r.Context()).Person
	l := h.join(person, topics)
	if l == nil {
		return &fault.Error{Kind: fault.TooMany, Key: "web.too-many-pages", Args: map[string]any{"max": maxPages}, RetryAfter: h.heartbeat}
	}
	defer h.leave(person, l)
	responseOf(w).paced = true
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	send := sender(w)
	hello := "retry: 3000\n\nevent: said\ndata: " + strconv.FormatInt(time.Now().UnixMilli()-h.last(topics), 10) + "\n\n"
	if send(hello) != nil {
		return nil // the page has gone
	}
	beat := time.NewTicker(h.heartbeat)
	defer beat.Stop()
	for {
		var message string
		select {
		case <-r.Context().Done():
			return nil
		case <-h.done:
			return nil
		case <-l.gone:
			return nil
		case <-beat.C:
			if !h.still(r, topics) {
				return nil // no longer theirs to hear
			}
			message = ": still here\n\n"
		case w := <-l.queue:
			var spoken []string
			message, spoken = l.waiting(w)
			if !h.still(r, spoken) {
				return nil // not theirs any more, however short a time ago it was
			}
		}
		if send(message) != nil {
			return nil // the page has gone
		}
	}
}

// sender writes and flushes within ten seconds, or gives up on the page.
func sender(w http.ResponseWriter) func(string) error {
	rc := http.NewResponseController(w)
	return func(s string) error {
		_ = rc.SetWriteDeadline(time.Now().Add(10 * time.Second)) // a test's recorder has no deadline
		if _, err := w.Write([]byte(s)); err != nil {
			return err
		}
		return rc.Flush()
	}
}

func topicsOf(r *http.Request) []string {
	var topics []string
	for t := range strings.SplitSeq(strings.Join(r.URL.Query()["topics"], ","), ",") {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(topics, t) {
			topics = append(topics, t)
		}
	}
	return topics
}
