package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// notices measures pages while an announcement is told to all 100 000 people of the wide company, beside the same pages
// in quiet.
func (b *bench) notices(ctx context.Context, t *table) error {
	paths := []string{"/inbox", "/requests", "/", "/services"}
	next := func(i int) (*http.Request, error) {
		return b.request(ctx, b.tokens[i%len(b.tokens)], http.MethodGet, paths[i%len(paths)], nil)
	}
	if _, err := drive(ctx, b.server, 4, b.span(), http.StatusOK, next, nil); err != nil { // what was imported has emptied the caches
		return err
	}
	quiet, err := drive(ctx, b.server, 4, b.span(), http.StatusOK, next, b.idle)
	if err != nil {
		return err
	}
	before, err := b.server.cpu()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := b.announce(ctx); err != nil {
		return err
	}
	var loud outcome
	for told := 0; told < widePeople; {
		part, err := drive(ctx, b.server, 4, time.Second, http.StatusOK, next, nil)
		if err != nil {
			return err
		}
		loud.times, loud.n = append(loud.times, part.times...), loud.n+part.n
		if told, err = b.told(ctx); err != nil {
			return err
		}
		if time.Since(began) > 5*time.Minute {
			return fmt.Errorf("%d of %d people were told in five minutes", told, widePeople)
		}
	}
	took := time.Since(began)
	after, err := b.server.cpu()
	if err != nil {
		return err
	}
	t.add(row{name: "pages while 100 000 notices go out, p99 over quiet", value: loud.percentile(0.99) / quiet.percentile(0.99), unit: "×", budget: 2, atMost: true,
		note: fmt.Sprintf("p99 %.1f ms, quiet %.1f ms; slowest %.1f ms, quiet %.1f ms", loud.percentile(0.99), quiet.percentile(0.99), loud.percentile(1), quiet.percentile(1))})
	t.add(row{name: "100 000 notices told", value: took.Seconds(), unit: "s",
		note: fmt.Sprintf("%.0f/s with 4 clients reading without a pause; the server used %.0f s of CPU for both", widePeople/took.Seconds(), (after - before).Seconds())})
	return nil
}

// announce tells everybody something.
func (b *bench) announce(ctx context.Context) error {
	req, err := b.request(ctx, b.admin, http.MethodPost, "/api/v1/announcements", []byte(`{"title":"例行停机维护","text":"周六上午九点到十点。"}`))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("announce: %s", res.Status)
	}
	return nil
}

// told is how many people the newest announcement has reached.
func (b *bench) told(ctx context.Context) (int, error) {
	var list struct {
		Items []struct {
			Told int `json:"told"`
		} `json:"items"`
	}
	if err := b.get(ctx, b.admin, "/api/v1/announcements?limit=1", &list); err != nil {
		return 0, err
	}
	if len(list.Items) == 0 {
		return 0, errors.New("there is no announcement")
	}
	return list.Items[0].Told, nil
}
