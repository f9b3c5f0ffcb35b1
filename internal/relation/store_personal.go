package relation

import "neike/internal/org"

// PersonalData is what the room knows about people: for whom they are a contact.
var PersonalData = []org.PersonalData{
	{Code: "relation.contacts", Label: "relation.personal-contacts", Keeps: org.StaysWithRecord, Order: 260,
		Columns: "unit count:number at:time",
		Read: `
select p.name_zh || ' → ' || u.name_zh, c.n, c.last_at
from edge_contact c
join edge e on e.id = c.edge
join org_unit_v p on p.id = e.provider
join org_unit_v u on u.id = e.customer
where c.person = $1
order by c.last_at desc
limit $2`},
	{Code: "relation.words", Label: "relation.personal-words", Keeps: org.StaysWithRecord, Order: 261,
		Columns: "unit what note:words at:time",
		Read: `
select p.name_zh || ' → ' || u.name_zh, l.what, l.note, l.at
from edge_log l
join edge e on e.id = l.edge
join org_unit_v p on p.id = e.provider
join org_unit_v u on u.id = e.customer
where l.person = $1
order by l.at desc
limit $2`},
	{Code: "relation.expectations", Label: "relation.personal-expectations", Keeps: org.StaysWithRecord, Order: 262,
		Columns: "unit what note:words at:time",
		Read: `
select p.name_zh || ' → ' || u.name_zh, l.what, case when l.note = '' then l.text else l.note end, l.at
from expectation_log l
join expectation x on x.id = l.expectation
join edge e on e.id = x.edge
join org_unit_v p on p.id = e.provider
join org_unit_v u on u.id = e.customer
where l.person = $1
order by l.at desc
limit $2`},
	{Code: "relation.workshops", Label: "relation.personal-workshops", Keeps: org.StaysWithRecord, Order: 263,
		Columns: "title at:time",
		Read: `
select name, opened_at
from workshop
where opened_by = $1 or closed_by = $1
order by opened_at desc
limit $2`},
	{Code: "relation.sheets", Label: "relation.personal-sheets", Keeps: org.StaysWithRecord, Order: 264,
		Columns: "unit title at:time",
		Read: `
select u.name_zh, w.name, s.changed_at
from sheet s
join workshop w on w.id = s.workshop
join org_unit_v u on u.id = s.unit
where s.changed_by = $1 or s.handed_by = $1
order by s.changed_at desc
limit $2`},
	{Code: "relation.handovers", Label: "relation.personal-handovers", Keeps: org.StaysWithRecord, Order: 265,
		Columns: "unit what at:time",
		Read: `
select p.name_zh || ' → ' || u.name_zh, h.deliverable, h.at
from handover h
join edge e on e.id = h.edge
join org_unit_v p on p.id = e.provider
join org_unit_v u on u.id = e.customer
where h.person = $1
order by h.at desc
limit $2`},
}
