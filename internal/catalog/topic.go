package catalog

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// asking is what the address of the catalogue's page asks for.
type asking struct {
	Query, Unit string
	By          string // "topic": beside the list stand topics instead of departments
	Topic       string // code
	Sort        Sort
	From        int
}

func askingOf(q url.Values, topics []string) asking {
	a := asking{Query: clip(trimmed(q.Get("q")), 60), Unit: q.Get("unit"), Topic: q.Get("topic"), Sort: Sort(q.Get("sort")), From: pageFrom(q.Get("from"))}
	if a.Topic != noTopic && !slices.Contains(topics, a.Topic) {
		a.Topic = ""
	}
	if !slices.Contains(Sorts, a.Sort) {
		a.Sort = ""
	}
	if q.Get("by") == "topic" || a.Topic != "" {
		a.By = "topic"
	}
	return a
}

// href is the address of what is asked for.
func (a asking) href() string {
	q := url.Values{}
	for _, x := range [][2]string{{"q", a.Query}, {"unit", a.Unit}, {"topic", a.Topic}, {"sort", string(a.Sort)}} {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	if a.By != "" && a.Topic == "" {
		q.Set("by", a.By)
	}
	if a.From > 0 {
		q.Set("from", strconv.Itoa(a.From))
	}
	if len(q) == 0 {
		return "/services"
	}
	return "/services?" + q.Encode()
}

// flat says that the list runs across departments.
func (a asking) flat() bool { return a.By == "topic" || a.Sort != "" }

// ways are the segments above the list: by department or by topic, and in which order.
func ways(ctx context.Context, a asking) (by, sorts []ui.SegmentProps) {
	by = []ui.SegmentProps{
		{Text: lang.T(ctx, "catalog.by-unit"), Href: asking{Query: a.Query, Sort: a.Sort}.href(), On: a.By == ""},
		{Text: lang.T(ctx, "catalog.by-topic"), Href: asking{Query: a.Query, Sort: a.Sort, By: "topic"}.href(), On: a.By == "topic"},
	}
	for _, s := range append([]Sort{""}, Sorts...) {
		b := a
		b.Sort, b.From = s, 0
		key := "catalog.sort." + string(s)
		if s == "" {
			key = "catalog.sort.usual"
		}
		sorts = append(sorts, ui.SegmentProps{Text: lang.T(ctx, key), Href: b.href(), On: a.Sort == s})
	}
	return by, sorts
}

// flatView is the list across departments: of one topic, or all in an order.
func (c *Catalog) flatView(ctx context.Context, a asking, snap *Snapshot, units []org.Unit, found map[int64][]*Service, v *catalogView) error {
	var all []*Service
	for _, u := range units {
		if a.By == "topic" || a.Unit == "" || a.Unit == u.Code || a.Query != "" {
			all = append(all, found[u.ID]...)
		}
	}
	title := ""
	if a.By == "topic" {
		all, title = v.topicLinks(ctx, a, snap, all)
	} else {
		title = lang.T(ctx, "catalog.sort."+string(a.Sort)+"-title")
	}
	used, err := c.usedByAll(ctx, a.Sort, snap)
	if err != nil {
		return err
	}
	all = sorted(all, a.Sort, used, lang.Locale(ctx) == "en")
	v.Groups = nil
	if a.From >= len(all) {
		a.From = 0
	}
	list := all[a.From:min(a.From+inPage, len(all))]
	next, first := a, a
	if a.From+inPage < len(all) {
		next.From += inPage
		v.Next = next.href()
	}
	if first.From = 0; a.From > 0 {
		v.First = first.href()
	}
	if len(list) == 0 {
		return nil
	}
	figures, err := c.figuresOf(ctx, list)
	if err != nil {
		return err
	}
	g := c.rowsOf(ctx, list, figures)
	g.Name = title
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, s := range list {
		names[s.Code] = tree.Name(ctx, s.Unit)
	}
	for _, rows := range [][]serviceRow{g.Asked, g.Standing} {
		for i := range rows {
			rows[i].Unit = names[rows[i].Code]
		}
	}
	v.Groups = []groupView{g}
	return nil
}

// topicLinks puts topics beside the list and gives the services of the chosen one, or of the first; of a search all. What the
// company has no topic for stands in none, at the end.
func (v *catalogView) topicLinks(ctx context.Context, a asking, snap *Snapshot, all []*Service) (list []*Service, title string) {
	of := map[string][]*Service{}
	for _, s := range all {
		of[snap.about[s.ID]] = append(of[snap.about[s.ID]], s)
	}
	v.Units = nil
	chosen := a.Topic
	for _, t := range snap.Topics() {
		if len(of[t.Code]) == 0 {
			continue
		}
		if chosen == "" && a.Query == "" {
			chosen = t.Code
		}
		v.Units = append(v.Units, unitLink{Name: t.Name.In(ctx), Icon: t.Icon, Href: asking{Topic: t.Code, Sort: a.Sort, Query: a.Query}.href(), Count: len(of[t.Code]), On: t.Code == chosen})
	}
	if len(of[""]) > 0 {
		if chosen == "" && a.Query == "" {
			chosen = noTopic
		}
		v.Units = append(v.Units, unitLink{Name: lang.T(ctx, "catalog.topic-none"), Href: asking{Topic: noTopic, Sort: a.Sort, Query: a.Query}.href(), Count: len(of[""]), On: chosen == noTopic})
	}
	switch t, ok := snap.topics.byCode(chosen); {
	case ok:
		return of[t.Code], t.Name.In(ctx)
	case chosen == noTopic:
		return of[""], lang.T(ctx, "catalog.topic-none")
	}
	return all, lang.T(ctx, "catalog.by-topic-found")
}

// noTopic stands in an address for the services that the company has no topic for.
const noTopic = "-"

// topicName is the name of a chosen topic; where none is chosen, that it is as the name suggests.
func topicName(ctx context.Context, snap *Snapshot, code string) string {
	if t, ok := snap.topics.byCode(code); ok {
		return t.Name.In(ctx)
	}
	return lang.T(ctx, "catalog.topic-suggested")
}

// topicOptions are the topics as a form of a service offers them; s is the service as it was read, or as far as it is known.
func topicOptions(ctx context.Context, snap *Snapshot, s *Service, chosen string) []ui.Option {
	first := lang.T(ctx, "catalog.topic-suggested")
	if t, ok := snap.topics.byCode(snap.topics.suggested(s)); ok && s.Name != (lang.Text{}) {
		first = lang.T(ctx, "catalog.topic-suggests", "name", t.Name.In(ctx))
	}
	out := []ui.Option{{Text: first}}
	for _, t := range snap.Topics() {
		out = append(out, ui.Option{Value: t.Code, Text: t.Name.In(ctx), Selected: t.Code == chosen})
	}
	return out
}

// usedByAll are the services that everybody asks for most, when an order needs them. Those of personal support never rank.
func (c *Catalog) usedByAll(ctx context.Context, by Sort, snap *Snapshot) ([]ID, error) {
	if by != SortUsed || c.used == nil {
		return nil, nil
	}
	ids, err := c.used(ctx, 0)
	if err != nil {
		return nil, err
	}
	ranked := make([]ID, 0, len(ids))
	for _, id := range ids {
		if s, ok := snap.ByID(id); ok && !s.Support() {
			ranked = append(ranked, id)
		}
	}
	return ranked, nil
}

// oneOf notes a choice of a filter that there is not.
func oneOf[T ~string](f *fault.Fields, name string, given T, choices []T) {
	if given == "" || slices.Contains(choices, given) {
		return
	}
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = string(c)
	}
	f.Add(name, "catalog.choice-unknown", "choices", strings.Join(words, ", "))
}
