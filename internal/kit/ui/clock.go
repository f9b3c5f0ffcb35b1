package ui

import "time"

// ClockProps is a bar of used working time with its words.
type ClockProps struct {
	Title   string
	Used    float64 // fraction of the target, may exceed 1
	Paused  bool
	Tone    string // "" counting, "warn" soon due, "bad" over; "good" kept
	Due     string // "到期 10月10日 周六 10:00"
	Detail  string // "已用 16 小时 24 分，剩 7 小时 36 分（工作时间）"
	Status  string // word at the right end instead of the percentage
	NoBar   bool   // a hop without a target
	Strong  bool   // the clock that counts for the reader
	Label   string // accessible name of the bar; default: the percentage
	DueTime time.Time
}

// BarProps is the bare bar: ClockBar in a table cell, a progress, a share.
type BarProps struct {
	Used   float64
	Tone   string // "", "warn", "bad", "pause"
	Label  string // accessible name
	Thin   bool   // 6 px instead of 8
	Paused float64
}

// HopLaneProps draws who held a request when, over working time only: nights
// and breaks are folded, holidays are a narrow hatched strip.
type HopLaneProps struct {
	ID    string
	Label string // one sentence that tells the whole
	Days  []HopDay
	Lanes []HopLane
	Now   *HopFlag
	Due   *HopFlag
	Quiet func(days int) string // what stands over so many days in a row on which nothing changed; nil: each day is drawn
}

// HopDay is a column, in order of time. Without Open it is a strip of days that do not count.
type HopDay struct {
	Label string // "9/29"
	Sub   string // "周二", "国庆"
	Start time.Time
	End   time.Time
	Open  []TimeSpan // working time of the day, ascending
	quiet bool       // it stands for several on which nothing changed
}

// TimeSpan is a half-open stretch of time.
type TimeSpan struct{ From, To time.Time }

// HopLane is one unit's lane.
type HopLane struct {
	Unit     string
	Role     string // "客户", "主办", "子请求"
	Segments []HopSegment
}

// HopSegment is a bar on a lane. Kind: "held" (solid), "waiting" (soft),
// "paused" (hatched), "planned" (dashed), "warn", "bad", "good".
type HopSegment struct {
	From, To time.Time
	Kind     string
	Text     string
}

// HopFlag is a flagged moment.
type HopFlag struct {
	At   time.Time
	Text string
}

// IntervalsProps is 'why this deadline': every interval with its reason.
type IntervalsProps struct {
	Caption string
	Lead    string // "协议 v3 约定 24 工作小时办结。日历“总部”：08:30–12:00，13:30–18:00。"
	Days    []IntervalDay
	Sum     string // "24:00"
	Legend  bool
}

// IntervalDay groups intervals under a day.
type IntervalDay struct {
	Label string // "10月10日 周六（国庆调休，上班）"
	Rows  []IntervalRow
}

// IntervalRow is one interval. Kind: "counted", "paused", or anything else for not counted.
type IntervalRow struct {
	Span   string // "08:30–12:00"
	Reason string
	Amount string // "3:30", "不计", "暂停 1:40"
	Kind   string
}
