package todo

import "neike/internal/org"

// PersonalData is what the room knows about people: what they owe. It ends with the record it is about.
var PersonalData = []org.PersonalData{
	{Code: "todo.mine", Label: "todo.personal", Keeps: org.StaysWithRecord, Order: 230,
		Columns: "sort record title:words at:time",
		Read: `
select verb, ref, title, since
from todo
where holder_kind = 'person' and holder = $1
order by since desc
limit $2`},
}
