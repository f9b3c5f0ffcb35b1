package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// listsOn measures lists of everything that somebody may see, narrowed by what their pages offer: a service, a state, a unit on
// either side, an outcome, a month in which they were due, one or two of them. least is the machine's limit. The budget is that of
// the company as it is filled; of a multiplied one, whose few units hold ten times as much, it is measured only.
func (b *bench) listsOn(ctx context.Context, t *table, dir, engine string, least float64) error {
	var services, units struct {
		Items []struct {
			Code string `json:"code"`
		} `json:"items"`
	}
	head, err := b.tokenIn(ctx, dir, "1004")
	if err != nil {
		return err
	}
	office, err := b.tokenIn(ctx, dir, "1001")
	if err != nil {
		return err
	}
	if err := b.get(ctx, office, "/api/v1/services?kind=request&limit=200", &services); err != nil {
		return err
	}
	if err := b.get(ctx, office, "/api/v1/units?limit=200", &units); err != nil {
		return err
	}
	budget := 30.0
	if b.s.copies > 1 {
		budget = 0
	}
	pick := func(dice *rand.Rand, list []string) string { return list[dice.IntN(len(list))] }
	code := func(dice *rand.Rand, of []struct {
		Code string `json:"code"`
	}) string {
		return of[dice.IntN(len(of))].Code
	}
	ways := []func(dice *rand.Rand, v url.Values){
		func(dice *rand.Rand, v url.Values) { v.Set("service", code(dice, services.Items)) },
		func(dice *rand.Rand, v url.Values) {
			v.Set("state", pick(dice, []string{"new", "working", "waiting", "delivered", "done", "withdrawn", "open"}))
		},
		func(dice *rand.Rand, v url.Values) { v.Set("customer", code(dice, units.Items)) },
		func(dice *rand.Rand, v url.Values) { v.Set("provider", code(dice, units.Items)) },
		func(dice *rand.Rand, v url.Values) {
			v.Set("outcome", pick(dice, []string{"met", "breached", "pending", "excluded"}))
		},
		func(dice *rand.Rand, v url.Values) {
			from := time.Now().AddDate(0, -1-dice.IntN(12), 0)
			v.Set("due_from", from.Format(time.RFC3339))
			v.Set("due_before", from.AddDate(0, 1, 0).Format(time.RFC3339))
		},
	}
	for _, who := range []struct{ name, token string }{{"a head", head}, {"the quality office", office}} {
		dice := rand.New(rand.NewPCG(3, 4)) // the same addresses every time
		next := func(int) (*http.Request, error) {
			v := url.Values{"limit": {"50"}}
			for range 1 + dice.IntN(2) {
				ways[dice.IntN(len(ways))](dice, v)
			}
			return b.request(ctx, who.token, http.MethodGet, "/api/v1/requests?"+v.Encode(), nil)
		}
		if _, err := drive(ctx, b.server, 1, b.span()/5, http.StatusOK, next, nil); err != nil { // caches and statements
			return err
		}
		out, err := drive(ctx, b.server, 1, b.span(), http.StatusOK, next, nil)
		if err != nil {
			return err
		}
		t.add(row{name: "narrowed lists of all " + who.name + " may see, JSON, p99, " + engine, value: out.percentile(0.99), unit: "ms", budget: budget, atMost: true, limit: least,
			note: fmt.Sprintf("p50 %.2f ms, %.2f ms CPU, %d different", out.percentile(0.5), out.perRequest(), out.n)})
	}
	return nil
}
