// Package form is typed fields: what a form asks (Form, Field), what was answered (Values), and the way from
// one to the other.
//
// A form has fields of thirteen types. Answers come in two shapes, a posted HTML form (Posted) and a JSON object,
// and leave in one: Validate turns either into Values, the canonical form that is stored and that the API gives
// back. Everything wrong is told at once, each finding at the path of its input ("fields.amount") with a sentence
// that says what is wrong and gives an example.
//
//	type           canonical value           example
//	text           string, one line          "研发工程师"
//	long_text      string                    "见附件\n第 3 页"
//	number         JSON number, exact        12.5
//	currency       string, two decimals      "38462.50"
//	date           string, ISO               "2026-10-14"
//	datetime       string, RFC 3339 UTC      "2026-10-14T01:30:00Z"
//	month          string                    "2026-10"
//	phone          string                    "13800138000", "010-62345678", "+4930123456"
//	person         string, 工号              "01023"
//	department     string, unit code         "finance"
//	attachment     array of file ids         ["74123456789"]
//	single_select  string, option code       "income"
//	multi_select   array of option codes     ["oa","erp"], in the order of the options
//
// Money is a decimal string, not minor units: what the API gives back can be posted again, and nobody reads
// 3846250 as three million. Cents turns it into minor units for arithmetic. A field without an answer is absent.
//
// A definition is immutable once stored: whoever stores it keeps it by version, so that an answer stays beside the
// questions it answers. Canonical gives the bytes to compare and to store.
package form
