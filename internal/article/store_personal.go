package article

import "neike/internal/org"

// PersonalData is what the room knows about people: what they wrote and published is the company's record and stays, under a
// name that is no name; what they said of articles goes with them.
var PersonalData = []org.PersonalData{
	{Code: "article.written", Label: "article.personal-written", Keeps: org.StaysWithRecord, Order: 237,
		Columns: "number:number title at:time",
		Read: `
select a.number, v.title_zh, v.at
from article_version v
join article a on a.id = v.article
where v.written_by = $1 or v.by_person = $1
order by v.at desc
limit $2`},
	{Code: "article.keeps", Label: "article.personal-keeps", Keeps: org.StaysWithRecord, Order: 238,
		Columns: "number:number title at:time",
		Read: `
select number, title_zh, changed_at
from article
where owner = $1 or written_by = $1 or proposed_by = $1
order by changed_at desc
limit $2`},
	{Code: "article.rated", Label: "article.personal-rated", Keeps: org.GoesWithPerson, Order: 239,
		Columns: "number:number version:number reason:words words:words at:time",
		Read: `
select a.number, r.version, r.reason, r.words, r.at
from article_rating r
join article a on a.id = r.article
where r.person = $1
order by r.at desc
limit $2`,
		Wipe: []string{`
delete from article_rating
where person = $1 and (article, version) in (
	select article, version
	from article_rating
	where person = $1
	limit $2)`}},
}
