package house

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"neike/internal/disclose"
	"neike/internal/kit/sqldb"
	"neike/internal/measure"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/request"
)

// rated lets so many people of project have rated what finance did for them; each case is of one person.
func rated(t *testing.T, h *House, scores ...int) {
	t.Helper()
	ctx := h.System()
	tree, err := h.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	finance, _ := tree.ByCode("finance")
	project, _ := tree.ByCode("project")
	if err := h.DB.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.Relation.Edge(ctx, tx, finance.ID, project.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var list []disclose.Rating
	for i, s := range scores {
		list = append(list, disclose.Rating{Source: "test", Case: int64(i + 1), Rater: int64(i + 1), Provider: finance.ID, Customer: project.ID, Score: s})
	}
	if err := h.DB.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `create table test_marked (id bigint primary key)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.Disclose.AddSource(disclose.Source{Name: "test", // the nightly job may release at the same time: what is marked is known to the database
		Waiting: func(ctx context.Context, rd sqldb.Reader) (waiting []disclose.Rating, err error) {
			marked, err := sqldb.All(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) }, `select id from test_marked`)
			for _, r := range list {
				if !slices.Contains(marked, r.Case) {
					waiting = append(waiting, r)
				}
			}
			return waiting, err
		},
		Mark: func(ctx context.Context, tx *sqldb.Tx, list []disclose.Rating) (n int64, err error) {
			for _, r := range list {
				one, err := tx.Exec(ctx, `insert into test_marked (id) values ($1) on conflict do nothing`, r.Case)
				if err != nil {
					return 0, err
				}
				n += one
			}
			return n, nil
		},
		Marked: func(ctx context.Context, rd sqldb.Reader) (int64, error) {
			return sqldb.Value[int64](ctx, rd, "select count(*) from test_marked")
		}})
	if err := h.Disclose.Release(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestNobodySeesTwoNumbersOfSatisfaction reads it on every page and in every answer that has it.
func TestNobodySeesTwoNumbersOfSatisfaction(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		rated(t, h, 5, 5, 4, 4, 4, 5, 2, 1, 5, 4, 3, 5) // 9 of 12 are 4 or 5
		day := h.DB.Now().In(h.Org.Company(h.System()).Location())
		period := day.Format("2006-01")
		for _, no := range []string{"1001", "4001", "2001", "3001"} {
			c := h.SignedIn(no)
			c.Get("/relations/finance/project?period="+period).Is(200).Shows("[data-satisfaction=small]", "75.0%").Shows("[data-satisfaction=small]", "5 分 5 件")
			c.Get("/relations?measure=satisfaction&period="+period).Is(200).Shows("#matrix", "75").Shows("h1", "75%")
			c.Get("/relations?measure=satisfaction&view=list&period="+period).Is(200).Shows("#matrix", "9 / 12")
			c.Get("/relations?measure=satisfaction&view=list&state=few&period=" + period).Is(200)
			c.Get("/relations?measure=satisfaction&view=list&state=measured&period="+period).Is(200).Shows("#matrix", "9 / 12")
			if page := string(c.Get("/relations?measure=satisfaction&view=list&state=none&period=" + period).Is(200).Body); strings.Contains(page, "9 / 12") {
				t.Errorf("%s: what has a score stands among what has none", no)
			}
			c.Get("/relations/finance/project/ratings").Is(200).Shows("#ratings", "9 / 12").Shows("h1", "财务部 → 项目部")
			if csv := string(c.Get("/relations/export?format=csv&measure=satisfaction&period=" + period).Is(200).Body); !strings.Contains(csv, "0.75") {
				t.Errorf("%s: the file says %q", no, csv)
			}
			if svg := string(c.Get("/relations/export?format=svg&measure=satisfaction&period=" + period).Is(200).Body); !strings.Contains(svg, ">75<") {
				t.Errorf("%s: the picture has no 75", no)
			}
			api := h.TokenOf(no, "read")
			var one struct{ Satisfaction disclose.ScoreJSON }
			api.Get("/api/v1/relations/finance/project").Is(200).Decode(&one)
			if s := one.Satisfaction; s.Share == nil || *s.Share != 0.75 || *s.Cases != 12 || *s.Size != "small" {
				t.Errorf("%s: the relation says %+v", no, s)
			}
			var list struct {
				Items []struct {
					Provider, Customer string
					Satisfaction       disclose.ScoreJSON
				}
			}
			api.Get("/api/v1/relations").Is(200).Decode(&list)
			found := false
			for _, x := range list.Items {
				found = found || x.Provider == "finance" && x.Customer == "project" && x.Satisfaction.Share != nil && *x.Satisfaction.Share == 0.75
			}
			if !found {
				t.Errorf("%s: the list says %+v", no, list.Items)
			}
			var ledger struct {
				Items []struct{ People, Cases, Good int64 }
				Total disclose.ScoreJSON
			}
			api.Get("/api/v1/relations/finance/project/ratings").Is(200).Decode(&ledger)
			if len(ledger.Items) != 1 || ledger.Items[0].People != 12 || ledger.Items[0].Good != 9 || *ledger.Total.Share != 0.75 {
				t.Errorf("%s: the ledger says %+v", no, ledger)
			}
			if got := seriesOf(t, h, no); !got.Shown || got.Points[0].Hits != 9 || got.Points[0].N != 12 || got.Points[0].Value != 0.75 {
				t.Errorf("%s: the series says %+v", no, got)
			}
		}
		for _, no := range []string{"2002", "3002"} { // an agent of the one side, a member of the other: they see the other numbers
			c := h.SignedIn(no)
			if c.Get("/relations/finance/project?period="+period).Is(200).Page().Find("[data-satisfaction]").Length() > 0 {
				t.Errorf("%s sees satisfaction", no)
			}
			c.Get("/relations/finance/project/ratings").Is(404)
			if got := seriesOf(t, h, no); got.Shown {
				t.Errorf("%s: the series says %+v", no, got)
			}
			h.TokenOf(no, "read").Get("/api/v1/relations/finance/project/ratings").Is(404)
			if text := c.Get("/relations?measure=satisfaction&period=" + period).Is(200).Page().Find("#matrix").Text(); strings.Contains(text, "75") {
				t.Errorf("%s sees it in the matrix: %s", no, text)
			}
			var one struct{ Satisfaction disclose.ScoreJSON }
			h.TokenOf(no, "read").Get("/api/v1/relations/finance/project").Is(200).Decode(&one)
			if one.Satisfaction.Share != nil || *one.Satisfaction.Reason != "not_shown" {
				t.Errorf("%s: %+v", no, one)
			}
		}
	})
}

func TestTheRuleOfReleasing(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		office := h.SignedIn("1001")
		office.Get("/settings/disclosure").Is(200).Shows("#disclosure", "至少涉及 5 位不同的人")
		for _, bad := range []string{"", "zwei", "2", "11"} {
			office.Form("/settings/disclosure", "least", bad).Is(422).Shows("#disclosure", "3 到 10")
		}
		office.Form("/settings/disclosure", "least", "7").Leads("/settings/disclosure")
		member := h.SignedIn("3002")
		if member.Get("/settings/disclosure").Is(200).Shows("#disclosure", "至少涉及 7 位不同的人").Page().Find("#least-form").Length() > 0 {
			t.Error("everybody is offered to set it")
		}
		member.Form("/settings/disclosure", "least", "3").Is(404)
		office.Get("/insight/adoption").Is(200).Shows("main", "不到 7 人")
		api := h.TokenOf("1001", "read", "write")
		api.JSON("PUT", "/api/v1/disclosure", map[string]any{"least": 12}).Is(422)
		api.JSON("PUT", "/api/v1/disclosure", map[string]any{"least": 4}).Is(200)
		var p struct{ Least int }
		h.TokenOf("3002", "read").Get("/api/v1/disclosure").Is(200).Decode(&p)
		if p.Least != 4 {
			t.Errorf("%+v", p)
		}
		if err := h.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRatingsOfRequestsAreReleased goes the whole way: six people ask, finance delivers, they accept and rate, and the night releases; a confidential
// request never enters.
func TestRatingsOfRequestsAreReleased(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		ctx := h.System()
		for i := range 6 {
			no := fmt.Sprintf("31%02d", i)
			if _, err := h.Org.SavePerson(ctx, org.PersonInput{No: no, Name: fmt.Sprintf("客户%d", i), Unit: "project"}); err != nil {
				t.Fatal(err)
			}
			served(t, h, no, 1+i%5, false)
		}
		served(t, h, "3100", 1, true)
		for range 2 {
			if err := h.Disclose.Release(ctx); err != nil {
				t.Fatal(err)
			}
		}
		tree, err := h.Org.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		finance, _ := tree.ByCode("finance")
		project, _ := tree.ByCode("project")
		got, err := h.Disclose.Between(ctx, finance.ID, project.ID, disclose.Days{From: 20000101, To: 20991231}, false)
		if err != nil || got.Cases != 6 || got.People != 6 || got.Counts != [5]int64{2, 1, 1, 1, 1} {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// served is one request of a person to finance, from asking to rating.
func served(t *testing.T, h *House, no string, score int, confidential bool) {
	t.Helper()
	ask := request.Ask{Title: "预算追加", Service: "finance.budget", Fields: budgetAnswers(t, h), Confidential: confidential}
	if confidential {
		ask.Named = []string{"2002"}
	}
	r, err := h.Request.Open(h.As(no), ask)
	if err == nil {
		_, err = h.Request.Take(h.As("2002"), r.Number, request.When{})
	}
	if err == nil {
		_, err = h.Request.Deliver(h.As("2002"), r.Number, "办好了", nil, request.When{})
	}
	if err == nil {
		_, err = h.Request.Accept(h.As(no), r.Number, request.When{})
	}
	if err == nil {
		_, err = h.Request.Rate(h.As(no), r.Number, request.Rating{Score: score}, request.When{})
	}
	if err != nil {
		t.Fatalf("%s: %v", no, err)
	}
}

// seriesOf is satisfaction of the running month in the registry, as somebody sees it.
func seriesOf(t *testing.T, h *House, no string) measure.Series {
	t.Helper()
	ctx := h.As(no)
	m, err := h.Measure.ByCode(ctx, relation.Satisfaction)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := h.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var at measure.At
	at.Provider, _ = tree.ByCode("finance")
	at.Customer, _ = tree.ByCode("project")
	month := relation.DayOf(h.DB.Now().In(h.Org.Company(ctx).Location())) / 100
	got, err := h.Measure.SeriesOf(ctx, m, at, measure.Span{From: month, To: month})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
