package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/lang"
)

// imported is what the last import brought, part by part, as fingerprints: a part that reads otherwise was changed here.
type imported map[string]string

// parts lists what of a service a pack speaks about.
var parts = []string{partWords, partPlace, partForm, partStandard, partSchedule, partPolicy, partTopic}

// content is a part as text that two services share if and only if they agree in it.
func (s *Service) content(part string) string {
	var v any
	switch part {
	case partWords:
		words := []lang.Text{s.Name, s.Description}
		if s.Inputs != (lang.Text{}) || s.Effort != (lang.Text{}) { // so that a service without reads as before there were any
			words = append(words, s.Inputs, s.Effort)
		}
		v = words
	case partPlace:
		v = s.Unit
	case partForm:
		return string(s.Form.Canonical())
	case partStandard:
		std := s.Standard
		v = []any{std.Response, points(std.ResponseTarget), std.Completion, points(std.CompletionTarget), std.Metric, points(std.Accuracy)}
		if !std.NextResponse.IsZero() { // so that a standard without reads as before there was any
			v = []any{v, std.NextResponse, points(std.NextResponseTarget)}
		}
	case partSchedule:
		v = []any{s.Schedule, s.Deliverable, s.Criterion}
	case partPolicy:
		v = s.Policy
	case partTopic:
		v = s.Topic
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return string(b)
}

func (s *Service) fingerprint(part string) string {
	sum := sha256.Sum256([]byte(s.content(part)))
	return hex.EncodeToString(sum[:8])
}

func (s *Service) fingerprints() imported {
	all := make(imported, len(parts))
	for _, part := range parts {
		all[part] = s.fingerprint(part)
	}
	return all
}

// take copies a part.
func (s *Service) take(part string, from *Service) {
	switch part {
	case partWords:
		s.Name, s.Description, s.Inputs, s.Effort = from.Name, from.Description, from.Inputs, from.Effort
	case partPlace:
		s.Unit = from.Unit
	case partForm:
		s.Form = from.Form
	case partStandard:
		s.Standard = from.Standard
	case partSchedule:
		s.Schedule, s.Deliverable, s.Criterion = from.Schedule, from.Deliverable, from.Criterion
	case partPolicy:
		stages := s.Policy.Stages
		s.Policy = from.Policy
		s.Policy.Stages = stagesAfter(stages, from.Policy.Stages)
	case partTopic:
		s.Topic = from.Topic
	}
}

// step is what an import does with one service.
type step struct {
	plan     importer.Plan
	next     *Service // nil when nothing is written
	what     []string // parts taken over
	changes  []importer.Change
	kept     []importer.Problem
	problems []importer.Problem
}

// judge decides what an import does with an entry: old is the service as it is (nil: there is none), unit the id of the
// pack's department. A part follows the file unless it was changed here since the last import; then it stays, and kept
// says so. A service retired here stays retired and as it is.
func judge(old *Service, e Entry, unit int64, pack string) step {
	incoming := e.service()
	incoming.Unit = unit
	if old == nil {
		incoming.State, incoming.Pack, incoming.Version, incoming.Revision = Live, pack, 1, 1
		if incoming.Support() { // no pack knows the people to whom it may be asked
			incoming.State = Draft
		}
		incoming.parts = incoming.fingerprints()
		return step{plan: importer.Create, next: &incoming, what: parts}
	}
	st := step{plan: importer.Unchanged}
	switch {
	case old.Kind != e.Kind:
		st.problems = append(st.problems, importer.Wrong(e.Line, "kind", "catalog.kind-fixed", "kind", string(old.Kind)))
		return st
	case old.State == Retired:
		st.kept = append(st.kept, importer.Wrong(e.Line, "", "catalog.kept-retired"))
		return st
	}
	next := *old
	next.parts = make(imported, len(parts))
	for part, print := range old.parts {
		next.parts[part] = print
	}
	for _, part := range parts {
		have, want, last := old.fingerprint(part), incoming.fingerprint(part), old.last(part)
		confirmed := part == partStandard && !old.Standard.Starting
		switch {
		case have == want, part == partTopic && e.Topic == "": // a pack that says nothing of it leaves it to the company
		case part == partPolicy && incoming.Support() != old.Support() && !old.Offered.IsZero():
			st.kept = append(st.kept, importer.Wrong(e.Line, "policy.confidential", "catalog.policy-support-fixed"))
		case have == last && !confirmed:
			next.take(part, &incoming)
			next.parts[part] = want
			st.what = append(st.what, part)
			st.changes = append(st.changes, changes(part, old, &incoming)...)
		case want == last:
			st.kept = append(st.kept, importer.Wrong(e.Line, column(part), "catalog.kept-"+part))
		default:
			st.kept = append(st.kept, importer.Wrong(e.Line, column(part), "catalog.kept-both-"+part))
		}
	}
	if len(st.what) > 0 {
		st.plan, st.next = importer.Update, &next
	}
	return st
}

// last is what the last import brought of a part. Before packs spoke of policies they all brought the usual one, and before
// they spoke of topics none.
func (s *Service) last(part string) string {
	print, ok := s.parts[part]
	switch {
	case !ok && part == partTopic:
		return (&Service{}).fingerprint(partTopic)
	case ok || part != partPolicy:
		return print
	}
	return (&Service{Policy: DefaultPolicy()}).fingerprint(partPolicy)
}

// column is where a part stands in a pack.
func column(part string) string {
	switch part {
	case partWords:
		return "name"
	case partPlace:
		return "department.code"
	case partStandard:
		return "standards"
	}
	return part
}

// changes tells a part's old and new values as people read them in the file.
func changes(part string, old, now *Service) []importer.Change {
	var list []importer.Change
	add := func(column, a, b string) {
		if a != b {
			list = append(list, importer.Change{Column: column, Old: a, New: b})
		}
	}
	switch part {
	case partWords:
		add("name", old.Name.Zh, now.Name.Zh)
		add("name", old.Name.En, now.Name.En)
		add("description", old.Description.Zh, now.Description.Zh)
		add("description", old.Description.En, now.Description.En)
		add("inputs", old.Inputs.Zh, now.Inputs.Zh)
		add("inputs", old.Inputs.En, now.Inputs.En)
		add("effort", old.Effort.Zh, now.Effort.Zh)
	case partPlace:
		add("department.code", strconv.FormatInt(old.Unit, 10), strconv.FormatInt(now.Unit, 10))
	case partForm:
		add("form", keysOf(old), keysOf(now))
		if len(list) == 0 {
			list = append(list, importer.Change{Column: "form"})
		}
	case partStandard:
		a, b := old.Standard, now.Standard
		add("standards.response", wire(a.Response.Value, a.Response.Unit), wire(b.Response.Value, b.Response.Unit))
		add("standards.response_target_pct", percentOf(a.ResponseTarget), percentOf(b.ResponseTarget))
		add("standards.completion", wire(a.Completion.Value, a.Completion.Unit), wire(b.Completion.Value, b.Completion.Unit))
		add("standards.completion_target_pct", percentOf(a.CompletionTarget), percentOf(b.CompletionTarget))
		add("standards.next_response", wire(a.NextResponse.Value, a.NextResponse.Unit), wire(b.NextResponse.Value, b.NextResponse.Unit))
		add("standards.next_response_target_pct", percentOf(a.NextResponseTarget), percentOf(b.NextResponseTarget))
		add("standards.quality.metric", a.Metric.Zh, b.Metric.Zh)
		add("standards.quality.target_pct", percentOf(a.Accuracy), percentOf(b.Accuracy))
	case partSchedule:
		add("schedule", old.Schedule.wire(), now.Schedule.wire())
		add("deliverable", old.Deliverable.Zh, now.Deliverable.Zh)
		add("quality_criterion", old.Criterion.Zh, now.Criterion.Zh)
	case partTopic:
		add("topic", old.Topic, now.Topic)
	case partPolicy:
		a, b := old.Policy, now.Policy
		add("policy.reopen", string(a.Reopen), string(b.Reopen))
		add("policy.reopen_days", strconv.Itoa(a.ReopenDays), strconv.Itoa(b.ReopenDays))
		add("policy.accept_days", strconv.Itoa(a.AcceptDays), strconv.Itoa(b.AcceptDays))
		add("policy.urgent_quota", strconv.Itoa(a.UrgentQuota), strconv.Itoa(b.UrgentQuota))
		add("policy.work_limit", strconv.Itoa(a.WorkLimit), strconv.Itoa(b.WorkLimit))
		add("policy.when_full", string(a.WhenFull), string(b.WhenFull))
		add("policy.confidential", string(a.Confidential), string(b.Confidential))
		add("policy.retention_days", strconv.Itoa(a.RetentionDays), strconv.Itoa(b.RetentionDays))
		add("policy.crisis", a.Crisis.Zh, b.Crisis.Zh)
		add("policy.stages", stageNames(a.Stages), stageNames(b.Stages))
	}
	return list
}

func keysOf(s *Service) string {
	keys := make([]string, 0, len(s.Form.Fields))
	for _, f := range s.Form.Fields {
		keys = append(keys, f.Key)
	}
	return strings.Join(keys, ", ")
}

func wire(value int, unit string) string {
	if unit == "" {
		return ""
	}
	return strconv.Itoa(value) + " " + unit
}

func percentOf(share float64) string {
	return strconv.FormatFloat(float64(points(share))/100, 'f', -1, 64)
}

func (s Schedule) wire() string { return strings.TrimSpace(s.Every + " " + s.On + " " + s.At) }
