package demo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"neike/internal/app"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
)

// Options say which company to build.
type Options struct {
	Requests int       // how many over the last twelve months; default 4 000
	Today    time.Time // the day on which the story ends; default now
	Progress func(done, total int)
}

// Password is what everybody of the demo company signs in with.
const Password = "neike-demo-2026"

// Person is somebody to try the product as.
type Person struct{ Role, No, Name string }

// People are the four to begin with, and the administrator.
var People = []Person{
	{"customer", "1008", "周敏"},
	{"agent", "1005", "陈思远"},
	{"head", "1004", "许慧"},
	{"executive", "1002", "江一帆"},
	{"administrator", "1001", "顾清和"},
}

type demo struct {
	app    *app.App
	clock  *simulated
	rand   *rand.Rand
	agenda agenda
	begin  time.Time
	today  time.Time
	want   int

	people []int64            // in the order of their 工号
	staff  map[string][]int64 // by unit code
	heads  map[string]int64   // by unit code
	byNo   map[string]int64
	noOf   map[int64]string
	actors map[int64]actor.Actor
	veiled []int64 // numbers of the confidential requests

	catalog *catalog.Snapshot
	tables  map[string]*calendar.Table // by unit code
}

// Fill builds the company in an empty database. c's clock and ids are replaced by the simulated ones.
func Fill(ctx context.Context, c app.Config, o Options) error {
	if o.Requests == 0 {
		o.Requests = 4000
	}
	if o.Today.IsZero() {
		o.Today = time.Now()
	}
	d := &demo{
		clock: &simulated{}, want: o.Requests, today: o.Today.UTC().Truncate(time.Minute),
		staff: map[string][]int64{}, heads: map[string]int64{}, byNo: map[string]int64{}, noOf: map[int64]string{},
		actors: map[int64]actor.Actor{}, tables: map[string]*calendar.Table{},
	}
	d.begin = d.today.AddDate(-1, 0, 0)
	d.rand = rand.New(rand.NewPCG(20261121, seed(o)))
	d.clock.set(d.begin.AddDate(0, 0, -7))
	c.Now, c.IDs, c.Fast = d.clock.Now, d.clock.id, true
	a, err := app.New(ctx, c)
	if err != nil {
		return err
	}
	d.app = a
	return errors.Join(d.live(ctx, o.Progress), a.Close())
}

func seed(o Options) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, o.Requests)
	return h.Sum64()
}

// live lets the company's year pass.
func (d *demo) live(ctx context.Context, progress func(done, total int)) error {
	ctx = lang.With(actor.System(ctx), d.app.Book, "zh", "Asia/Shanghai")
	if err := d.settle(ctx); err != nil {
		return err
	}
	if err := d.app.Signin.SetPasswords(ctx, d.people, Password); err != nil {
		return fmt.Errorf("passwords: %w", err)
	}
	var err error
	if d.catalog, err = d.app.Catalog.Snapshot(ctx); err != nil {
		return err
	}
	for _, u := range units {
		tree, err := d.app.Org.Tree(ctx)
		if err != nil {
			return err
		}
		x, _ := tree.ByCode(u.code)
		if d.tables[u.code], err = d.app.Calendar.TableFor(ctx, x.ID); err != nil {
			return err
		}
	}
	if err := d.invent(ctx); err != nil {
		return err
	}
	d.sampled(ctx)
	d.promised(ctx)
	d.spokeOf(ctx)
	d.signed(ctx)
	d.measured(ctx)
	d.expected(ctx)
	d.workshop(ctx)
	d.together(ctx)
	if err := d.turned(ctx); err != nil {
		return fmt.Errorf("what did not run smoothly: %w", err)
	}
	d.wrote(ctx)
	d.searched(ctx)
	if err := d.play(ctx, progress); err != nil {
		return err
	}
	if err := d.judged(ctx); err != nil {
		return fmt.Errorf("reviews: %w", err)
	}
	if err := d.doubted(ctx); err != nil {
		return fmt.Errorf("articles: %w", err)
	}
	if err := d.welcomed(ctx); err != nil {
		return fmt.Errorf("the front desk: %w", err)
	}
	if err := d.notices(ctx); err != nil {
		return err
	}
	if err := d.broken(ctx); err != nil {
		return fmt.Errorf("the opened record: %w", err)
	}
	if err := d.views(ctx); err != nil {
		return err
	}
	if err := d.deliveries(ctx); err != nil {
		return fmt.Errorf("what is brought unasked: %w", err)
	}
	if err := d.phrases(ctx); err != nil {
		return fmt.Errorf("phrases: %w", err)
	}
	if err := d.openWords(ctx); err != nil {
		return fmt.Errorf("promises: %w", err)
	}
	if err := d.away(ctx); err != nil {
		return fmt.Errorf("people over time: %w", err)
	}
	if err := d.leaves(ctx); err != nil {
		return err
	}
	if err := d.longLeave(ctx); err != nil {
		return err
	}
	if err := d.imported(ctx); err != nil {
		return err
	}
	if err := d.connected(ctx); err != nil {
		return fmt.Errorf("the chat suite: %w", err)
	}
	if err := d.comings(ctx); err != nil {
		return fmt.Errorf("who came when: %w", err)
	}
	if err := d.catalogue(ctx); err != nil {
		return fmt.Errorf("the catalogue: %w", err)
	}
	if err := d.labelled(ctx); err != nil {
		return fmt.Errorf("places: %w", err)
	}
	if err := d.routing(ctx); err != nil {
		return fmt.Errorf("who gets what: %w", err)
	}
	if err := d.newcomers(ctx); err != nil {
		return fmt.Errorf("newcomers: %w", err)
	}
	if err := d.guarded(ctx); err != nil {
		return fmt.Errorf("a second factor: %w", err)
	}
	if err := d.app.Bus.Drain(ctx); err != nil {
		return err
	}
	return d.app.Insight.Recount(ctx) // the last night, in which the whole year is in the trail
}

// rounds are the times of a day at which the house does what it does by itself: by day and just after the close of work, so
// that nobody was told at night, and closer together in the last days, which people look at.
var (
	rounds     = []time.Duration{10*time.Hour + 10*time.Minute, 18*time.Hour + 5*time.Minute}
	lastRounds = []time.Duration{8*time.Hour + 40*time.Minute, 10*time.Hour + 20*time.Minute, 11*time.Hour + 50*time.Minute, 14*time.Hour + 10*time.Minute, 16 * time.Hour, 18*time.Hour + 5*time.Minute}
)

const lastDays = 6

// nextRound is the first round after a time.
func (d *demo) nextRound(after time.Time) time.Time {
	list := rounds
	if d.today.Sub(after) < lastDays*24*time.Hour {
		list = lastRounds
	}
	y, m, day := after.In(shanghai).Date()
	midnight := time.Date(y, m, day, 0, 0, 0, 0, shanghai)
	for _, at := range list {
		if t := midnight.Add(at); t.After(after) {
			return t
		}
	}
	return midnight.AddDate(0, 0, 1).Add(list[0])
}

// play does the planned steps in order, and in between what the house does by itself.
func (d *demo) play(ctx context.Context, progress func(done, total int)) error {
	total, done := d.agenda.Len(), 0
	tick := d.nextRound(d.begin)
	for {
		s, ok := d.agenda.next(d.today)
		if !ok {
			break
		}
		for s.at.After(tick) {
			d.clock.set(tick)
			if _, err := d.app.Jobs.RunDue(ctx); err != nil {
				return fmt.Errorf("jobs of %s: %w", tick.Format(time.DateOnly), err)
			}
			tick = d.nextRound(tick)
		}
		d.clock.set(s.at)
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.at.Format(time.RFC3339), err)
		}
		if done++; progress != nil && done%500 == 0 {
			progress(done, max(total, done))
		}
	}
	d.clock.set(d.today)
	_, err := d.app.Jobs.RunDue(ctx)
	return err
}
