package access

import "neike/internal/org"

// PersonalData is what the room knows about people: who looked with their eyes, and who opened their confidential records.
// The register stays; it names nobody who was erased.
var PersonalData = []org.PersonalData{
	{Code: "access.told", Label: "access.personal-told", Keeps: org.StaysWithRecord, Order: 190,
		Columns: "sort by reason record at:time until:time",
		Read: `
select t.what, p.name, t.reason, t.ref, t.at, t.until
from access_told t
join org_person_v p on p.id = t.by_person
where t.person = $1
order by t.id desc
limit $2`},
}
