package audit

// OfPerson selects the entries by or about a person: place, moment, kind, and of what. $1 is the person, $2 the most
// entries, the newest first.
const OfPerson = `
select n, at, kind, subject_kind || ':' || cast(subject as text)
from audit
where actor = $1 or subject_kind = 'person' and subject = $1
order by n desc
limit $2`
