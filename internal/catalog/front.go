package catalog

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/org"
)

// The bounds of the catalogue's page.
const (
	inPage   = 40                  // services; the others are a page further
	inFront  = 6                   // services of a block on the first page
	newFor   = 60 * 24 * time.Hour // how long a service is new
	mostFrom = 100_000
)

// UsedBy fills the slot through which the room of requests tells which services a unit, or
// everybody (0), asks for, the most often first. Without it
// nothing is shown of it. Call it while wiring.
func (c *Catalog) UsedBy(find func(ctx context.Context, unit int64) ([]ID, error)) { c.used = find }

// offer is a service of a block on the first page.
type offer struct{ Name, Unit, Href, Load string }

// front are the blocks of the first page: what the reader's unit asks for most, and what is new.
type front struct{ Often, New []offer }

// frontOf fills the blocks. Where most of the catalogue is new, nothing is.
func (c *Catalog) frontOf(ctx context.Context, snap *Snapshot, tree *org.Tree) (front, error) {
	var out front
	var often []*Service
	if unit := actor.From(ctx).Unit; c.used != nil && unit != 0 {
		ids, err := c.used(ctx, unit)
		if err != nil {
			return out, err
		}
		for _, id := range ids {
			if s, ok := snap.ByID(id); ok && len(often) < inFront && s.AskAt() != "" && !s.Support() && c.sees(ctx, s) {
				often = append(often, s)
			}
		}
	}
	var fresh []*Service
	live, since := 0, lang.Now(ctx).Add(-newFor)
	for _, s := range snap.All() {
		if s.State != Live || !c.sees(ctx, s) {
			continue
		}
		live++
		if s.Offered.After(since) {
			fresh = append(fresh, s)
		}
	}
	if 2*len(fresh) > live {
		fresh = nil
	}
	sorting.Stable(fresh, func(a, b *Service) int { return cmp.Or(b.Offered.Compare(a.Offered), cmp.Compare(a.Code, b.Code)) })
	fresh = fresh[:min(inFront, len(fresh))]
	loads, err := c.loads(ctx, slices.Concat(often, fresh))
	if err != nil {
		return out, err
	}
	shown := func(list []*Service) (rows []offer) {
		for _, s := range list {
			row := offer{Name: s.Name.In(ctx), Unit: tree.Name(ctx, s.Unit), Href: "/services/" + url.PathEscape(s.Code)}
			if l, ok := loads[s.ID]; ok {
				row.Load = l.Words(ctx, "").Brief
			}
			rows = append(rows, row)
		}
		return rows
	}
	out.Often, out.New = shown(often), shown(fresh)
	return out, nil
}

// paged leaves one page of what was found, in the order of the units, and says where the next one begins; 0: there is none.
func paged(units []org.Unit, found map[int64][]*Service, from int) (next int) {
	at, left := 0, inPage
	for _, u := range units {
		list := found[u.ID]
		skip := min(max(from-at, 0), len(list))
		at += len(list)
		list = list[skip:]
		if len(list) > left {
			next = from + inPage
			list = list[:left]
		}
		left -= len(list)
		found[u.ID] = list
	}
	return next
}

func trimmed(s string) string { return strings.TrimSpace(s) }

// pageFrom reads where a page begins.
func pageFrom(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > mostFrom {
		return 0
	}
	return n
}
