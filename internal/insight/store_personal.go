package insight

import "neike/internal/org"

// PersonalData is what the room knows about people: which assumptions of the company they set. What people did is counted by unit
// and not kept by person.
var PersonalData = []org.PersonalData{
	{Code: "insight.assumed", Label: "insight.personal-assumed", Keeps: org.StaysWithRecord, Order: 300,
		Columns: "title number at:time",
		Read: `
select code, cast(seconds as text), at
from insight_assumption
where by_person = $1
order by at desc, code
limit $2`},
}
