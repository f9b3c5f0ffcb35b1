package promise

import "neike/internal/org"

// PersonalData is what the room knows about people: what they promised, what they were promised, and what they said of it.
// It is the company's record and stays, under a name that is no name.
var PersonalData = []org.PersonalData{
	{Code: "promise.promises", Label: "promise.personal-promises", Keeps: org.StaysWithRecord, Order: 258,
		Columns: "number as title:words state at:time",
		Read: `
select 'P-' || cast(number as text), case when giver = $1 then 'giver' when receiver = $1 then 'receiver' else 'first_giver' end, what, state, made_at
from promise
where giver = $1 or receiver = $1 or first_giver = $1
order by id desc
limit $2`},
	{Code: "promise.said", Label: "promise.personal-said", Keeps: org.StaysWithRecord, Order: 259,
		Columns: "number sort words:words at:time",
		Read: `
select 'P-' || cast(p.number as text), e.kind, coalesce(e.why, ''), e.at
from promise_event e
join promise p on p.id = e.promise
where e.actor = $1 or e.behalf = $1
order by e.at desc
limit $2`},
}
