package delivery

import "neike/internal/org"

// PersonalData is what the room knows about people: what they brought, took over and said of it, and what they arranged.
// It is the company's record and stays, under a name that is no name.
var PersonalData = []org.PersonalData{
	{Code: "delivery.deliveries", Label: "delivery.personal-deliveries", Keeps: org.StaysWithRecord, Order: 255,
		Columns: "number as title:words state at:time",
		Read: `
select 'D-' || cast(number as text), case when receiver = $1 then 'receiver' else 'assignee' end, title, state, opened_at
from delivery
where receiver = $1 or assignee = $1
order by id desc
limit $2`},
	{Code: "delivery.ratings", Label: "delivery.personal-ratings", Keeps: org.StaysWithRecord, Order: 256,
		Columns: "number score:words words:words at:time",
		Read: `
select 'D-' || cast(d.number as text), cast(g.score as text), g.comment, g.at
from delivery_rating g
join delivery d on d.id = g.delivery
where g.person = $1
order by g.at desc
limit $2`},
	{Code: "delivery.standing", Label: "delivery.personal-standing", Keeps: org.StaysWithRecord, Order: 257,
		Columns: "number as title:words state at:time",
		Read: `
select 'SD-' || cast(number as text), case when assignee = $1 then 'assignee' else 'created_by' end, deliverable, state, created_at
from standing
where assignee = $1 or created_by = $1
order by id desc
limit $2`},
}
