// Package form is typed fields: what a form asks (Form, Field), what was answered (Values), and the way from
// one to the other.
//
// A form has fields of the types below, in order; sections group them. Answers come in two shapes, a posted HTML form (Posted) and
// a JSON object, and leave in one: Validate turns either into Values, the canonical form that is stored and that the API gives
// back. What it gives can be posted unchanged. Everything wrong is told at once, each finding at the path of its input
// ("fields.amount", "fields.items[2].amount") with a sentence that says what is wrong and gives an example.
//
//	type           canonical value                         example
//	text           string, one line                        "研发工程师"
//	long_text      string                                  "见附件\n第 3 页"
//	number         JSON number, exact, 12 + 6 digits       12.5
//	currency       string, two decimals                    "38462.50"
//	percent        JSON number: of a hundred               12.5 (counts as 0.125 in formulas)
//	date           string, ISO                             "2026-10-14"
//	datetime       string, RFC 3339 UTC                    "2026-10-14T01:30:00Z"
//	month          string                                  "2026-10"
//	phone          string                                  "13800138000", "010-62345678", "+4930123456"
//	email_url      string; accept: email, url, or both     "li@example.com", "https://example.com/a"
//	person         string, 工号                            "01023"
//	department     string, unit code                       "finance"
//	relation       string, number or code of the entity    "R-1024"
//	attachment     array of file ids                       ["74123456789"]
//	single_select  string, option code                     "income"
//	multi_select   array of option codes                   ["oa","erp"], in the order of the options
//	cascade        string, codes of the way to its end     "hardware/laptop"
//	checkbox       true; not ticked is no answer           true
//	rating         JSON number, 1 to max (5)               4
//	table          array of objects, one for each row      [{"amount":"38.50","what":"出租车"}]
//	formula        as its result is: number, currency, percent; counted by the server, exactly
//	autonumber     string, given when stored (Numbered)    "BX-2026-0042"
//
// Conditions (visible, required, read-only) and formulas look only at fields that stand before theirs, so that one walk through the
// form decides everything and nothing can go in a circle. They are judged here for both doors; in the browser the same trees are judged
// live by assets/src/js/form.js, and testdata/conditions.json holds both to the same answers. Without a script every field is shown,
// with its condition in words; what the condition closes is dropped when it is sent.
//
// The package knows no room: people, units, files and related records are found by Resolve, and so is what defaults fill in.
//
// Money is a decimal string, not minor units: what the API gives back can be posted again, and nobody reads
// 3846250 as three million. Cents turns it into minor units for arithmetic. A field without an answer is absent.
//
// A definition is immutable once stored: whoever stores it keeps it by version, so that an answer stays beside the
// questions it answers. Canonical gives the bytes to compare and to store.
package form
