package form

import (
	"context"
	"encoding/json"
)

// Schema is the JSON Schema of the answers, for the documentation of an interface. Validate is the judge.
func (f Form) Schema(ctx context.Context) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for _, x := range f.Fields {
		properties[x.Key] = x.schema(ctx)
		if x.Required && x.VisibleIf == nil { // what may not be asked is not demanded
			required = append(required, x.Key)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func (f Field) schema(ctx context.Context) map[string]any {
	s := map[string]any{"type": "string", "title": f.Label.In(ctx)}
	if hint := f.Hint.In(ctx); hint != "" {
		s["description"] = hint
	}
	codes := make([]string, 0, len(f.Options))
	for _, o := range f.offers() {
		codes = append(codes, o.code)
	}
	switch f.Type {
	case Text:
		s["maxLength"] = MaxText
	case LongText:
		s["maxLength"] = MaxLongText
	case Number:
		s["type"], s["examples"] = "number", []any{json.Number("12.5")}
	case Currency:
		s["pattern"], s["examples"] = `^-?\d{1,12}\.\d{2}$`, []string{"38462.50"}
	case Date:
		s["format"], s["examples"] = "date", []string{"2026-10-14"}
	case DateTime:
		s["format"], s["examples"] = "date-time", []string{"2026-10-14T01:30:00Z"}
	case Month:
		s["pattern"], s["examples"] = `^\d{4}-\d{2}$`, []string{"2026-10"}
	case Phone:
		s["examples"] = []string{"13800138000"}
	case Person:
		s["examples"] = []string{"01023"}
	case Department:
		s["examples"] = []string{"finance"}
	case Percent:
		s["type"], s["examples"] = "number", []any{json.Number("12.5")}
	case EmailURL:
		s["examples"] = []string{"li@example.com"}
	case Relation:
		s["examples"] = []string{"R-1024"}
	case Checkbox:
		s["type"], s["enum"] = "boolean", []bool{true, false}
	case Rating:
		s["type"], s["minimum"], s["maximum"] = "integer", 1, f.stars()
	case Formula, AutoNumber:
		s["readOnly"] = true
		if f.Type == Formula && f.as() != Currency {
			s["type"] = "number"
		}
	case Table:
		s["type"], s["maxItems"], s["items"] = "array", MaxRows, Form{Fields: f.Fields}.Schema(ctx)
	case SingleSelect, Cascade:
		s["enum"] = codes
	case MultiSelect:
		s["type"], s["uniqueItems"] = "array", true
		s["items"] = map[string]any{"type": "string", "enum": codes}
	case Attachment:
		s["type"], s["maxItems"] = "array", MaxFiles
		s["items"] = map[string]any{"type": "string"}
	}
	return s
}
