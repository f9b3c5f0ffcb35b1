package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

// narrowed is a service whose requests are narrowed by three fields of its form: a choice, a range of numbers, and the
// beginning of a text.
type narrowed struct {
	code                 string
	choice, number, text string
	options, texts       []string
	numbers              []float64 // what was answered, ascending
}

// fields measures the queue narrowed by three fields of a form, on the engine that is measured; of an embedded company also
// on PostgreSQL, to which the same company is moved.
func (b *bench) fields(ctx context.Context, t *table) error {
	if err := b.fieldsOn(ctx, t, b.company()); err != nil || b.s.engine == "postgres" {
		return err
	}
	b.server.stop()
	url, err := b.onPostgres(ctx, b.kept())
	if errors.Is(err, errNoPostgres) {
		t.add(row{name: fieldsRow + ", PostgreSQL", value: -1, unit: "ms", budget: 30, atMost: true, unmeasured: err.Error()})
	} else if err != nil {
		return err
	} else if err := b.beside(ctx, t, url); err != nil {
		return err
	}
	return b.serve(ctx, b.company()) // the rows to come
}

// beside measures on PostgreSQL what was measured embedded.
func (b *bench) beside(ctx context.Context, t *table, url string) error {
	b.url = url
	defer func() { b.server.stop(); b.url = "" }()
	if err := b.serve(ctx, b.company()); err != nil {
		return err
	}
	return b.fieldsOn(ctx, t, b.company())
}

const fieldsRow = "queue with three form-field filters, p99 at 1 client"

func (b *bench) fieldsOn(ctx context.Context, t *table, dir string) error {
	head, err := b.tokenIn(ctx, dir, "1004")
	if err != nil {
		return err
	}
	n, err := b.narrowable(ctx, head)
	if err != nil {
		return err
	}
	engine, config := "SQLite", sqldb.Config{Path: filepath.Join(b.s.data, "limit.db")}
	if b.url != "" {
		engine, config = "PostgreSQL", sqldb.Config{URL: b.pg.url("postgres")}
	}
	least, err := trivial(ctx, config, b.span()/2)
	if err != nil {
		return err
	}
	t.add(row{name: "machine: select 1 on " + engine + ", p99 at 1 client", value: least.percentile(0.99), unit: "ms", note: fmt.Sprintf("p50 %.2f ms", least.percentile(0.5))})
	for _, p := range []struct {
		name, path string
		budget     float64
	}{
		{fieldsRow, "/queue", 30},
		{"the same as JSON", "/api/v1/queue", 30},
		{"all requests ever with the same filters, JSON, p99", "/api/v1/requests", 0},
	} {
		dice := rand.New(rand.NewPCG(1, 2)) // the same addresses every time
		next := func(int) (*http.Request, error) {
			return b.request(ctx, head, http.MethodGet, p.path+"?"+n.query(dice).Encode(), nil)
		}
		if _, err := drive(ctx, b.server, 1, b.span()/5, http.StatusOK, next, nil); err != nil { // caches and statements
			return err
		}
		out, err := drive(ctx, b.server, 1, b.span(), http.StatusOK, next, nil)
		if err != nil {
			return err
		}
		t.add(row{name: p.name + ", " + engine, value: out.percentile(0.99), unit: "ms", budget: p.budget, atMost: true, limit: least.percentile(0.99),
			note: fmt.Sprintf("p50 %.2f ms, %.2f ms CPU, %d different", out.percentile(0.5), out.perRequest(), out.n)})
	}
	return b.listsOn(ctx, t, dir, engine, least.percentile(0.99))
}

// trivial measures the least that an engine is asked, from here.
func trivial(ctx context.Context, config sqldb.Config, span time.Duration) (outcome, error) {
	var out outcome
	db, err := sqldb.Open(ctx, config)
	if err != nil {
		return out, err
	}
	defer db.Close()
	for began := time.Now(); time.Since(began) < span; {
		at := time.Now()
		err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			_, err := sqldb.Value[int](ctx, rd, "select 1")
			return err
		})
		if err != nil {
			return out, err
		}
		out.times = append(out.times, time.Since(at))
	}
	out.n = len(out.times)
	return out, nil
}

// query is one way to narrow: few or many options, a narrow or a wide range anywhere, and a short or a long beginning.
func (n narrowed) query(dice *rand.Rand) url.Values {
	v := url.Values{"service": {n.code}}
	for range 1 + dice.IntN(2) {
		if x := n.options[dice.IntN(len(n.options))]; !slices.Contains(v["field."+n.choice], x) {
			v.Add("field."+n.choice, x)
		}
	}
	share := []float64{0.02, 0.1, 0.3, 0.7}[dice.IntN(4)]
	first, last := n.numbers[0], n.numbers[len(n.numbers)-1]
	from := first + dice.Float64()*(1-share)*(last-first)
	v.Set("field."+n.number+".min", fmt.Sprintf("%.2f", from))
	v.Set("field."+n.number+".max", fmt.Sprintf("%.2f", from+share*(last-first)))
	text := []rune(n.texts[dice.IntN(len(n.texts))])
	v.Set("field."+n.text, string(text[:1+dice.IntN(len(text))]))
	return v
}

// narrowable finds the service that the holder of the token serves with such fields and most requests.
func (b *bench) narrowable(ctx context.Context, token string) (narrowed, error) {
	var services struct {
		Items []struct {
			Code string `json:"code"`
		} `json:"items"`
	}
	var best narrowed
	if err := b.get(ctx, token, "/api/v1/services?kind=request&limit=200", &services); err != nil {
		return best, err
	}
	for _, s := range services.Items {
		n, err := b.narrowedBy(ctx, token, s.Code)
		if err != nil {
			return best, err
		}
		if n.choice == "" || n.number == "" || n.text == "" {
			continue
		}
		var list struct {
			Items []struct {
				Fields map[string]any `json:"fields"`
			} `json:"items"`
		}
		if err := b.get(ctx, token, "/api/v1/queue?limit=200&columns="+n.number+","+n.text+"&service="+url.QueryEscape(s.Code), &list); err != nil {
			return best, err
		}
		for _, x := range list.Items {
			var number float64
			if _, err := fmt.Sscan(fmt.Sprint(x.Fields[n.number]), &number); err == nil {
				n.numbers = append(n.numbers, number)
			}
			if text := strings.TrimSpace(fmt.Sprint(x.Fields[n.text])); x.Fields[n.text] != nil && text != "" {
				n.texts = append(n.texts, text)
			}
		}
		slices.Sort(n.numbers)
		if len(n.numbers) > len(best.numbers) && len(n.texts) > 0 {
			best = n
		}
	}
	if best.code == "" {
		return best, errors.New("no service in the queue has a choice, a number and a text that lists filter by")
	}
	return best, nil
}

// narrowedBy reads which fields of a service lists filter by.
func (b *bench) narrowedBy(ctx context.Context, token, code string) (narrowed, error) {
	n := narrowed{code: code}
	var whole struct {
		Form struct {
			Fields []struct {
				Key     string `json:"key"`
				Type    string `json:"type"`
				Indexed bool   `json:"indexed"`
				Options []struct {
					Code string `json:"code"`
				} `json:"options"`
			} `json:"fields"`
		} `json:"form"`
	}
	if err := b.get(ctx, token, "/api/v1/services/"+code, &whole); err != nil {
		return n, err
	}
	for _, f := range whole.Form.Fields {
		switch {
		case !f.Indexed:
		case f.Type == "single_select" && n.choice == "":
			n.choice = f.Key
			for _, o := range f.Options {
				n.options = append(n.options, o.Code)
			}
		case slices.Contains([]string{"number", "currency", "formula"}, f.Type) && n.number == "":
			n.number = f.Key
		case f.Type == "text" && n.text == "":
			n.text = f.Key
		}
	}
	return n, nil
}

// find measures the search over everything, for a head: words of titles, beginnings of words, numbers.
func (b *bench) find(ctx context.Context, t *table) error {
	head, err := b.token(ctx, "1004")
	if err != nil {
		return err
	}
	var list struct {
		Items []struct {
			Number string `json:"number"`
			Title  string `json:"title"`
		} `json:"items"`
	}
	if err := b.get(ctx, head, "/api/v1/requests?limit=200", &list); err != nil {
		return err
	}
	var words []string // three digits are no request's number: of one that is, the page leads to the request at once
	for i, x := range list.Items {
		if title := []rune(x.Title); len(title) > 6 {
			words = append(words, []string{x.Number[:5], string(title[:2+i%4]), string(title[len(title)-4:])}[i%3])
		}
	}
	if len(words) < 3 {
		return errors.New("the head sees too few requests")
	}
	for _, path := range []string{"/search", "/api/v1/search"} {
		next := func(i int) (*http.Request, error) {
			return b.request(ctx, head, http.MethodGet, path+"?q="+url.QueryEscape(words[i%len(words)]), nil)
		}
		out, err := drive(ctx, b.server, 1, b.span(), http.StatusOK, next, nil)
		if err != nil {
			return err
		}
		t.add(row{name: "search, " + path, value: out.perRequest(), unit: "ms CPU", limit: b.limit["http1"], note: fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", out.percentile(0.5), out.percentile(0.99))})
	}
	return nil
}
