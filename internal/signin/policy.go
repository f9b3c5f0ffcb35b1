package signin

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Policy is how strict the house is at the door.
type Policy struct {
	Strict      bool  `json:"strict" doc:"Longer passwords of three classes, changed every 90 days, short sessions" example:"false"`
	PhoneDigits bool  `json:"phone_digits" doc:"Who knows the last four digits of the phone on file needs no confirmation at a poster" example:"false"`
	Factors     bool  `json:"factors" doc:"Administrators and security officers need a second factor" example:"false"`
	OnlySSO     bool  `json:"only_sso" doc:"Passwords of our own are not taken, but for the emergency account" example:"false"`
	Revision    int64 `json:"-"` // as shown; 0 before anything was set
	at          time.Time
}

// Policy is the present one, at most knownFor old. When the database does not answer it is the strictest.
func (s *Service) Policy(ctx context.Context) Policy {
	if p := s.policy.Load(); p != nil && time.Since(p.at) < knownFor {
		return *p
	}
	var p Policy
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		p, err = policyIn(ctx, rd)
		return err
	})
	if err != nil {
		return Policy{Strict: true, Factors: true}
	}
	p.at = time.Now()
	s.policy.Store(&p)
	return p
}

// SetPolicy sets it. Revision is the one that was shown; Precondition when somebody else was faster. 'Only single sign-on'
// is Invalid while nobody could come in that way and no emergency account is there.
func (s *Service) SetPolicy(ctx context.Context, p Policy) error {
	if who := actor.From(ctx); !who.System && !who.Has("security") {
		return fault.New(fault.Denied, "signin.policy-security")
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if p.OnlySSO {
			ready, err := s.mayCloseDoor(ctx, tx)
			if err != nil {
				return err
			}
			if !ready {
				var f fault.Fields
				f.Add("only_sso", "signin.no-way-in")
				return f.Err()
			}
		}
		n, err := savePolicy(ctx, tx, p)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Precondition, "signin.changed-meanwhile")
		}
		return s.events.Emit(ctx, tx, PolicyWasSet{Policy: p})
	})
	s.policy.Store(nil)
	return err
}

// mayCloseDoor says whether passwords can be refused: an emergency account is ready and a connection takes people in.
func (s *Service) mayCloseDoor(ctx context.Context, tx *sqldb.Tx) (bool, error) {
	n, err := countBreakGlass(ctx, tx)
	if err != nil || n == 0 {
		return false, err
	}
	ways, err := s.ways(ctx, tx)
	return len(ways) > 0, err
}

// measures are the numbers behind a policy.
type measures struct {
	length    int           // of a password
	classes   int           // of four: small, capital, digit, other
	history   int           // former passwords that may not come again
	age       time.Duration // of a password; 0: any
	idle      time.Duration // that a browser may stay away
	idlePower time.Duration // the same for administrators, security officers and auditors
	life      time.Duration // of a session at most
	single    bool          // a new session ends the others
}

// measures of the policy; those of 等保三级 follow GB/T 22239-2019, 8.1.4.
func (p Policy) measures() measures {
	if !p.Strict {
		return measures{length: MinPassword, idle: SessionIdle, idlePower: SessionIdle, life: SessionLife}
	}
	return measures{length: 10, classes: 3, history: 5, age: 90 * 24 * time.Hour,
		idle: 30 * time.Minute, idlePower: 15 * time.Minute, life: 12 * time.Hour, single: true}
}

// idleFor is how long somebody with these roles may stay away.
func (m measures) idleFor(who actor.Actor) time.Duration {
	if powerful(who) {
		return m.idlePower
	}
	return m.idle
}

// powerful roles keep the house or watch over it.
func powerful(who actor.Actor) bool {
	return who.Has("admin") || who.Has("security") || who.Has("auditor")
}

// PolicyNow is the present policy with its revision, for whoever is about to change it.
func (s *Service) PolicyNow(ctx context.Context) (p Policy, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err = policyIn(ctx, rd)
		return err
	})
	return p, err
}
