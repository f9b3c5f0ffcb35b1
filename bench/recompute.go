package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"
)

// openDeadlines is how many open requests a new year is to move at least; the time of its job is told for so many.
const openDeadlines = 10_000

// recompute measures what a new year of statutory days costs: the preview, and the job by which open deadlines follow,
// with people asking and reading meanwhile: none of them may wait more than twice as long.
func (b *bench) recompute(ctx context.Context, t *table) error {
	asks, err := b.asks(ctx)
	if err != nil {
		return err
	}
	keeper, err := b.tokenIn(ctx, b.company(), "1001", "--scope", "read,write,admin")
	if err != nil {
		return err
	}
	ask := func(i int) (*http.Request, error) {
		return b.request(ctx, b.tokens[i%len(b.tokens)], http.MethodPost, "/api/v1/requests", asks[i%len(asks)])
	}
	for filed := 0; filed < openDeadlines; {
		out, err := drive(ctx, b.server, 16, time.Second, http.StatusCreated, ask, nil)
		if err != nil {
			return err
		}
		filed += out.n
	}
	calm, err := drive(ctx, b.server, 4, b.span(), http.StatusCreated, ask, b.settled)
	if err != nil {
		return err
	}
	year, err := json.Marshal(map[string]any{"text": newDays(time.Now())})
	if err != nil {
		return err
	}
	began := time.Now()
	var plan struct {
		Moves struct{ Looked, Moved, Late int }
	}
	if err := b.send(ctx, keeper, "/api/v1/calendar-years/plan", year, &plan); err != nil {
		return err
	}
	t.add(row{name: "preview of a new year", value: time.Since(began).Seconds(), unit: "s", budget: 3, atMost: true,
		note: fmt.Sprintf("%d looked at, %d move, %d late", plan.Moves.Looked, plan.Moves.Moved, plan.Moves.Late)})
	if plan.Moves.Moved < openDeadlines {
		return fmt.Errorf("only %d deadlines move", plan.Moves.Moved)
	}
	moved := plan.Moves.Moved
	began = time.Now()
	if err := b.send(ctx, keeper, "/api/v1/calendar-years", year, &plan); err != nil {
		return err
	}
	busy, err := drive(ctx, b.server, 4, b.span(), http.StatusCreated, ask, nil)
	if err != nil {
		return err
	}
	if err := b.idle(ctx); err != nil {
		return err
	}
	took := time.Since(began)
	t.add(row{name: "a new year moves 10 000 open deadlines", value: took.Seconds() * openDeadlines / float64(moved), unit: "s",
		note: fmt.Sprintf("%d in %.0f s; 4 clients ask meanwhile", moved, took.Seconds())})
	t.add(row{name: "asking meanwhile over asking before, p95", value: busy.percentile(0.95) / calm.percentile(0.95), unit: "×", budget: 2, atMost: true,
		note: fmt.Sprintf("p95 %.1f ms, before %.1f ms; p50 %.1f, before %.1f", busy.percentile(0.95), calm.percentile(0.95), busy.percentile(0.5), calm.percentile(0.5))})
	return nil
}

// newDays is a notice by which the next two weeks are off, but one day.
func newDays(now time.Time) string {
	type day struct {
		Name  string `json:"name"`
		Date  string `json:"date"`
		IsOff bool   `json:"isOffDay"`
	}
	years := map[int][]day{}
	for i := 1; i <= 14; i++ {
		at := now.AddDate(0, 0, i)
		years[at.Year()] = append(years[at.Year()], day{"测量", at.Format(time.DateOnly), i != 13})
	}
	text := ""
	for year, days := range years {
		doc, _ := json.Marshal(map[string]any{"year": year, "days": days})
		text += string(doc) + "\n"
	}
	return text
}

// send posts with a token and reads the answer.
func (b *bench) send(ctx context.Context, token, path string, body []byte, dst any) error {
	req, err := b.request(ctx, token, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s\n%.400s", path, res.Status, answer)
	}
	return json.Unmarshal(answer, dst)
}

var waiting = regexp.MustCompile(`(?m)^neike_jobs\{state="(?:ready|running)"\} (\S+)$`)

// idle waits until no job is left to do and followers have caught up.
func (b *bench) idle(ctx context.Context) error {
	for end := time.Now().Add(20 * time.Minute); time.Now().Before(end); {
		if err := b.settled(ctx); err != nil {
			return err
		}
		left, _, err := b.metric(ctx, waiting) // a state without jobs has no line
		if err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the jobs did not end in twenty minutes")
}
