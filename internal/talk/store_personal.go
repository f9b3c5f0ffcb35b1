package talk

import "neike/internal/org"

// PersonalData is what the room knows about people. What they wrote belongs to the record it stands in and stays, under a
// name that is no name; only they may have the words.
var PersonalData = []org.PersonalData{
	{Code: "talk.messages", Label: "talk.personal-messages", Keeps: org.StaysWithRecord, Order: 200,
		Columns: "record sort words:words at:time",
		Read: `
select subject_kind || ':' || cast(subject as text), kind, body, at
from talk_message
where person = $1
order by at desc, id desc
limit $2`},
	{Code: "talk.files", Label: "talk.personal-files", Keeps: org.StaysWithRecord, Order: 210,
		Columns: "record file:words size:number at:time",
		Read: `
select subject_kind || ':' || cast(subject as text), name, size, at
from talk_file
where person = $1
order by id desc
limit $2`},
	{Code: "talk.watches", Label: "talk.personal-watches", Keeps: org.GoesWithPerson, Order: 220,
		Columns: "record reason at:time",
		Read: `
select subject_kind || ':' || cast(subject as text), why, at
from talk_watch
where person = $1
order by at desc
limit $2`,
		Wipe: []string{`
delete from talk_watch
where person = $1 and (subject_kind, subject) in (select subject_kind, subject from talk_watch where person = $1 limit $2)`, `
delete from talk_unread
where person = $1 and message in (select message from talk_unread where person = $1 limit $2)`}},
}
