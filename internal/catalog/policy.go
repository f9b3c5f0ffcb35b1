package catalog

import (
	"context"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Policy is how requests for a service go on. It is not part of a version: whoever decides by it reads it at that
// moment from the snapshot, so that a change holds for open requests too. What a customer was promised stands in the
// version, not here.
type Policy struct {
	// Reopen says what happens when the customer of a finished request comes back with the same matter.
	Reopen Reopening
	// ReopenDays is how many working days of the providing unit after acceptance the same request may be reopened, 1 to
	// 90; only with InGrace.
	ReopenDays int
	// AcceptDays is after how many working days without a word of the customer a delivery counts as accepted, up to 60;
	// 0: never.
	AcceptDays int
	// UrgentQuota is how many urgent requests one customer unit may make in a calendar month, up to 1000; CompanyQuota:
	// as many as the company says.
	UrgentQuota int
	// WorkLimit is how many open requests the unit takes in hand at once, up to 100 000; 0: no limit.
	WorkLimit int
	// WhenFull says what becomes of a request that is asked beyond WorkLimit.
	WhenFull WhenFull
	// Confidential says who may read requests for the service. To and from Support it changes only before the service is
	// first offered.
	Confidential Privacy
	// RetentionDays is after how many days following its end the words of a personal-support request are erased, 1 to
	// 3650; only with Support, 0 otherwise.
	RetentionDays int
	// Crisis is what a personal-support service says before anything else: whom to call at once. Required with Support.
	Crisis lang.Text
	// Stages are the unit's own stages of the work on a request, in their order, at most 12; removed ones stay at the end,
	// retired, for the requests that went through them. All of them are parts of the state 'working', or while the
	// customer was asked something of 'waiting': no stage moves a clock.
	Stages []Stage `json:",omitempty"`
}

// CompanyQuota as a quota for urgent requests: what the company says.
const CompanyQuota = -1

// Reopening says how a finished matter is taken up again.
type Reopening string

// The ways.
const (
	ReopenContinue Reopening = "continue" // the same request, at any time
	ReopenNew      Reopening = "new"      // a new request, always
	ReopenInGrace  Reopening = "grace"    // the same for some days, then a new one
)

// Reopenings lists the ways in the order in which a form offers them.
var Reopenings = []Reopening{ReopenInGrace, ReopenContinue, ReopenNew}

// Privacy says who may read the requests for a service.
type Privacy string

// The kinds of privacy.
const (
	PrivacyOpen     Privacy = "open"         // both units, always
	PrivacyCustomer Privacy = "customer_may" // both units, or named people if the customer says so
	PrivacyAlways   Privacy = "always"       // named people alone
	PrivacySupport  Privacy = "support"      // personal support (个人支持): named people, no unit numbers, words erased
)

// Privacies lists the kinds in the order in which a form offers them.
var Privacies = []Privacy{PrivacyCustomer, PrivacyOpen, PrivacyAlways, PrivacySupport}

// DefaultPolicy is how requests go on where nobody has decided otherwise.
func DefaultPolicy() Policy {
	return Policy{Reopen: ReopenInGrace, ReopenDays: 5, AcceptDays: 5, UrgentQuota: CompanyQuota, WhenFull: FullLine, Confidential: PrivacyCustomer}
}

// WhenFull is what becomes of a request that is asked when all hands are full.
type WhenFull string

// The ways.
const (
	FullLine   WhenFull = "line"   // it may be sent and waits in line; its clocks run
	FullRefuse WhenFull = "refuse" // it is refused, but for urgent ones within the unit's share and those of the quality office
)

// WhensFull lists the ways in the order in which a form offers them.
var WhensFull = []WhenFull{FullLine, FullRefuse}

// Support says whether the service is personal support.
func (s *Service) Support() bool { return s.Policy.Confidential == PrivacySupport }

// PolicyOf is the policy of a service as it holds now; the default one of an id that is none.
func (c *Catalog) PolicyOf(ctx context.Context, id ID) (Policy, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return Policy{}, err
	}
	if s, ok := snap.ByID(id); ok {
		return s.Policy, nil
	}
	return DefaultPolicy(), nil
}

// owners names who owns a service, as a line; "" when nobody does.
func (c *Catalog) owners(ctx context.Context, code string) (line string, err error) {
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		ids, err := c.org.OwnersOf(ctx, rd, code)
		if err != nil || len(ids) == 0 {
			return err
		}
		people, err := c.org.Names(ctx, rd, ids)
		names := make([]string, 0, len(ids))
		for _, id := range ids {
			p := people[id]
			names = append(names, p.Display(ctx))
		}
		line = strings.Join(names, lang.T(ctx, "catalog.and"))
		return err
	})
	return line, err
}

// SetPolicy changes how requests for a service go on, from now on and for open ones too. The version stays.
func (c *Catalog) SetPolicy(ctx context.Context, code string, p Policy, revision int) (*Service, error) {
	return c.change(ctx, code, doPropose, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := c.may(ctx, writing(s), s); err != nil {
			return err
		}
		next := *s
		next.Policy = p.settled()
		next.Policy.Stages = stagesAfter(s.Policy.Stages, p.Stages)
		f := checkPolicy(s, p, c.main(ctx))
		if err := f.Err(); err != nil {
			return err
		}
		after, err := c.store(ctx, tx, s, &next, false)
		if err == nil {
			*s = *after
		}
		return err
	})
}
