package problem

import (
	"context"
	"fmt"
	"strings"
	"time"

	"neike/internal/disclose"
	"neike/internal/kit/sqldb"
)

var noTime time.Time

const problemColumns = `p.id, p.number, p.unit, p.title_zh, p.title_en, p.words_zh, p.words_en, p.expected_at, p.state, p.request, p.revision, p.by_person,
p.opened_at, p.changed_at, p.ended_at`

func scanProblem(row sqldb.Row) (p Problem, err error) {
	var state string
	err = row.Scan(&p.ID, &p.Number, &p.Unit, &p.Title.Zh, &p.Title.En, &p.Words.Zh, &p.Words.En, &p.Expected, &state, &p.Request, &p.Revision, &p.By,
		&p.OpenedAt, &p.ChangedAt, &p.EndedAt)
	p.State = State(state)
	return p, err
}

func nobody(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func insertProblem(ctx context.Context, tx *sqldb.Tx, p Problem) error {
	err := tx.Insert(ctx, "problem", `id, number, unit, title_zh, title_en, words_zh, words_en, expected_at, state, request, revision, by_person, opened_at, changed_at, ended_at`,
		[]any{p.ID, p.Number, p.Unit, p.Title.Zh, p.Title.En, p.Words.Zh, p.Words.En, p.Expected, string(p.State), nobody(p.Request), p.Revision, p.By, p.OpenedAt, p.ChangedAt, p.EndedAt})
	if err != nil {
		return err
	}
	rows := make([][]any, len(p.Services))
	for i, id := range p.Services {
		rows[i] = []any{p.ID, id}
	}
	return tx.Insert(ctx, "problem_service", "problem, service", rows...)
}

func updateProblem(ctx context.Context, tx *sqldb.Tx, p Problem) error {
	n, err := tx.Exec(ctx, `
update problem
set title_zh = $2, title_en = $3, words_zh = $4, words_en = $5, expected_at = $6, state = $7, revision = $8, changed_at = $9, ended_at = $10
where id = $1`, p.ID, p.Title.Zh, p.Title.En, p.Words.Zh, p.Words.En, p.Expected, string(p.State), p.Revision, p.ChangedAt, p.EndedAt)
	if err == nil && n != 1 {
		err = fmt.Errorf("update problem %d: %d rows", p.ID, n)
	}
	return err
}

func insertStep(ctx context.Context, tx *sqldb.Tx, id ID, x Step) error {
	return tx.Insert(ctx, "problem_step", "problem, n, kind, words_zh, words_en, expected_at, by_person, at",
		[]any{id, x.N, x.Kind, x.Words.Zh, x.Words.En, x.Expected, x.By, x.At})
}

// byNumber is a problem with its services.
func byNumber(ctx context.Context, rd sqldb.Reader, number int64) (Problem, error) {
	p, err := sqldb.One(ctx, rd, scanProblem, `
select `+problemColumns+`
from problem p
where p.number = $1`, number)
	if err != nil {
		return p, err
	}
	list, err := withServices(ctx, rd, []Problem{p})
	if err != nil {
		return p, err
	}
	return list[0], nil
}

// withServices adds to problems the services that they are about.
func withServices(ctx context.Context, rd sqldb.Reader, list []Problem) ([]Problem, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(list))
	at := map[int64]int{}
	for i, p := range list {
		ids[i], at[p.ID] = p.ID, i
	}
	text, args := sqldb.Select("select problem, service from problem_service").In("problem", ids).OrderBy("problem, service").SQL()
	return list, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var problem, service int64
		err := row.Scan(&problem, &service)
		list[at[problem]].Services = append(list[at[problem]].Services, service)
		return err
	}, text, args...)
}

func withServicesOf(ctx context.Context, rd sqldb.Reader, list []Problem, err error) ([]Problem, error) {
	if err != nil {
		return nil, err
	}
	return withServices(ctx, rd, list)
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// mostListed is how many problems a list reads.
const mostListed = 200

// found lists what is open, or what has ended, the newest first: of those whose title, words or number have every word asked for.
func found(ctx context.Context, rd sqldb.Reader, words []string, ended bool) ([]Problem, error) {
	q := sqldb.Select("select " + problemColumns + "\nfrom problem p")
	if ended {
		q.Where("p.ended_at is not null")
	} else {
		q.Where("p.ended_at is null")
	}
	for _, w := range words {
		q.Where("lower('k-' || p.number || ' ' || p.title_zh || ' ' || p.title_en || ' ' || p.words_zh || ' ' || p.words_en) like ? escape '\\'", "%"+likeEscape.Replace(strings.ToLower(w))+"%")
	}
	list, err := sqldb.AllQ(ctx, rd, scanProblem, q.OrderBy("p.id desc").Limit(mostListed))
	return withServicesOf(ctx, rd, list, err)
}

// openOfService lists what is open of a service, the newest first.
func openOfService(ctx context.Context, rd sqldb.Reader, service int64) ([]Problem, error) {
	list, err := sqldb.All(ctx, rd, scanProblem, `
select `+problemColumns+`
from problem p
join problem_service s on s.problem = p.id
where p.ended_at is null and s.service = $1
order by p.id desc
limit 20`, service)
	return withServicesOf(ctx, rd, list, err)
}

func byIDs(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Problem, error) {
	list, err := sqldb.AllQ(ctx, rd, scanProblem, sqldb.Select("select "+problemColumns+"\nfrom problem p").In("p.id", ids))
	return withServicesOf(ctx, rd, list, err)
}

func stepsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Step, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (x Step, err error) {
		return x, row.Scan(&x.N, &x.Kind, &x.Words.Zh, &x.Words.En, &x.Expected, &x.By, &x.At)
	}, `
select n, kind, words_zh, words_en, expected_at, by_person, at
from problem_step
where problem = $1
order by n desc
limit 100`, id)
}

const meTooColumns = "person, unit, words, at, left_at, answer, request"

func scanMeToo(row sqldb.Row) (m MeToo, err error) {
	return m, row.Scan(&m.Person, &m.Unit, &m.Words, &m.At, &m.LeftAt, &m.Answer, &m.Request)
}

// saveMeToo keeps what a person says of having it.
func saveMeToo(ctx context.Context, tx *sqldb.Tx, id ID, m MeToo) error {
	_, err := tx.Exec(ctx, `
insert into problem_me_too (problem, `+meTooColumns+`)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (problem, person) do update
set unit = excluded.unit, words = excluded.words, at = excluded.at, left_at = excluded.left_at, answer = excluded.answer, request = excluded.request`,
		id, m.Person, m.Unit, m.Words, m.At, m.LeftAt, m.Answer, nobody(m.Request))
	return err
}

// ownMeToo is what a person said; zero when nothing.
func ownMeToo(ctx context.Context, rd sqldb.Reader, id ID, person int64) (MeToo, error) {
	list, err := sqldb.All(ctx, rd, scanMeToo, `
select `+meTooColumns+`
from problem_me_too
where problem = $1 and person = $2
limit 1`, id, person)
	if err != nil || len(list) == 0 {
		return MeToo{}, err
	}
	return list[0], nil
}

func ownMeToos(ctx context.Context, rd sqldb.Reader, ids []int64, person int64) (map[int64]MeToo, error) {
	out := map[int64]MeToo{}
	text, args := sqldb.Select("select problem, "+meTooColumns+"\nfrom problem_me_too").Where("person = ?", person).In("problem", ids).SQL()
	return out, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id int64
		var m MeToo
		err := row.Scan(&id, &m.Person, &m.Unit, &m.Words, &m.At, &m.LeftAt, &m.Answer, &m.Request)
		out[id] = m
		return err
	}, text, args...)
}

// countsOf counts the people and the units that have each of the problems.
func countsOf(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]Counted, error) {
	least, err := disclose.LeastIn(ctx, rd)
	if err != nil {
		return nil, err
	}
	out := map[int64]Counted{}
	text, args := sqldb.Select("select problem, count(*), count(distinct unit)\nfrom problem_me_too").In("problem", ids).Where("left_at is null").GroupBy("problem").SQL()
	return out, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id int64
		c := Counted{Least: least}
		err := row.Scan(&id, &c.People, &c.Units)
		out[id] = c
		return err
	}, text, args...)
}

// affectedBy lists the units that have it, the most affected first.
func affectedBy(ctx context.Context, rd sqldb.Reader, id ID) ([]Affected, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (a Affected, err error) { return a, row.Scan(&a.Unit, &a.People) }, `
select unit, count(*)
from problem_me_too
where problem = $1 and left_at is null
group by unit
order by 2 desc, 1
limit 200`, id)
}

func answersOf(ctx context.Context, rd sqldb.Reader, id ID) (map[string]int, error) {
	out := map[string]int{}
	return out, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var answer string
		var n int
		err := row.Scan(&answer, &n)
		out[answer] = n
		return err
	}, `
select answer, count(*)
from problem_me_too
where problem = $1 and left_at is null and answer <> ''
group by answer`, id)
}

// meToosOf lists those who have it and said something, the newest first.
func meToosOf(ctx context.Context, rd sqldb.Reader, id ID) ([]MeToo, error) {
	return sqldb.All(ctx, rd, scanMeToo, `
select `+meTooColumns+`
from problem_me_too
where problem = $1 and left_at is null and words <> ''
order by at desc
limit 100`, id)
}

// peopleOf lists who has it.
func peopleOf(ctx context.Context, rd sqldb.Reader, id ID) ([]int64, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (p int64, err error) { return p, row.Scan(&p) }, `
select person
from problem_me_too
where problem = $1 and left_at is null
order by person
limit 20000`, id)
}

// insteadOf counts who said 'me, too' of a unit's problems since a moment, and made no request of it.
func insteadOf(ctx context.Context, rd sqldb.Reader, units []int64, since time.Time) (int, error) {
	text, args := sqldb.Select("select count(*)\nfrom problem p\njoin problem_me_too m on m.problem = p.id").In("p.unit", units).
		Where("m.left_at is null and m.request is null and m.at >= ?", since).SQL()
	return sqldb.Value[int](ctx, rd, text, args...)
}
