package request

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// presence is who of the serving side has which request before the eyes now. It is kept in memory for seconds and written
// nowhere; the processes of a house tell each other (sqldb.Whisper).
type presence struct {
	mu sync.Mutex
	at map[ID]map[int64]here
}

// here is one person at one request.
type here struct {
	seen    time.Time
	written time.Time
}

// How long somebody counts as being there, and as writing, after the page last said so.
const (
	herefor    = 45 * time.Second
	writingFor = 15 * time.Second
	hereMost   = 20_000 // requests that are remembered at once
)

// note takes down what a page said and tells whether that is news.
func (p *presence) note(request ID, person int64, writing bool, now time.Time) (news bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == nil || len(p.at) > hereMost {
		p.at = map[ID]map[int64]here{}
	}
	people := p.at[request]
	if people == nil {
		people = map[int64]here{}
		p.at[request] = people
	}
	for who, h := range people {
		if now.Sub(h.seen) > herefor {
			delete(people, who)
		}
	}
	was, known := people[person]
	h := here{seen: now, written: was.written}
	if writing {
		h.written = now
	}
	people[person] = h
	return !known || writing != (now.Sub(was.written) < writingFor)
}

// others are those who are there beside somebody: who writes, and who looks.
func (p *presence) others(request ID, me int64, now time.Time) (writing, looking []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for who, h := range p.at[request] {
		switch {
		case who == me || now.Sub(h.seen) > herefor:
		case now.Sub(h.written) < writingFor:
			writing = append(writing, who)
		default:
			looking = append(looking, who)
		}
	}
	return unique(writing), unique(looking)
}

// hear lets this process know who is where in others, and tells its open pages: by the topic of notes, which no customer
// hears.
func (s *Service) hear(live *web.Hub) {
	s.db.Overhear(func(text string) {
		var id, person int64
		var writing bool
		if n, err := fmt.Sscanf(text, "here %d %d %t", &id, &person, &writing); err == nil && n == 3 {
			if s.here.note(id, person, writing, time.Now()) {
				live.Publish(topicOfNotes(id), "presence", "")
			}
			return
		}
		if n, err := fmt.Sscanf(text, "drafts %d", &id); err == nil && n == 1 {
			live.Publish(topicOfNotes(id), "request", "")
		}
	})
}

// showHere is who else of the serving side is at a request: GET and POST /requests/{number}/here, where POST says that the
// reader is, and whether the reader writes.
func (s *Service) showHere(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var v View
	if err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		v.Request, err = byNumber(ctx, rd, number)
		if err == nil {
			v.Set, err = s.Access.Require(ctx, rd, "request.note.see", subject(v.ID), v.Confidential)
		}
		return err
	}); err != nil {
		return err
	}
	me := actor.From(ctx)
	if side(v.Set) != ProviderSide { // the quality office reads notes and serves nobody
		return web.Show(w, r, http.StatusOK, hereRegion(number, ""), hereRegion(number, ""))
	}
	if r.Method == http.MethodPost && me.Viewer == 0 {
		var in struct {
			Writing bool `form:"writing"`
		}
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		if err := s.db.Whisper(ctx, fmt.Sprintf("here %d %d %t", v.ID, me.Person, in.Writing)); err != nil {
			return err
		}
	}
	line, err := s.hereLine(ctx, v.ID)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, hereRegion(number, line), hereRegion(number, line))
}

// hereLine says in words who else is there; "" when nobody is.
func (s *Service) hereLine(ctx context.Context, id ID) (string, error) {
	writing, looking := s.here.others(id, actor.From(ctx).Person, time.Now())
	if len(writing)+len(looking) == 0 {
		return "", nil
	}
	var line string
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err := s.Org.Names(ctx, rd, append(append([]int64{}, writing...), looking...))
		for _, x := range []struct {
			key string
			ids []int64
		}{{"request.here.writing", writing}, {"request.here.looking", looking}} {
			names := ""
			for i, p := range x.ids[:min(3, len(x.ids))] {
				if i > 0 {
					names += lang.T(ctx, "ui.comma")
				}
				names += people[p].Plain(ctx)
			}
			if names != "" {
				line += lang.T(ctx, x.key, "who", names, "count", strconv.Itoa(len(x.ids)))
			}
		}
		return err
	})
	return line, err
}

func hereURL(number int64) string { return link(number) + "/here" }
