package directory

import "neike/internal/org"

// PersonalData is what the room knows about people: their accounts in the companies' own systems, and what syncs noted.
// Without the link a sync finds the person no more.
var PersonalData = []org.PersonalData{
	{Code: "directory.identities", Label: "directory.personal-identities", Keeps: org.GoesWithPerson, Order: 170,
		Columns: "connection subject at:time",
		Read: `
select c.name_zh, i.subject, i.linked_at
from directory_identity i
join directory_connection c on c.id = i.connection
where i.person = $1
order by i.id desc
limit $2`,
		Wipe: []string{`
delete from directory_identity
where id in (select id from directory_identity where person = $1 limit $2)`}},
	{Code: "directory.items", Label: "directory.personal-items", Keeps: org.GoesByItself, Order: 180,
		Columns: "at:time title state",
		Read: `
select r.began_at, i.label, i.state
from directory_item i
join directory_run r on r.id = i.run
join org_person_v p on substr(i.label, 1, length(p.no) + 1) = p.no || ' '
where p.id = $1 and i.sort = 'person'
order by r.began_at desc
limit $2`,
		Wipe: []string{`
delete from directory_user
where (run, subject_key) in (
  select u.run, u.subject_key
  from directory_user u
  join org_person_v p on p.no = u.no
  where p.id = $1
  limit $2)`, `
delete from directory_item
where (run, n) in (
  select i.run, i.n
  from directory_item i
  join org_person_v p on substr(i.label, 1, length(p.no) + 1) = p.no || ' '
  where p.id = $1 and i.sort = 'person'
  limit $2)`}},
}
