package notice

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/talk"
)

// words are what a message says, in the language of its reader.
type words struct {
	ctx    context.Context // of the reader
	person org.Person
	chat   string // id of the person at the connection
	title  string
	blocks []block
	more   int // things it does not name
	digest bool
	tone   string
	id     string
	at     time.Time
	done   bool // closes a card
	robot  Robot
}

// block is one thing that happened, or several about one record.
type block struct {
	title   string
	lines   []string
	facts   [][2]string
	actions []link
	tone    string
}

// link is a button.
type link struct{ text, url string }

// mostBlocks is how many records one message names; the rest are counted.
const mostBlocks = 12

// mostQuoted is how much of somebody's words goes into a message, in characters.
const mostQuoted = 400

// line is a notice as its reader sees it.
type line struct {
	Notice
	kind  Kind
	text  string // the sentence
	about talk.About
	who   string
	quote string
	more  []link // beside the record
	party request.Party
}

// compose makes the words of posts for one receiver, with that receiver's rights at this moment. false: nothing is left to
// say.
func (s *Service) compose(ctx context.Context, posts []Post) (message, bool, error) {
	m := message{posts: posts}
	p := posts[0]
	if p.Channel == Group {
		return s.composeGroup(ctx, m)
	}
	reader, ok, err := s.as(ctx, p.Person)
	if err != nil || !ok {
		return m, false, err
	}
	left := false
	err = s.db.Read(reader, func(ctx context.Context, rd sqldb.Reader) error {
		m.words.ctx = reader
		if m.words.person, err = s.Org.PersonIn(ctx, rd, p.Person); err != nil {
			return err
		}
		if p.Channel == Chat {
			addresses, err := s.addressOf(ctx, rd, p.Target, p.Person)
			if m.words.chat = addresses; err != nil || addresses == "" {
				return err
			}
		}
		if p.Form == card {
			left, err = s.composeCard(ctx, rd, &m)
			return err
		}
		left, err = s.composeNotices(ctx, rd, &m)
		return err
	})
	return m, left, err
}

// addressOf is the person's id at a connection, "" when there is none any more.
func (s *Service) addressOf(ctx context.Context, rd sqldb.Reader, connection int64, person org.ID) (string, error) {
	if s.Suites == nil {
		return "", nil
	}
	addresses, err := s.Suites.Addresses(ctx, rd, connection, []org.ID{person})
	return addresses[person], err
}

func (s *Service) composeNotices(ctx context.Context, rd sqldb.Reader, m *message) (bool, error) {
	var ids []ID
	for _, p := range m.posts {
		ids = append(ids, p.ID)
	}
	items, err := itemsOf(ctx, rd, ids)
	if err != nil {
		return false, err
	}
	var open []Notice
	for _, p := range m.posts {
		for _, n := range items[p.ID] {
			if n.ReadAt.IsZero() {
				open = append(open, n)
			}
		}
	}
	if open, err = s.unheard(ctx, rd, m.posts[0].Person, open); err != nil {
		return false, err
	}
	lines, err := s.lines(ctx, rd, open, true)
	if err != nil || len(lines) == 0 {
		return false, err
	}
	s.fillWords(ctx, m, lines)
	return len(m.words.blocks) > 0, nil
}

// unheard leaves out what was read in the inbox of talk meanwhile.
func (s *Service) unheard(ctx context.Context, rd sqldb.Reader, person org.ID, list []Notice) ([]Notice, error) {
	var ids []int64
	for _, n := range list {
		if n.Message != 0 {
			ids = append(ids, n.Message)
		}
	}
	if len(ids) == 0 {
		return list, nil
	}
	unread, err := s.Talk.StillUnread(ctx, rd, person, ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(n Notice) bool { return n.Message != 0 && n.For == 0 && !slices.Contains(unread, n.Message) }), nil
}

// fillWords puts lines together: one block per record, in the order in which they happened.
func (s *Service) fillWords(ctx context.Context, m *message, lines []line) {
	w := &m.words
	w.digest = m.posts[0].Form == Digest
	w.id = "neike-" + idText(m.posts[0].ID)
	w.at = lines[len(lines)-1].At
	ratings := 0
	var order []access.Subject
	by := map[access.Subject][]line{}
	for _, l := range lines {
		if l.Kind == "request.rated" {
			ratings++
			continue
		}
		key := l.Subject
		if key.ID == 0 {
			key = access.Subject{Kind: l.Kind, ID: l.ID}
		}
		if by[key] == nil {
			order = append(order, key)
		}
		by[key] = append(by[key], l)
	}
	for _, key := range order {
		if len(w.blocks) == mostBlocks {
			w.more++
			continue
		}
		w.blocks = append(w.blocks, s.blockOf(ctx, m.posts[0], by[key]))
	}
	if ratings >= enoughRatings {
		w.blocks = append(w.blocks, block{title: lang.T(ctx, "notice.ratings", "count", ratings)})
	}
	w.title = titleOf(ctx, w, order, by)
	for _, b := range w.blocks {
		w.tone = stronger(w.tone, b.tone)
	}
}

func titleOf(ctx context.Context, w *words, order []access.Subject, by map[access.Subject][]line) string {
	switch {
	case w.digest:
		return lang.T(ctx, "notice.digest-title", "count", len(w.blocks)+w.more, "day", lang.Date(ctx, lang.Now(ctx)))
	case len(order) == 1 && len(by[order[0]]) == 1:
		return by[order[0]][0].text
	case len(order) == 1:
		list := by[order[0]]
		last := list[len(list)-1]
		if last.about.Confidential {
			return last.text
		}
		return lang.T(ctx, "notice.several", "ref", last.about.Ref, "title", last.about.Title, "count", len(list))
	}
	return lang.T(ctx, "notice.many", "count", len(order))
}

var tones = []string{"", "done", "warning", "danger"}

func stronger(a, b string) string {
	if slices.Index(tones, b) > slices.Index(tones, a) {
		return b
	}
	return a
}

// blockOf says what happened to one record.
func (s *Service) blockOf(ctx context.Context, p Post, list []line) block {
	last := list[len(list)-1]
	b := block{}
	if last.about.Confidential {
		b.title = last.text
		b.actions = []link{{lang.T(ctx, "notice.open"), s.Org.Address(ctx) + "/inbox?only=notices"}}
		b.tone = last.kind.Tone
		return b
	}
	if last.about.Title != "" {
		b.title = strings.TrimSpace(last.about.Ref + " " + last.about.Title)
	}
	for _, l := range list {
		text := l.text
		if l.quote != "" {
			text += "\n" + l.quote
		}
		b.lines = append(b.lines, text)
		b.tone = stronger(b.tone, l.kind.Tone)
	}
	b.facts = append(b.facts, [2]string{lang.T(ctx, "notice.when"), lang.DateTime(ctx, last.At)})
	if p.Form != Digest {
		b.actions = append(s.deedLinks(ctx, p, last), last.more...)
	}
	if href := s.hrefOf(last); href != "" {
		b.actions = append(b.actions, link{lang.T(ctx, "notice.open"), s.Org.Address(ctx) + href})
	}
	return b
}

// hrefOf leads to the record.
func (s *Service) hrefOf(l line) string {
	switch {
	case l.about.Link != "" && l.Message != 0:
		return l.about.Link + "#m-" + idText(l.Message)
	case l.about.Link != "":
		return l.about.Link
	}
	if l.Kind == "directory.waits" && l.Note != "" {
		return "/settings/syncs/" + l.Note
	}
	if (l.Kind == "import.ended" || l.Kind == "import.failed") && l.Note != "" {
		return "/settings/import/" + l.Note
	}
	if (l.Kind == "org.back" || l.Kind == "org.change-refused") && l.Note != "" {
		return "/changes/" + l.Note
	}
	return hrefs[l.Kind]
}

// hrefs are where notices about the house lead.
var hrefs = map[string]string{
	"signin.locked": "/me", "signin.password-set": "/me", "signin.reset": "/me", "signin.new-device": "/me", "signin.break-glass": "/me",
	"house.dead-letters": "/settings/notices/dead", "directory.waits": "/settings/connections", "access.viewed-as": "/me/access", "access.glass-broken": "/me/access",
}

// lines puts notices into words for the actor of ctx; what that one may not see is left out. abroad: the words leave the
// house, so that a confidential record has none.
func (s *Service) lines(ctx context.Context, rd sqldb.Reader, list []Notice, abroad bool) ([]line, error) {
	var ids []int64
	var people []org.ID
	bySubject := map[string][]int64{}
	for _, n := range list {
		people = append(people, n.By, n.For)
		if n.Subject.ID != 0 {
			bySubject[n.Subject.Kind] = append(bySubject[n.Subject.Kind], n.Subject.ID)
		}
		if n.Subject.Kind == request.Kind {
			ids = append(ids, n.Subject.ID)
		}
	}
	about, err := s.aboutAll(ctx, rd, bySubject)
	if err != nil {
		return nil, err
	}
	names, err := s.Org.Names(ctx, rd, people)
	if err != nil {
		return nil, err
	}
	parties := map[int64]request.Party{}
	if abroad {
		if parties, err = s.Request.Parties(ctx, rd, ids); err != nil {
			return nil, err
		}
	}
	notes := map[int64][]link{}
	if abroad {
		if notes, err = s.dutyNotes(ctx, rd, bySubject[dutyKind]); err != nil {
			return nil, err
		}
	}
	var out []line
	for _, n := range list {
		a, seen := about[n.Subject]
		if n.Subject.ID != 0 && !seen {
			continue
		}
		k, known := s.kind(n.Kind)
		if !known {
			continue
		}
		l := line{Notice: n, kind: k, about: a, who: displayOf(ctx, names[n.By]), party: parties[n.Subject.ID]}
		if abroad {
			if l.quote, err = s.quote(ctx, rd, l); err != nil {
				return nil, err
			}
			if l.Subject.Kind == dutyKind {
				l.more = notes[l.Subject.ID]
			}
		}
		l.text = sentence(ctx, l, displayOf(ctx, names[n.For]), abroad)
		out = append(out, l)
	}
	return out, nil
}

func displayOf(ctx context.Context, p org.Person) string {
	if p.ID == 0 {
		return ""
	}
	return p.Display(ctx)
}

// aboutAll names the records that the actor of ctx may see.
func (s *Service) aboutAll(ctx context.Context, rd sqldb.Reader, byKind map[string][]int64) (map[access.Subject]talk.About, error) {
	out := map[access.Subject]talk.About{}
	for kind, ids := range byKind {
		found, err := s.aboutOf(ctx, rd, kind, ids)
		if err != nil {
			return nil, err
		}
		for id, a := range found {
			out[access.Subject{Kind: kind, ID: id}] = a
		}
	}
	return out, nil
}

// aboutOf names the records of one kind that the actor of ctx may see.
func (s *Service) aboutOf(ctx context.Context, rd sqldb.Reader, kind string, ids []int64) (map[int64]talk.About, error) {
	if name, own := s.names[kind]; own {
		return name(ctx, rd, ids)
	}
	return s.Talk.AboutOf(ctx, rd, kind, ids)
}

// quote is the words that a notice is about, when they may leave the house.
func (s *Service) quote(ctx context.Context, rd sqldb.Reader, l line) (string, error) {
	if l.Message == 0 || l.about.Confidential {
		return "", nil
	}
	found, err := s.Talk.Words(ctx, rd, l.Subject, []talk.ID{l.Message})
	if err != nil {
		return "", err
	}
	e, there := found[l.Message]
	if !there {
		return "", nil
	}
	return talk.Excerpt(e.Text, mostQuoted, e.NamesIn(ctx)), nil
}

// sentence says what happened. Of a confidential record nothing but that there is something leaves the house.
func sentence(ctx context.Context, l line, behalf string, abroad bool) string {
	if abroad && l.about.Confidential {
		return lang.T(ctx, "notice.confidential")
	}
	who := l.who
	if who == "" {
		who = lang.T(ctx, "notice.the-house")
	}
	key, note, target := usedOf(ctx, l.Kind, l.Note)
	text := lang.T(ctx, "notice.line."+key, "who", who, "ref", l.about.Ref, "title", l.about.Title, "note", note, "target", target)
	if behalf != "" {
		text = lang.T(ctx, "notice.for", "name", behalf, "text", text)
	}
	return text
}

// usedOf reads off the note of a notice about time how much of it is used, and which target it is of: "75 completion", or the
// kind of the clock alone. Earlier ones said only how much, of the completion. key is that of its words.
func usedOf(ctx context.Context, kind, note string) (key, percent, target string) {
	if kind != "request.used" && kind != "request.breached" || note == "" {
		return kind, note, ""
	}
	percent, of, found := strings.Cut(note, " ")
	if _, err := strconv.Atoi(percent); err != nil {
		percent, of = "", note
	} else if !found {
		of = clock.Completion
	}
	return kind + "-of", percent, clock.KindLabel(ctx, of)
}

// composeGroup makes the words for a unit's group, in the group's language. What is confidential never came here.
func (s *Service) composeGroup(ctx context.Context, m message) (message, bool, error) {
	left := false
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		x, err := robotByID(ctx, rd, m.posts[0].Target)
		if err != nil {
			return err
		}
		m.words.robot = x
		ctx = lang.In(ctx, x.Locale)
		m.words.ctx = ctx
		var ids []ID
		for _, p := range m.posts {
			ids = append(ids, p.ID)
		}
		items, err := itemsOf(ctx, rd, ids)
		if err != nil {
			return err
		}
		var all []Notice
		for _, p := range m.posts {
			for _, n := range items[p.ID] {
				if n.ReadAt.IsZero() {
					all = append(all, n)
				}
			}
		}
		lines, err := s.groupLines(ctx, rd, all)
		if err != nil || len(lines) == 0 {
			return err
		}
		s.fillWords(ctx, &m, lines)
		for i := range m.words.blocks {
			m.words.blocks[i].actions = plainOnly(m.words.blocks[i].actions)
		}
		left = true
		return nil
	})
	return m, left, err
}

// plainOnly leaves the last button, which opens the record: a group is nobody, and acts on nothing.
func plainOnly(list []link) []link {
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1:]
}

// groupLines names records for a group with the house's rights, without what is confidential.
func (s *Service) groupLines(ctx context.Context, rd sqldb.Reader, list []Notice) ([]line, error) {
	var ids []int64
	var people []org.ID
	for _, n := range list {
		ids, people = append(ids, n.Subject.ID), append(people, n.By)
	}
	parties, err := s.Request.Parties(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.Org.Names(ctx, rd, people)
	if err != nil {
		return nil, err
	}
	var out []line
	for _, n := range list {
		p, there := parties[n.Subject.ID]
		if !there || p.Confidential {
			continue
		}
		k, _ := s.kind(n.Kind)
		_, n.Note, _ = strings.Cut(n.Note, " ") // behind the robot
		l := line{Notice: n, kind: k, who: displayOf(ctx, names[n.By]), about: talk.About{Ref: request.Ref(p.Number), Title: p.Title, Link: p.Link()}}
		l.text = sentence(ctx, l, "", true)
		out = append(out, l)
	}
	return out, nil
}
