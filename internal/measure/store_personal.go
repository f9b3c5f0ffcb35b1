package measure

import "neike/internal/org"

// PersonalData is what the room knows about people: which measures they defined and which values they entered. It is the
// company's record and stays, under a name that is no name.
var PersonalData = []org.PersonalData{
	{Code: "measure.defined", Label: "measure.personal-defined", Keeps: org.StaysWithRecord, Order: 262,
		Columns: "title number at:time",
		Read: `
select name_zh, code, at
from measure_own
where by_person = $1
order by at desc
limit $2`},
	{Code: "measure.values", Label: "measure.personal-values", Keeps: org.StaysWithRecord, Order: 263,
		Columns: "title number note:words at:time",
		Read: `
select o.name_zh, cast(v.month as text), v.note, v.at
from measure_value v
join measure_own o on o.id = v.measure
where v.by_person = $1
order by v.at desc
limit $2`},
}
