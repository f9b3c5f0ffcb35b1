package notice

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const (
	follower    = "notice"
	deliverJob  = "notice.deliver"
	announceJob = "notice.announce"
	checkJob    = "notice.check"
)

// WereTold says that people have new notices, so that open pages in other processes count them.
type WereTold struct {
	People []org.ID `json:"people"`
}

// EventKind of WereTold.
func (WereTold) EventKind() string { return "notice.were-told" }

// EventSubject of WereTold is the room itself.
func (WereTold) EventSubject() (string, int64) { return "notice", 0 }

// work registers what the room does by itself.
func (s *Service) work() {
	kinds := make([]string, 0, len(s.sources))
	for kind := range s.sources {
		kinds = append(kinds, kind)
	}
	s.events.Follow(follower, s.follow, kinds...)
	s.events.Pace(follower, 100*time.Millisecond)
	s.events.Live(func(r event.Record) {
		if r.Kind != (WereTold{}).EventKind() {
			return
		}
		if e, err := event.Decode[WereTold](r); err == nil {
			s.tellPages(context.Background(), e.People)
		}
	})
	job.Handle(s.jobs, deliverJob, s.deliver, job.Concurrency(2), job.MaxAttempts(3))
	job.Handle(s.jobs, checkJob, s.lookAgain, job.Concurrency(1), job.MaxAttempts(5))
	s.events.Follow(dutyFollower, s.followDuty, org.DutyWasChanged{}.EventKind(), org.AbsenceSet{}.EventKind())
	job.Handle(s.jobs, dutyJob, s.tellDuty, job.Concurrency(1), job.MaxAttempts(20))
	s.jobs.Every("notice.duty-daily", 24*time.Hour, s.DutyDaily)
	job.Handle(s.jobs, announceJob, s.spread, job.Concurrency(1), job.MaxAttempts(20))
	s.jobs.Every("notice.tick", 5*time.Second, s.Tick)
	s.jobs.Every("notice.due", time.Minute, s.Nearing)
	s.jobs.Every("notice.purge", 24*time.Hour, s.Purge)
	s.jobs.Every("notice.dead", 6*time.Hour, s.tellDead)
	s.jobs.Every("notice.cards", time.Hour, s.SweepCards)
}

// follow tells of a batch of events. Everything is read and decided first; the transaction writes notices, posts and how far
// was read together, so that a batch seen again is told once.
func (s *Service) follow(ctx context.Context, records []event.Record) error {
	ctx = s.house(ctx)
	var plans []plan
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		plans, err = s.planned(ctx, rd, records)
		return err
	})
	if err != nil {
		return fmt.Errorf("decide whom to tell: %w", err)
	}
	var shown []org.ID
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		done, err := takeMark(ctx, tx, follower)
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(slices.Clone(plans), func(p plan) bool { return p.seq <= done })
		if len(fresh) == 0 {
			return nil
		}
		if shown, err = s.write(ctx, tx, fresh); err != nil {
			return err
		}
		if err := setMark(ctx, tx, follower, fresh[len(fresh)-1].seq); err != nil {
			return err
		}
		return s.announceTold(ctx, tx, shown)
	})
	if err != nil {
		return fmt.Errorf("write notices: %w", err)
	}
	s.tellPages(ctx, shown)
	return s.cardsFor(ctx, plans)
}

func (s *Service) announceTold(ctx context.Context, tx *sqldb.Tx, people []org.ID) error {
	if tx.Engine() != sqldb.Postgres || len(people) == 0 { // SQLite has one process
		return nil
	}
	return s.events.Emit(ctx, tx, WereTold{people})
}

func (s *Service) tellPages(ctx context.Context, people []org.ID) {
	for _, p := range people {
		s.Talk.Announce(ctx, p)
	}
}

// write writes what a batch comes to and gives the people whose notices grew or shrank.
func (s *Service) write(ctx context.Context, tx *sqldb.Tx, plans []plan) ([]org.ID, error) {
	w := &writing{s: s, tx: tx, lanes: map[lane]bool{}}
	for _, p := range plans {
		if moot := s.moot(p.kinds); len(moot) > 0 && p.subject.ID != 0 {
			if err := w.settle(ctx, p.subject, moot, p.at); err != nil {
				return nil, err
			}
		}
		if err := w.tell(ctx, p.told); err != nil {
			return nil, err
		}
		for _, g := range p.groups {
			n := Notice{Kind: g.kind, Subject: p.subject, By: g.by, At: p.at, Note: strings.TrimSpace("robot:" + strconv.FormatInt(g.robot, 10) + " " + g.note)}
			to := postTo{channel: Group, target: g.robot, form: Now, due: tx.Now.Add(chatWindow)}
			if g.urgent {
				to.due = tx.Now
			}
			w.one(told{Notice: n, urgent: g.urgent, posts: []postTo{to}})
		}
	}
	return w.done(ctx)
}

// moot are the kinds that what happened makes pointless.
func (s *Service) moot(kinds []string) []string {
	var out []string
	for _, code := range kinds {
		k, _ := s.kind(code)
		out = append(out, k.Ends...)
	}
	return out
}

// lane is what posts are delivered by, one after the other.
type lane struct {
	Channel string
	Target  int64
}

func (l lane) key() string { return l.Channel + ":" + strconv.FormatInt(l.Target, 10) }

// Tick lets every lane with something due begin. It runs every few seconds and reads an index.
func (s *Service) Tick(ctx context.Context) error {
	var due []lane
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		due, err = lanesDue(ctx, rd, rd.Instant())
		return err
	})
	if err != nil || len(due) == 0 {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, l := range due {
			if err := s.jobs.Enqueue(ctx, tx, deliverJob, l, job.Unique(l.key())); err != nil {
				return err
			}
		}
		return nil
	})
}

// house is the context of the house with its words.
func (s *Service) house(ctx context.Context) context.Context {
	c := s.Org.Company(ctx)
	return lang.With(actor.System(ctx), s.Book, c.Locale, c.Zone)
}

// as is the context of a person: rights, language, time zone. false: the account is closed or gone.
func (s *Service) as(ctx context.Context, person org.ID) (context.Context, bool, error) {
	a, err := s.Org.ActorOf(ctx, person)
	if kind := fault.KindOf(err); err != nil && (kind == fault.Denied || kind == fault.NotFound) {
		return ctx, false, nil
	}
	if err != nil {
		return ctx, false, err
	}
	c := s.Org.Company(ctx)
	if a.Locale == "" {
		a.Locale = c.Locale
	}
	if a.Zone == "" {
		a.Zone = c.Zone
	}
	return lang.With(actor.With(ctx, a), s.Book, a.Locale, a.Zone), true, nil
}

func unique(ids []int64) []int64 {
	out := slices.Clone(ids)
	slices.Sort(out)
	return slices.Compact(out)
}
