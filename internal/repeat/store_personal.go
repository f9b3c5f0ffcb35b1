package repeat

import "neike/internal/org"

// PersonalData is what the room knows about people: what they ask regularly, and what they left out. Templates stay with the
// company, in another name or under a name that is no name.
var PersonalData = []org.PersonalData{
	{Code: "repeat.templates", Label: "repeat.personal-templates", Keeps: org.StaysWithRecord, Order: 246,
		Columns: "number title:words words:words state at:time",
		Read: `
select 'RP-' || cast(number as text), title, fields, state, made_at
from repeat_template
where owner = $1
order by id desc
limit $2`},
	{Code: "repeat.dates", Label: "repeat.personal-dates", Keeps: org.StaysWithRecord, Order: 247,
		Columns: "number record state at:time",
		Read: `
select 'RP-' || cast(t.number as text), d.slot, d.state, d.at
from repeat_date d
join repeat_template t on t.id = d.template
where d.person = $1
order by d.at desc
limit $2`},
}
