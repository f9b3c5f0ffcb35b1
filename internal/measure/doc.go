// Package measure is what the company measures (指标): a registry of measures with their words, their series month by month,
// and what chance alone would make of them.
//
// # Words
//
// Measure: a code, a name, how it is counted in words, a unit of measurement, a direction (more is better, less, neither), a kind (share,
// mean, count, duration), and what it can be asked of: an edge, a unit, the company. Measures of the house are registered while
// wiring by whoever has the records; a measure of the company's own is defined by the quality office, and its values are entered.
// Point: one month of a series. Value: what was said of a month, in revisions: a corrected value keeps what it was and who said so.
// Chart: a series with the limits that chance explains (rules_chart.go); signal: what it hardly explains. Budget: the misses that a
// target leaves room for, and how many were used.
//
// # What is told
//
// Every value travels with the number of cases it is about. The month that runs is drawn and not judged. Fewer than twelve points
// have no limits, shares of few cases are charted by quarter, and of a sample below five there is no share. The series of an edge is
// the very one of its page: registered functions give it, and decide whether the reader sees it; withheld looks like nothing there.
//
// # Neighbours
//
// Calls down: org (units), access (who keeps measures, who sees numbers of a unit). Higher rooms and the composition register measures;
// improve, score, train read the registry, never each other. Announces: WasDefined, ValuesWereRecorded.
package measure
