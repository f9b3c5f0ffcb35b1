package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// Traffic is how many requests one unit made to another in one week. Imported ones are not counted: nobody made them here.
type Traffic struct {
	Customer, Provider ID
	Week               int // weeks since the moment that was asked from
	Own, Behalf        int // made by the one it is for; made or written down for that person
	Program            int // made by a program of the company's
	Quiet              int // confidential ones, by whatever way: no list shows them
}

// TrafficBetween counts the requests made in [from, until), by customer, provider and week. It reads every request of
// that time: for snapshots, not for pages.
func TrafficBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]Traffic, error) {
	return trafficBetween(ctx, rd, from, until)
}
