package review

import "neike/internal/org"

// PersonalData is what the room knows about people: what they said of results, and the plans that they set. It is the
// company's record and stays, under a name that is no name.
var PersonalData = []org.PersonalData{
	{Code: "review.judgements", Label: "review.personal-judgements", Keeps: org.StaysWithRecord, Order: 258,
		Columns: "number score:words words:words at:time",
		Read: `
select 'R-' || cast(c.number as text), j.verdict, j.word, j.at
from review_judgement j
join review_case c on c.id = j.review
where j.person = $1
order by j.at desc
limit $2`},
	{Code: "review.cases", Label: "review.personal-cases", Keeps: org.StaysWithRecord, Order: 259,
		Columns: "number as state at:time",
		Read: `
select 'R-' || cast(number as text), case when asker = $1 then 'asked' else 'assignee' end, state, accepted_at
from review_case
where (asker = $1 or served_by = $1) and state <> 'passed' and state <> 'over'
order by id desc
limit $2`},
	{Code: "review.plans", Label: "review.personal-plans", Keeps: org.StaysWithRecord, Order: 260,
		Columns: "number at:time",
		Read: `
select cast(service as text) || ' · ' || cast(revision as text), at
from review_plan
where by_person = $1
order by at desc
limit $2`},
}
