package routing

import "neike/internal/org"

// PersonalData is what the room knows about people: what they can do, that it was their turn, the rules that they set, and the
// dry runs that they asked for. Skills go with the person; the rest is the unit's record.
var PersonalData = []org.PersonalData{
	{Code: "routing.skills", Label: "routing.personal-skills", Keeps: org.GoesWithPerson, Order: 270,
		Columns: "as",
		Read: `
select skill
from routing_skill
where person = $1
order by skill
limit $2`,
		Wipe: []string{`
delete from routing_skill
where person = $1 and skill in (select skill from routing_skill where person = $1 limit $2)`}},
	{Code: "routing.rules", Label: "routing.personal-rules", Keeps: org.StaysWithRecord, Order: 271,
		Columns: "number at:time",
		Read: `
select cast(unit as text) || ' · ' || cast(version as text), at
from routing_set
where by_person = $1
order by at desc
limit $2`},
	{Code: "routing.runs", Label: "routing.personal-runs", Keeps: org.StaysWithRecord, Order: 272,
		Columns: "number at:time",
		Read: `
select cast(id as text), at
from routing_run
where person = $1
order by at desc
limit $2`},
	{Code: "routing.turns", Label: "routing.personal-turns", Keeps: org.StaysWithRecord, Order: 273,
		Columns: "number",
		Read: `
select cast(id as text)
from routing_turn
where person = $1
limit $2`},
	{Code: "routing.cases", Label: "routing.personal-cases", Keeps: org.StaysWithRecord, Order: 274,
		Columns: "number as",
		Read: `
select cast(request as text), case when person = $1 then 'would' else 'had' end
from routing_case
where person = $1 or had = $1
limit $2`},
}
