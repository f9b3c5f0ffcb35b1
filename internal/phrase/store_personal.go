package phrase

import "neike/internal/org"

// PersonalData is what the room knows about people: their own phrases go with them; those of a unit are the unit's.
var PersonalData = []org.PersonalData{
	{Code: "phrase.own", Label: "phrase.personal", Keeps: org.GoesWithPerson, Order: 236,
		Columns: "title words:words at:time",
		Read: `
select name, text_zh || text_en, at
from phrase
where person = $1 and unit is null
order by name
limit $2`,
		Wipe: []string{`
delete from phrase
where id in (
	select id
	from phrase
	where person = $1 and unit is null
	limit $2)`}},
}
