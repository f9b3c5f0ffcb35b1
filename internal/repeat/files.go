package repeat

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

// The files of a template are uploads that nobody attached: the template holds them, and each date gets copies of its own.

// kept are the answers that a template keeps: numbers that are given and what is counted are none of them. Files are lists of ids.
func kept(of form.Form, answers map[string]any) map[string]any {
	out := map[string]any{}
	for _, x := range of.Fields {
		v, ok := answers[x.Key]
		if ok && x.Type != form.AutoNumber && x.Type != form.Formula && (x.Type != form.Attachment || len(of.RawFiles(map[string]any{x.Key: v})) > 0) {
			out[x.Key] = v
		}
	}
	return of.MapFiles(out, func(_ string, ids []string) []string { return ids })
}

// filesIn are the ids of all files among the answers.
func filesIn(of form.Form, answers map[string]any) []int64 {
	var out []int64
	for _, text := range of.RawFiles(answers) {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil { // what is no number is no file; the form refuses it
			out = append(out, id)
		}
	}
	return out
}

// holdFiles notes what files a template holds; known says whether it may. Whoever keeps it may add only what they have uploaded and
// attached to nothing.
func (s *Service) holdFiles(ctx context.Context, of form.Form, answers map[string]any, t *Template, f *fault.Fields) (known bool, err error) {
	held := strings.Fields(t.Files)
	found, err := s.filesByID(ctx, filesIn(of, answers))
	if err != nil {
		return false, err
	}
	var all []string
	known = true
	of.MapFiles(answers, func(name string, ids []string) []string {
		for _, text := range ids {
			id, _ := strconv.ParseInt(text, 10, 64) // 0 is no file
			file := found[id]
			if mine := file.ID != 0 && file.Person == me(ctx) && file.Subject == (access.Subject{}); !mine && !slices.Contains(held, text) {
				f.Add("fields."+name, "talk.file-unknown")
				known = false
			}
		}
		all = append(all, ids...)
		return ids
	})
	t.Files = strings.Join(all, " ")
	return known, nil
}

func (s *Service) filesByID(ctx context.Context, ids []int64) (map[int64]talk.File, error) {
	out := map[int64]talk.File{}
	if len(ids) == 0 {
		return out, nil
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := s.Talk.Files(ctx, rd, ids)
		for _, x := range list {
			out[x.ID] = x
		}
		return err
	})
	return out, err
}

// copied are the answers with copies of their files, which belong to the actor; one that is gone stays as it is, to be refused.
func (s *Service) copied(ctx context.Context, of form.Form, answers map[string]any) (map[string]any, error) {
	ids := filesIn(of, answers)
	if len(ids) == 0 {
		return answers, nil
	}
	made, err := s.Talk.CopyFiles(ctx, ids)
	if err != nil {
		return nil, err
	}
	return of.MapFiles(answers, func(_ string, texts []string) []string {
		out := slices.Clone(texts)
		for i, text := range texts {
			if id, err := strconv.ParseInt(text, 10, 64); err == nil && made[id] != 0 {
				out[i] = strconv.FormatInt(made[id], 10)
			}
		}
		return out
	}), nil
}

// nameFiles gives the files of a template their names, for whoever may change it and has not uploaded them.
func (s *Service) nameFiles(ctx context.Context, of form.Form, answers map[string]any, p *form.InputsProps) error {
	found, err := s.filesByID(ctx, filesIn(of, answers))
	if err != nil || len(found) == 0 {
		return err
	}
	if p.Chosen == nil {
		p.Chosen = map[string][]form.Ref{}
	}
	of.MapFiles(answers, func(name string, ids []string) []string {
		key, _, _ := strings.Cut(name, "[") // rows share what their table names
		for _, text := range ids {
			id, err := strconv.ParseInt(text, 10, 64)
			known := slices.ContainsFunc(p.Chosen[key], func(r form.Ref) bool { return r.Code == text })
			if file, ok := found[id]; ok && err == nil && !known {
				p.Chosen[key] = append(p.Chosen[key], form.Ref{Code: text, Name: file.Name})
			}
		}
		return ids
	})
	return nil
}

// withoutFiles is a form without files, and without tables that hold some: one date has those of its template.
func withoutFiles(f form.Form) form.Form {
	f.Fields = slices.DeleteFunc(slices.Clone(f.Fields), form.Field.HoldsFiles)
	for i, sec := range f.Sections {
		if i == 0 {
			f.Sections = slices.Clone(f.Sections)
		}
		f.Sections[i].Fields = slices.DeleteFunc(slices.Clone(sec.Fields), func(key string) bool { _, ok := f.Field(key); return !ok })
	}
	return f
}
