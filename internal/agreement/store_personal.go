package agreement

import "neike/internal/org"

// PersonalData is what the room knows about people: what they signed, wrote and said for their unit. It is the company's record and
// stays, under a name that is no name.
var PersonalData = []org.PersonalData{
	{Code: "agreement.signatures", Label: "agreement.personal-signatures", Keeps: org.StaysWithRecord, Order: 266,
		Columns: "number as at:time",
		Read: `
select 'OLA-' || cast(a.number as text) || '/' || cast(s.n as text), s.side, s.at
from agreement_signature s
join agreement a on a.id = s.agreement
where s.person = $1
order by s.at desc
limit $2`},
	{Code: "agreement.drafts", Label: "agreement.personal-drafts", Keeps: org.StaysWithRecord, Order: 267,
		Columns: "number at:time",
		Read: `
select 'OLA-' || cast(a.number as text) || '/' || cast(v.n as text), v.at
from agreement_version v
join agreement a on a.id = v.agreement
where v.person = $1
order by v.at desc
limit $2`},
	{Code: "agreement.words", Label: "agreement.personal-words", Keeps: org.StaysWithRecord, Order: 268,
		Columns: "number as note:words at:time",
		Read: `
select 'OLA-' || cast(a.number as text), w.side, w.text, w.at
from agreement_word w
join agreement a on a.id = w.agreement
where w.person = $1
order by w.at desc
limit $2`},
	{Code: "agreement.ended", Label: "agreement.personal-ended", Keeps: org.StaysWithRecord, Order: 269,
		Columns: "number note:words at:time",
		Read: `
select 'OLA-' || cast(number as text), ended_why, ended_at
from agreement
where ended_by = $1 and ended_at > 0
order by id desc
limit $2`},
}
