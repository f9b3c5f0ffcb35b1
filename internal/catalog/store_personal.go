package catalog

import "neike/internal/org"

// PersonalData is what the room knows about people: which drafts they proposed. It is the company's record and stays,
// under a name that is no name.
var PersonalData = []org.PersonalData{
	{Code: "catalog.proposed", Label: "catalog.personal-proposed", Keeps: org.StaysWithRecord, Order: 235,
		Columns: "record title:words at:time",
		Read: `
select code, name_zh, proposed_at
from catalog_service
where proposed_by = $1
order by proposed_at desc
limit $2`},
	{Code: "catalog.rewordings", Label: "catalog.personal-rewordings", Keeps: org.StaysWithRecord, Order: 237,
		Columns: "record title:words at:time",
		Read: `
select s.code, s.name_zh, r.changed_at
from catalog_rewording r
join catalog_service s on s.id = r.service
where r.changed_by = $1 or r.proposed_by = $1
order by r.changed_at desc
limit $2`},
	{Code: "catalog.supports", Label: "catalog.personal-supports", Keeps: org.StaysWithRecord, Order: 236,
		Columns: "record title:words",
		Read: `
select s.code, s.name_zh
from catalog_supporter x
join catalog_service s on s.id = x.service
where x.person = $1
order by s.code
limit $2`},
}
