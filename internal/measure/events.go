package measure

// WasDefined says that a measure of the company's own is there, or is another one from now on.
type WasDefined struct {
	Measure  int64  `json:"measure"`
	Code     string `json:"code"`
	Revision int    `json:"revision"`
	Retired  bool   `json:"retired"`
}

// ValuesWereRecorded says that values of a measure were entered or corrected.
type ValuesWereRecorded struct {
	Measure int64  `json:"measure"`
	Code    string `json:"code"`
	Fresh   int    `json:"fresh"`
	Changed int    `json:"changed"`
	From    int64  `json:"from"` // months: 202611
	To      int64  `json:"to"`
}

// EventKind is the name of the event in the log.
func (WasDefined) EventKind() string         { return "measure.was-defined" }
func (ValuesWereRecorded) EventKind() string { return "measure.values-recorded" }

// EventSubject names the measure.
func (e WasDefined) EventSubject() (string, int64)         { return Subject, e.Measure }
func (e ValuesWereRecorded) EventSubject() (string, int64) { return Subject, e.Measure }
