package view

import "neike/internal/org"

// PersonalData is what the room knows about people: the views they keep for themselves go with them; what they saved for a
// unit is the unit's.
var PersonalData = []org.PersonalData{
	{Code: "view.saved", Label: "view.personal", Keeps: org.GoesWithPerson, Order: 235,
		Columns: "list name",
		Read: `
select list, name
from saved_view
where person = $1 and unit is null
order by list, place
limit $2`,
		Wipe: []string{`
delete from saved_view
where id in (
	select id
	from saved_view
	where person = $1 and unit is null
	limit $2)`}},
}
