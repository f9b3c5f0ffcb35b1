package problem

import "neike/internal/org"

// PersonalData is what the room knows about people: which problems they had, and what they said of them to the unit; and
// which they wrote.
var PersonalData = []org.PersonalData{
	{Code: "problem.me-too", Label: "problem.personal-me-too", Keeps: org.GoesWithPerson, Order: 256,
		Columns: "number words:words at:time",
		Read: `
select 'K-' || cast(p.number as text), m.words, m.at
from problem_me_too m
join problem p on p.id = m.problem
where m.person = $1
order by m.at desc
limit $2`,
		Wipe: []string{`
delete from problem_me_too
where person = $1 and problem in (select problem from problem_me_too where person = $1 limit $2)`}},
	{Code: "problem.written", Label: "problem.personal-written", Keeps: org.StaysWithRecord, Order: 257,
		Columns: "number state at:time",
		Read: `
select 'K-' || cast(p.number as text), s.kind, s.at
from problem_step s
join problem p on p.id = s.problem
where s.by_person = $1
order by s.at desc
limit $2`},
}
