package signin

import "neike/internal/org"

// PersonalData is what the room knows about people. Passwords, prints, sealed secrets and recovery codes go when a person is
// erased, and are never copied.
var PersonalData = []org.PersonalData{
	{Code: "signin.account", Label: "signin.personal-account", Keeps: org.GoesWithPerson, Order: 100,
		Columns: "changed-at:time seen-at:time until:time",
		Read: `
select changed_at, last_at, until
from signin_account
where person = $1
limit $2`,
		Wipe: []string{`
delete from signin_account
where person in (select person from signin_account where person = $1 limit $2)`, `
delete from signin_history
where person = $1 and at in (select at from signin_history where person = $1 limit $2)`, `
delete from signin_recovery
where person = $1 and print in (select print from signin_recovery where person = $1 limit $2)`, `
delete from signin_link
where print in (select print from signin_link where person = $1 limit $2)`, `
delete from signin_half
where print in (select print from signin_half where person = $1 limit $2)`, `
delete from signin_ceremony
where print in (select print from signin_ceremony where person = $1 limit $2)`, `
delete from signin_try
where name in (
  select t.name
  from signin_try t
  where t.person = $1 or t.name = (select 'person:' || p.no from org_person_v p where p.id = $1)
  limit $2)`, `
delete from signin_seen
where person in (select person from signin_seen where person = $1 limit $2)`}},
	{Code: "signin.sessions", Label: "signin.holds-sessions", Keeps: org.GoesByItself, Order: 110,
		Columns: "from:time seen-at:time until:time address agent",
		Read: `
select made_at, seen_at, until, address, agent
from signin_session
where person = $1
order by seen_at desc
limit $2`,
		Wipe: []string{`
delete from signin_session
where id in (select id from signin_session where person = $1 limit $2)`}},
	{Code: "signin.devices", Label: "signin.personal-devices", Keeps: org.GoesByItself, Order: 120,
		Columns: "from:time seen-at:time",
		Read: `
select made_at, seen_at
from signin_device
where person = $1
order by seen_at desc
limit $2`,
		Wipe: []string{`
delete from signin_device
where person = $1 and print in (select print from signin_device where person = $1 limit $2)`}},
	{Code: "signin.tokens", Label: "signin.holds-tokens", Keeps: org.GoesWithPerson, Order: 130,
		Columns: "name scope at:time seen-at:time until:time",
		Read: `
select name, scopes, made_at, used_at, until
from signin_token
where person = $1
order by id desc
limit $2`,
		Wipe: []string{`
delete from signin_token
where id in (select id from signin_token where person = $1 limit $2)`}},
	{Code: "signin.factors", Label: "signin.personal-factors", Keeps: org.GoesWithPerson, Order: 140,
		Columns: "sort name at:time seen-at:time",
		Read: `
select kind, name, made_at, used_at
from signin_factor
where person = $1
order by id desc
limit $2`,
		Wipe: []string{`
delete from signin_factor
where id in (select id from signin_factor where person = $1 limit $2)`}},
	{Code: "signin.claims", Label: "signin.personal-claims", Keeps: org.GoesByItself, Order: 150,
		Columns: "typed-no typed-name state address agent at:time",
		Read: `
select typed_no, typed_name, state, address, agent, made_at
from signin_claim
where person = $1
order by id desc
limit $2`,
		Wipe: []string{`
delete from signin_claim
where id in (select id from signin_claim where person = $1 limit $2)`}},
	{Code: "signin.news", Label: "signin.personal-news", Keeps: org.GoesByItself, Order: 160,
		Columns: "sort by address at:time",
		Read: `
select n.kind, coalesce(p.name, ''), n.address, n.at
from signin_news n
left join org_person_v p on p.id = n.doer
where n.person = $1
order by n.id desc
limit $2`,
		Wipe: []string{`
delete from signin_news
where id in (select id from signin_news where person = $1 limit $2)`}},
}
