package catalog

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"neike/internal/app/importer"
	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
)

// packSchema is the only format of packs there is.
const packSchema = "icm.template/v1"

// maxPack bounds a pack: the largest that comes with Neike has 12 KB.
const maxPack = 2 << 20

// Pack is a service pack: what one department offers, to whom. content/README.md describes the file.
type Pack struct {
	Department Department `json:"department"`
	Customers  []Customer `json:"customers"`
	Entries    []Entry    `json:"entries"`
}

// Department is the unit a pack speaks for.
type Department struct {
	Code    string    `json:"code"`
	Name    lang.Text `json:"name"`
	Mission lang.Text `json:"mission"`
	Line    int       `json:"line"`
}

// Customer is an internal customer that a unit declares: another unit, or an audience that is no unit (全体员工).
type Customer struct {
	Kind  string    `json:"kind"` // "unit", "audience"
	Code  string    `json:"code"`
	Name  lang.Text `json:"name"`
	Needs lang.Text `json:"needs"`
	Line  int       `json:"line,omitempty"` // in the file it came from
}

// Entry is a service as a pack describes it.
type Entry struct {
	Line        int       `json:"line"`
	Unit        string    `json:"unit"` // department code
	Code        string    `json:"code"`
	Name        lang.Text `json:"name"`
	Description lang.Text `json:"description"`
	Kind        Kind      `json:"kind"`
	Form        form.Form `json:"form"`
	Standard    Standard  `json:"standard"`
	Schedule    Schedule  `json:"schedule"`
	Deliverable lang.Text `json:"deliverable"`
	Criterion   lang.Text `json:"criterion"`
	Inputs      lang.Text `json:"inputs"`
	Effort      lang.Text `json:"effort"`
	Policy      *Policy   `json:"policy,omitempty"` // nil: the usual one
	Topic       string    `json:"topic,omitempty"`  // code; empty: as the name suggests
}

// service is the entry as a service; what a pack does not say is left empty.
func (e Entry) service() Service {
	s := Service{
		Code: e.Code, Name: e.Name, Description: e.Description, Kind: e.Kind, Form: e.Form, Standard: e.Standard,
		Schedule: e.Schedule, Deliverable: e.Deliverable, Criterion: e.Criterion, Inputs: e.Inputs, Effort: e.Effort, Policy: DefaultPolicy(), Topic: e.Topic,
	}
	if e.Policy != nil {
		s.Policy = e.Policy.settled()
	}
	return s
}

// ParsePack reads a pack and tells everything that is wrong with it, each finding with its line and place. The pack is
// to be used only when there is none.
func ParsePack(data []byte) (Pack, []importer.Problem) {
	r := &reading{lines: map[string]int{}}
	top, ok := r.open(data)
	if !ok {
		return Pack{}, r.problems
	}
	p := r.pack(top)
	sort.SliceStable(r.problems, func(i, j int) bool { return r.problems[i].Line < r.problems[j].Line })
	return p, r.problems
}

var lineInError = regexp.MustCompile(`line (\d+): (.*)`)

func (r *reading) open(data []byte) (node, bool) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(data) > maxPack {
		r.wrong(1, "", "catalog.pack-too-big", "max", maxPack>>20)
		return node{}, false
	}
	if at := firstInvalid(data); at >= 0 {
		r.wrong(1+bytes.Count(data[:at], []byte("\n")), "", "catalog.pack-encoding")
		return node{}, false
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		line, text := 1, err.Error()
		if m := lineInError.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			text = m[2]
		}
		if errors.Is(err, io.EOF) {
			r.wrong(1, "", "catalog.pack-empty")
		} else {
			r.wrong(line, "", "catalog.pack-yaml", "detail", text)
		}
		return node{}, false
	}
	var more yaml.Node
	if err := dec.Decode(&more); err == nil {
		r.wrong(more.Line, "", "catalog.pack-several")
		return node{}, false
	}
	if len(doc.Content) == 0 {
		r.wrong(1, "", "catalog.pack-empty")
		return node{}, false
	}
	return r.at(doc.Content[0], ""), true
}

// firstInvalid is where text stops being UTF-8; -1 when it never does.
func firstInvalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	at := 0
	for {
		c, size := utf8.DecodeRune(data[at:])
		if c == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

func (r *reading) pack(top node) Pack {
	var p Pack
	if !top.object("schema", "locale_order", "department", "internal_customers", "services", "kano") {
		return p
	}
	if schema := top.get("schema"); schema.must() != packSchema && schema.y != nil {
		schema.wrong("catalog.pack-schema", "given", schema.text(), "want", packSchema)
		return p
	}
	if kind := top.get("services"); kind.y == nil {
		kind.wrong("catalog.pack-no-services")
	}
	p.Department = department(top.get("department"))
	p.Customers = customers(top.get("internal_customers"), p.Department.Code)
	seen := map[string]int{}
	for _, n := range top.get("services").each() {
		e := r.entry(n, p.Department.Code)
		if first := seen[e.Code]; first > 0 && e.Code != "" {
			n.get("code").wrong("catalog.pack-code-twice", "code", e.Code, "line", first)
		} else {
			seen[e.Code] = n.get("code").line()
		}
		p.Entries = append(p.Entries, e)
	}
	return p
}

func department(n node) Department {
	if n.y == nil {
		n.wrong("catalog.pack-missing")
		return Department{}
	}
	if !n.object("code", "name", "mission") {
		return Department{}
	}
	return Department{Code: n.get("code").must(), Name: n.get("name").words(), Mission: n.get("mission").words(), Line: n.get("code").line()}
}

func customers(list node, department string) []Customer {
	var out []Customer
	seen := map[string]bool{}
	for _, n := range list.each() {
		if !n.object("code", "kind", "name", "needs") {
			continue
		}
		c := Customer{Code: n.get("code").must(), Kind: n.get("kind").must(), Name: n.get("name").words(), Needs: n.get("needs").words(), Line: n.get("code").line()}
		switch {
		case c.Kind != "" && c.Kind != "unit" && c.Kind != "audience":
			n.get("kind").wrong("catalog.pack-customer-kind", "given", c.Kind)
		case c.Code == "":
		case c.Code == department:
			n.get("code").wrong("catalog.pack-own-customer")
		case seen[c.Code]:
			n.get("code").wrong("catalog.pack-customer-twice", "given", c.Code)
		}
		seen[c.Code] = true
		out = append(out, c)
	}
	return out
}

func (r *reading) entry(n node, department string) Entry {
	e := Entry{Line: n.line(), Unit: department}
	if !n.object("code", "name", "description", "kind", "form", "standards", "schedule", "deliverable", "quality_criterion", "inputs", "effort", "policy", "topic") {
		return e
	}
	e.Code, e.Kind = n.get("code").must(), Kind(n.get("kind").must())
	e.Name, e.Description = n.get("name").words(), n.get("description").words()
	switch {
	case e.Code == "":
	case !codePattern.MatchString(e.Code):
		n.get("code").wrong("catalog.code", "given", e.Code, "example", department+".repair")
	case department != "" && !strings.HasPrefix(e.Code, department+"."):
		n.get("code").wrong("catalog.pack-code-prefix", "given", e.Code, "prefix", department+".")
	}
	if e.Kind != "" && e.Kind != OnRequest && e.Kind != Standing {
		n.get("kind").wrong("catalog.kind", "given", string(e.Kind))
		return e
	}
	e.Inputs, e.Effort, e.Deliverable = n.get("inputs").words(), n.get("effort").words(), n.get("deliverable").words()
	e.Policy, e.Topic = policyIn(n.get("policy")), n.get("topic").text()
	e.Standard = r.standard(n.get("standards"))
	if e.Kind == Standing {
		r.standing(n, &e)
	} else {
		r.asked(n, &e)
	}
	r.check(n, e)
	return e
}

func (r *reading) asked(n node, e *Entry) {
	for _, key := range [...]string{"schedule", "quality_criterion"} {
		if x := n.get(key); x.y != nil {
			x.wrong("catalog.pack-only-standing", "given", key)
		}
	}
	e.Form = formIn(n.get("form"))
}

func (r *reading) standing(n node, e *Entry) {
	if x := n.get("form"); x.y != nil {
		x.wrong("catalog.pack-only-request", "given", "form")
	}
	e.Criterion = n.get("quality_criterion").words()
	if s := n.get("schedule"); s.object("every", "on", "at") {
		e.Schedule = Schedule{Every: s.get("every").must(), On: s.get("on").must(), At: s.get("at").must()}
	}
}

func (r *reading) standard(n node) Standard {
	if n.y == nil {
		n.wrong("catalog.pack-missing")
		return Standard{}
	}
	if !n.object("response", "response_target_pct", "completion", "completion_target_pct", "next_response", "next_response_target_pct", "quality") {
		return Standard{}
	}
	s := Standard{
		Response: duration(n.get("response")), ResponseTarget: n.get("response_target_pct").percent(),
		Completion: duration(n.get("completion")), CompletionTarget: n.get("completion_target_pct").percent(),
		NextResponse: duration(n.get("next_response")), NextResponseTarget: n.get("next_response_target_pct").percent(),
		Starting: true,
	}
	if q := n.get("quality"); q.object("metric", "target_pct") {
		s.Metric, s.Accuracy = q.get("metric").words(), q.get("target_pct").percent()
	}
	return s
}

func duration(n node) calendar.Duration {
	if !n.object("value", "unit") {
		return calendar.Duration{}
	}
	d := calendar.Duration{Value: n.get("value").whole(), Unit: n.get("unit").text()}
	if d.Unit == "" {
		n.get("unit").wrong("catalog.unit-missing", "value", d.Value)
		return calendar.Duration{}
	}
	return d
}

// policyIn is the policy of an entry; nil when it says nothing of it.
func policyIn(n node) *Policy {
	if n.y == nil || !n.object("reopen", "reopen_days", "accept_days", "urgent_quota", "work_limit", "when_full", "confidential", "retention_days", "crisis", "stages") {
		return nil
	}
	p := DefaultPolicy()
	if x := n.get("reopen"); x.y != nil {
		p.Reopen = Reopening(x.must())
	}
	if x := n.get("when_full"); x.y != nil {
		p.WhenFull = WhenFull(x.must())
	}
	if x := n.get("confidential"); x.y != nil {
		p.Confidential = Privacy(x.must())
	}
	for key, to := range map[string]*int{"reopen_days": &p.ReopenDays, "accept_days": &p.AcceptDays, "urgent_quota": &p.UrgentQuota, "work_limit": &p.WorkLimit, "retention_days": &p.RetentionDays} {
		if x := n.get(key); x.y != nil {
			*to = x.whole()
		}
	}
	if p.Confidential == PrivacySupport && n.get("retention_days").y == nil {
		p.RetentionDays = usualRetention
	}
	p.Crisis = n.get("crisis").words()
	for i, x := range n.get("stages").each() {
		if x.object("name", "waits") {
			p.Stages = append(p.Stages, Stage{Code: "s" + strconv.Itoa(i+1), Name: x.get("name").words(), Waits: x.get("waits").text() == "true"})
		}
	}
	return &p
}

// check holds an entry against the rules of the room and tells each finding at its place in the file.
func (r *reading) check(n node, e Entry) {
	var words, standard fault.Fields
	checkWords(&words, "", e.service())
	r.take(words, func(name string) string { return n.join(name) })
	checkStandard(&standard, "", e.Kind, e.Standard)
	r.takeStandard(n, standard)
	s := e.service()
	r.take(checkPolicy(&s, s.Policy, ""), func(name string) string { return n.join("policy." + name) })
	bare := isList(n.get("form"))
	r.take(checkForm(e.Form, ""), func(name string) string {
		if bare {
			return n.join("form" + strings.TrimPrefix(name, "fields"))
		}
		return n.join("form." + name)
	})
}

// takeStandard leaves out what was told at the value itself already: a number that is none is not also missing.
func (r *reading) takeStandard(n node, f fault.Fields) {
	told := map[string]bool{}
	for _, p := range r.problems {
		told[p.Column] = true
	}
	var fresh fault.Fields
	for _, x := range f.All() {
		path := n.join("standards." + inPack(x.Name))
		whole := strings.TrimSuffix(path, ".value")
		missing := x.Key == "catalog.duration-missing" && (told[whole] || told[whole+".unit"])
		if !told[path] && !missing {
			fresh.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
	}
	r.take(fresh, func(name string) string { return n.join("standards." + inPack(name)) })
}

// inPack is the place in a pack's standards of a finding of checkStandard.
func inPack(name string) string {
	switch name {
	case "response_target", "completion_target":
		return name + "_pct"
	case "accuracy":
		return "quality.target_pct"
	}
	if rest, ok := strings.CutPrefix(name, "metric"); ok {
		return "quality.metric" + rest
	}
	return name
}
