package request

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/xlsx"
)

// pastCase is one request of a file of history, as it is staged.
type pastCase struct {
	External string            `json:"external"`
	Service  string            `json:"service"`
	Title    string            `json:"title"`
	AskedBy  string            `json:"asked_by"`
	For      string            `json:"on_behalf_of,omitempty"`
	Customer string            `json:"customer_unit,omitempty"`
	Place    string            `json:"place,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`
	Worker   string            `json:"worker,omitempty"` // who served it, where no event tells
	Events   []pastEvent       `json:"events"`
}

// pastEvent is one thing that happened to it, with the line it stands in.
type pastEvent struct {
	Line   int       `json:"line"`
	At     time.Time `json:"at"`
	Kind   Verb      `json:"kind"`
	By     string    `json:"by,omitempty"`
	Person string    `json:"person,omitempty"`
	Unit   string    `json:"unit,omitempty"`
	Text   string    `json:"text,omitempty"`
	Score  string    `json:"score,omitempty"`
	Due    time.Time `json:"due,omitzero"`     // propose-date, agree-date: the date
	Column string    `json:"column,omitempty"` // that names it in a file with one row per case
	State  State     `json:"state,omitempty"`  // what the case became, in a log of states
	Silent bool      `json:"silent,omitempty"` // a log of states names the unit on every line: it says no more than that it has it
}

// The columns of a history file. A file with the column event, or state and at, has one row per event; any other one row per case.
var caseColumns = []string{"case", "service", "title", "asked_by", "on_behalf_of", "customer_unit", "place"}

var eventColumnsOfFile = []string{"at", "event", "state", "by", "person", "unit", "text", "score", "due"}

// timeColumns of a file with one row per case: what happened when, in the order of the way.
var timeColumns = []struct {
	name string
	kind Verb
}{
	{"opened_at", VerbOpen}, {"taken_at", VerbTake}, {"responded_at", VerbMessage}, {"asked_at", VerbAsk}, {"answered_at", VerbAnswer},
	{"agreed_at", VerbAgree}, {"delivered_at", VerbDeliver}, {"accepted_at", VerbAccept}, {"reopened_at", VerbReopen}, {"withdrawn_at", VerbWithdraw}, {"cancelled_at", VerbCancel},
}

var caseOnlyColumns = []string{"agreed_due", "assignee", "resolution", "reason", "score", "comment"}

// columnHeadings are the Chinese headings of columns. Words that other systems use for other things, such as 状态 and 时间, are
// left to the mapping.
var columnHeadings = map[string]string{
	"case": "原编号", "service": "服务编码", "title": "标题", "asked_by": "提出人工号", "on_behalf_of": "被代提人工号", "customer_unit": "客户单位编码", "place": "地点编码",
	"opened_at": "提出时间", "taken_at": "受理时间", "responded_at": "首次响应时间", "asked_at": "提问时间", "answered_at": "回答时间", "agreed_at": "约定改期时间",
	"agreed_due": "改到", "delivered_at": "交付时间", "accepted_at": "验收时间", "reopened_at": "重新打开时间", "withdrawn_at": "撤回时间", "cancelled_at": "取消时间",
	"assignee": "经办人工号", "resolution": "交付内容", "reason": "取消原因", "score": "评分", "comment": "评语",
	"at": "发生时间", "event": "事件", "by": "经手人工号", "person": "分派给工号", "unit": "转给单位编码", "text": "内容",
}

// wordColumns hold what people wrote, or a number of another system; the others hold codes, numbers and times, in which
// characters of full width are plain ones.
var wordColumns = []string{"case", "title", "text", "resolution", "reason", "comment"}

// historyMapping is the mapping of the importer with what a log needs beside it.
type historyMapping struct {
	importer.Mapping `yaml:",inline"`
	Zone             string   `yaml:"zone"` // IANA; of times without one. Default: the company's
	Time             []string `yaml:"time"` // layouts, in Go's or strftime's writing
}

// Imports are the kinds of files that this room takes in.
func (s *Service) Imports() []importer.Kind {
	return []importer.Kind{{
		Name: "requests", Title: lang.Text{Zh: "历史请求", En: "Request history"}, Place: "/requests",
		Lead: lang.Text{Zh: "别的系统导出的 Excel 或 CSV，列名不同就附映射文件", En: "an export of another system (Excel or CSV), with a mapping file where headings differ"},
		Read: s.readHistory, Check: s.checkHistory, Apply: s.applyHistory, Chunk: 100,
	}}
}

// readHistory turns a log into one row per case.
func (s *Service) readHistory(ctx context.Context, src importer.Source, emit func(importer.Row) error) error {
	m, err := readHistoryMapping(src.Mapping)
	if err != nil {
		return err
	}
	zone := s.Org.Company(ctx).Location()
	if m.Zone != "" {
		if zone, err = time.LoadLocation(m.Zone); err != nil {
			return fault.Wrap(fault.Invalid, err, "request.import.zone", "value", m.Zone)
		}
	}
	table, err := xlsx.Open(src.Data, src.Size, xlsx.Limits{})
	if err != nil {
		return err
	}
	defer table.Close()
	r := reading{mapping: m, zone: zone, cases: map[string]*staged{}, lines: map[string]int{}, emit: emit}
	err = r.all(table)
	src.Ignored(r.header.Unknown)
	var broken *xlsx.LineError
	if errors.As(err, &broken) { // the rows after it cannot be trusted
		return emit(importer.Row{Line: broken.Line, Problems: []importer.Problem{{Line: broken.Line, Key: broken.Err.Key, Args: broken.Err.Args}}})
	}
	return err
}

// inOrder sorts events by time. Those of one moment stay as the file has them, which may tell the newest first.
func inOrder(list []pastEvent) {
	if n := len(list); n > 1 && list[n-1].At.Before(list[0].At) {
		slices.Reverse(list)
	}
	sorting.Stable(list, func(a, b pastEvent) int { return a.At.Compare(b.At) })
}

// steppedEvents turns the rows of a log of states, from one on, into what happened; rows that change nothing fall away. A
// line that names another unit than the one before is a hand-over.
func steppedEvents(list []pastEvent, now State) []pastEvent {
	out := list[:0:0]
	unit := ""
	for _, e := range list {
		if e.State != "" {
			moved := pastEvent{Line: e.Line, At: e.At, Kind: VerbHandOver, By: e.By, Unit: e.Unit, Text: e.Text, Silent: true}
			moves, first := e.Unit != "" && e.Unit != unit, now == ""
			unit = cmp.Or(e.Unit, unit)
			if moves && !first { // another unit had it before it became what the line says
				out = append(out, moved)
			}
			if e.Kind = changing(now, e.State); e.Kind != "" {
				now = e.State
				out = append(out, e)
			}
			if moves && first {
				out = append(out, moved)
			}
			continue
		}
		out = append(out, e)
	}
	return out
}

func readHistoryMapping(text []byte) (historyMapping, error) {
	var m historyMapping
	if err := yaml.Unmarshal(text, &m); err != nil {
		return m, fault.Wrap(fault.Invalid, err, "importer.mapping-malformed", "reason", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	var f fault.Fields
	check := func(where, name string) {
		if !knownColumn(name) {
			f.Add(where, "importer.mapping-column", "value", name)
		}
	}
	for heading, name := range m.Columns {
		check("columns."+heading, name)
	}
	for name := range m.Values {
		check("values."+name, name)
	}
	for name := range m.Defaults {
		check("defaults."+name, name)
	}
	return m, f.Err()
}

func knownColumn(name string) bool {
	return strings.HasPrefix(name, "fields.") || slices.Contains(fileColumns(), name)
}

func fileColumns() []string {
	out := slices.Concat(caseColumns, eventColumnsOfFile, caseOnlyColumns)
	for _, t := range timeColumns {
		out = append(out, t.name)
	}
	return out
}
