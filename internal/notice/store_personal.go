package notice

import "neike/internal/org"

// PersonalData is what the room knows about people: what they were told, which way, and how they wish to be told.
var PersonalData = []org.PersonalData{
	{Code: "notice.notices", Label: "notice.personal-notices", Keeps: org.GoesByItself, Order: 300,
		Columns: "sort note:words at:time seen-at:time",
		Read: `
select kind, note, at, case when read_at = 0 then null else read_at end
from notice
where person = $1
order by id desc
limit $2`,
		Wipe: []string{`
delete from notice_item
where (post, notice) in (
  select i.post, i.notice
  from notice_item i
  join notice n on n.id = i.notice
  where n.person = $1
  limit $2)`, `
delete from notice
where id in (select id from notice where person = $1 limit $2)`}},
	{Code: "notice.posts", Label: "notice.personal-posts", Keeps: org.GoesByItself, Order: 310,
		Columns: "channel state at:time",
		Read: `
select channel, state, created
from notice_post
where person = $1
order by id desc
limit $2`,
		Wipe: []string{`
delete from notice_item
where (post, notice) in (
  select i.post, i.notice
  from notice_item i
  join notice_post p on p.id = i.post
  where p.person = $1
  limit $2)`, `
delete from notice_post
where id in (select id from notice_post where person = $1 limit $2)`, `
delete from notice_used
where id in (select id from notice_used where person = $1 limit $2)`}},
	{Code: "notice.choices", Label: "notice.personal-choices", Keeps: org.GoesWithPerson, Order: 320,
		Columns: "sort channel value",
		Read: `
select kind, channel, value
from notice_choice
where person = $1
order by kind, channel
limit $2`,
		Wipe: []string{`
delete from notice_choice
where person = $1 and (kind, channel) in (select kind, channel from notice_choice where person = $1 limit $2)`, `
delete from notice_person
where id in (select id from notice_person where id = $1 limit $2)`}},
}
