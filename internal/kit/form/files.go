package form

import (
	"fmt"
	"maps"
)

// RawFiles are the ids of the files in raw answers, of fields and of columns, in the order of the form.
func (f Form) RawFiles(raw map[string]any) []string {
	var out []string
	f.MapFiles(raw, func(_ string, ids []string) []string {
		out = append(out, ids...)
		return ids
	})
	return out
}

// MapFiles are raw answers in which every list of files is what change makes of it; name is the one that findings are put under:
// invoice, or items[0].photo. What holds no file, and what cannot be read, stays as it is.
func (f Form) MapFiles(raw map[string]any, change func(name string, ids []string) []string) map[string]any {
	return mapFiles(f.Fields, raw, "", change)
}

func mapFiles(fields []Field, raw map[string]any, at string, change func(string, []string) []string) map[string]any {
	out := maps.Clone(raw)
	for _, x := range fields {
		switch x.Type {
		case Attachment:
			if ids, bad := several(raw[x.Key]); bad == nil && len(ids) > 0 {
				out[x.Key] = change(at+x.Key, ids)
			}
		case Table:
			rows, bad := rowsOf(raw[x.Key])
			if bad != nil || len(rows) == 0 || !x.HoldsFiles() {
				continue
			}
			list := make([]any, len(rows))
			for i, row := range rows {
				list[i] = mapFiles(x.Fields, row, fmt.Sprintf("%s[%d].", x.Key, i), change)
			}
			out[x.Key] = list
		}
	}
	return out
}

// HoldsFiles says whether answers to the field may hold files: itself, or in one of its columns.
func (f Field) HoldsFiles() bool {
	if f.Type == Attachment {
		return true
	}
	for _, c := range f.Fields {
		if c.Type == Attachment {
			return true
		}
	}
	return false
}
