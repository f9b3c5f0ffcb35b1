package directory

import (
	"context"
	"strconv"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Imports are the files that the room takes in.
func (s *Service) Imports() []importer.Kind {
	return []importer.Kind{{
		Name: "accounts", Title: lang.Text{Zh: "平台账号", En: "Platform accounts"},
		Lead:  lang.Text{Zh: "每行一个账号：连接、平台账号、工号", En: "a row per account: connection, account there, employee no"},
		Place: "/settings/connections",
		Columns: []importer.Column{
			{Name: "connection", Label: lang.Text{Zh: "连接", En: "Connection"}, Aliases: []string{"连接名称", "平台", "platform"}, Required: true, Key: true, Hint: "directory.import-connection"},
			{Name: "account", Label: lang.Text{Zh: "平台账号", En: "Account"}, Aliases: []string{"账号", "userid", "user_id", "subject"}, Required: true, Key: true, Hint: "directory.import-account"},
			{Name: "employee_no", Label: lang.Text{Zh: "工号", En: "Employee no"}, Aliases: []string{"员工编号", "no"}, Required: true, Narrow: true, Hint: "directory.import-no"},
		},
		Check: func(context.Context) (importer.Checker, error) {
			return &accountChecker{s: s, taken: map[holder]string{}}, nil
		},
		Apply: s.applyAccounts,
	}}
}

// holder is a person at a connection: each has one account there.
type holder struct{ connection, person ID }

// judgedAccount is one row with what it means.
type judgedAccount struct {
	identity Identity
	there    bool // it is linked so already
	problems []importer.Problem
}

// accountChecker judges the rows of one file.
type accountChecker struct {
	s     *Service
	taken map[holder]string // by rows before
}

// Rows judges a batch against what is there and against the rows before.
func (k *accountChecker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	list, err := k.s.judgeAccounts(ctx, rd, rows, k.taken)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Verdict, len(list))
	for i, j := range list {
		out[i] = importer.Verdict{Line: rows[i].Line, Key: rows[i].Get("employee_no") + " " + rows[i].Get("account"), Plan: importer.Create, Problems: j.problems}
		if j.there {
			out[i].Plan = importer.Unchanged
		}
	}
	return out, nil
}

// End has nothing left to say.
func (*accountChecker) End(context.Context, sqldb.Reader) (importer.Conclusion, error) {
	return importer.Conclusion{}, nil
}

// judgeAccounts reads rows into identities. An account that is somebody else, or a person who has another account of the
// connection, is a problem: a file takes no account away. taken are the holders of the rows before; it grows.
func (s *Service) judgeAccounts(ctx context.Context, rd sqldb.Reader, rows []importer.Row, taken map[holder]string) ([]judgedAccount, error) {
	all, err := allConnections(ctx, rd)
	if err != nil {
		return nil, err
	}
	nos, keys := make([]string, len(rows)), map[ID][]string{}
	list, at := make([]judgedAccount, len(rows)), make([]ID, len(rows))
	for i, row := range rows {
		nos[i] = row.Get("employee_no")
		at[i] = connectionNamed(all, row.Get("connection"))
		keys[at[i]] = append(keys[at[i]], subjectKey(row.Get("account")))
	}
	people, err := s.org.PeopleByNo(ctx, rd, nos)
	if err != nil {
		return nil, err
	}
	bySubject, held := map[ID]map[string]Identity{}, map[holder]string{}
	ids := make([]org.ID, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	for connection, subjects := range keys {
		if bySubject[connection], err = identitiesBySubject(ctx, rd, connection, subjects); err != nil {
			return nil, err
		}
		own, err := identitiesOfPeople(ctx, rd, connection, ids)
		if err != nil {
			return nil, err
		}
		for _, i := range own {
			held[holder{connection, i.Person}] = i.Subject
		}
	}
	who := actor.From(ctx)
	for i, row := range rows {
		j, subject := &list[i], row.Get("account")
		wrong := func(column, key, value string) {
			j.problems = append(j.problems, importer.Wrong(row.Line, column, key, "value", value, "subject", value))
		}
		p, here := people[nos[i]]
		j.identity = Identity{Connection: at[i], Subject: subject, Person: p.ID, Why: "hand"}
		old, linked := bySubject[at[i]][subjectKey(subject)]
		has := held[holder{at[i], p.ID}]
		if before := taken[holder{at[i], p.ID}]; has == "" {
			has = before
		}
		if !who.System && !who.Has("admin") {
			wrong("connection", "directory.import-admin", "")
		}
		if at[i] == 0 {
			wrong("connection", "directory.import-no-connection", row.Get("connection"))
		}
		if !here || !p.Active {
			wrong("employee_no", "org.person-unknown", nos[i])
		}
		switch {
		case at[i] == 0:
		case subjectKey(subject) == "" || len(subject) > 200:
			wrong("account", "directory.subject-malformed", subject)
		case linked && old.Person == p.ID:
			j.there = true
		case linked:
			wrong("account", "directory.subject-taken", subject)
		case here && has != "":
			wrong("employee_no", "directory.person-taken", has)
		}
		if here && at[i] != 0 {
			taken[holder{at[i], p.ID}] = subject
		}
	}
	return list, nil
}

// connectionNamed is the connection in use that a file means: by its name in either language, its kind where there is one of it, or
// its number; 0 for none or several.
func connectionNamed(all []Connection, text string) (found ID) {
	text = strings.TrimSpace(text)
	for _, c := range all {
		if strconv.FormatInt(c.ID, 10) == text {
			return c.ID
		}
		if c.Active() && (strings.EqualFold(c.Name.Zh, text) || strings.EqualFold(c.Name.En, text) || c.Kind == text) {
			if found != 0 {
				return 0
			}
			found = c.ID
		}
	}
	return found
}

// applyAccounts writes a chunk of rows.
func (s *Service) applyAccounts(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var n importer.Count
	list, err := s.judgeAccounts(ctx, tx, rows, map[holder]string{})
	if err != nil {
		return n, err
	}
	for _, j := range list {
		if j.there {
			n.Unchanged++
			continue
		}
		if err := s.link(ctx, tx, j.identity); err != nil { // also what is no longer as it was when the file was judged
			return n, err
		}
		n.Created++
	}
	return n, nil
}
