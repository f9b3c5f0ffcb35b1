package signin

import (
	"context"
	"sync"
)

// Tests check many passwords; a cheaper one keeps them quick and everything else as it is.
func init() { cost.Memory, cost.Iterations = 2*1024, 1 }

// Late opens a session as the right password does whose comparison has taken its time.
func (s *Service) Late(ctx context.Context, person ID) error {
	_, err := s.open(ctx, person, In{}, "password")
	return err
}

// Strike counts wrong passwords from an address.
func (s *Service) Strike(address string, n int) {
	for range n {
		s.guard.failed(address)
	}
}

// Fits compares a password for an address in its turn.
func (s *Service) Fits(ctx context.Context, address string) error {
	_, err := fits(ctx, address, "x", "", func() error { return s.slow(address) })
	return err
}

// FreeStrikes is how many wrong passwords an address has for nothing.
const FreeStrikes = freeStrikes

// Dear makes passwords as dear as they are outside tests, until the test ends.
func Dear(t interface{ Cleanup(func()) }) {
	before, public := *cost, *printed
	cost.Memory, cost.Iterations = 19*1024, 2
	*printed = *cost
	nobodysHash = sync.OnceValue(newNobody)
	t.Cleanup(func() {
		*cost, *printed = before, public
		nobodysHash = sync.OnceValue(newNobody)
	})
}
