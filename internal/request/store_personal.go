package request

import "neike/internal/org"

// PersonalData is what the room knows about people: what they asked, dealt with and said of it. It is the company's record
// and stays, under a name that is no name. Titles, scores and comments only they may have: others see them by their own
// rights, at the request.
var PersonalData = []org.PersonalData{
	{Code: "request.bulk", Label: "request.personal-bulk", Keeps: "request.personal-bulk-keeps", Order: 255,
		Columns: "sort at:time",
		Read: `
select verb, at
from request_bulk
where person = $1
order by at desc
limit $2`,
		Wipe: []string{`
delete from request_bulk
where id in (
	select id
	from request_bulk
	where person = $1
	limit $2)`}},
	{Code: "request.requests", Label: "request.personal-requests", Keeps: org.StaysWithRecord, Order: 240,
		Columns: "number as title:words state at:time",
		Read: `
select 'R-' || cast(number as text), case when asked_by = $1 then 'asked' when for_person = $1 then 'on_behalf_of' else 'assigned' end, title, state, opened_at
from request
where asked_by = $1 or for_person = $1 or assignee = $1
order by id desc
limit $2`},
	{Code: "request.drafts", Label: "request.personal-drafts", Keeps: org.GoesByItself, Order: 245,
		Columns: "title:words fields:words at:time",
		Read: `
select title, cast(fields as text), saved_at
from request_draft
where person = $1
order by saved_at desc
limit $2`,
		Wipe: []string{`
delete from request_draft
where person = $1 and service in (select service from request_draft where person = $1 limit $2)`}},
	{Code: "request.answer-drafts", Label: "request.personal-answer-drafts", Keeps: org.GoesByItself, Order: 246,
		Columns: "number title:words at:time",
		Read: `
select 'R-' || cast(r.number as text), d.text, d.saved_at
from request_answer_draft d
join request r on r.id = d.request
where d.person = $1
order by d.saved_at desc
limit $2`,
		Wipe: []string{`
delete from request_answer_draft
where person = $1 and (request, box) in (select request, box from request_answer_draft where person = $1 limit $2)`, `
update request_answer_draft
set from_person = null
where (request, box, person) in (select request, box, person from request_answer_draft where from_person = $1 limit $2)`}},
	{Code: "request.steps", Label: "request.personal-steps", Keeps: org.StaysWithRecord, Order: 245,
		Columns: "number percent role at:time",
		Read: `
select 'R-' || cast(r.number as text), cast(s.step as text), s.role, s.at
from request_step s
join request r on r.id = s.request
where s.person = $1
order by s.at desc
limit $2`},
	{Code: "request.stand-ins", Label: "request.personal-stand-ins", Keeps: org.GoesByItself, Order: 247,
		Columns: "number as at:time",
		Read: `
select 'R-' || cast(r.number as text), case when s.person = $1 then 'deputy' else 'asked' end, s.at
from request_stand_in s
join request r on r.id = s.request
where s.person = $1 or s.by_person = $1
order by s.at desc
limit $2`},
	{Code: "request.links", Label: "request.personal-links", Keeps: org.StaysWithRecord, Order: 246,
		Columns: "number as sort at:time",
		Read: `
select 'R-' || cast(r.number as text), case when l.by_person = $1 then 'linked' else 'unlinked' end, l.kind, case when l.by_person = $1 then l.at else l.ended_at end
from request_link l
join request r on r.id = l.request
where l.by_person = $1 or l.ended_by = $1
order by l.id desc
limit $2`},
	{Code: "request.ratings", Label: "request.personal-ratings", Keeps: org.StaysWithRecord, Order: 250,
		Columns: "number score:words words:words at:time",
		Read: `
select 'R-' || cast(r.number as text), cast(g.score as text), g.comment, g.at
from rating g
join request r on r.id = g.request
where g.person = $1
order by g.at desc
limit $2`},
}
