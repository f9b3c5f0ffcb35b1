package catalog

import (
	"context"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/form"
	"neike/internal/kit/lang"
)

// builders are the conditions of a field or a section, each put together by clicking.
type builders []form.BuilderProps

func builderOf(ctx context.Context, kind string, c *form.Condition, before []form.Field) form.BuilderProps {
	return form.BuilderProps{Name: kind, Title: lang.T(ctx, "catalog.form-part.when_"+kind), Sketch: form.SketchOf(c), Before: before,
		Always: kind == "locked", PeopleSource: "/people/find", UnitSource: "/units/find"}
}

// fieldBuilders are the conditions that a field can have at its place: the first has nothing to look at.
func fieldBuilders(ctx context.Context, x form.Field, before []form.Field) builders {
	var out builders
	if len(before) > 0 {
		out = append(out, builderOf(ctx, "visible", x.VisibleIf, before))
	}
	if len(before) > 0 && x.Type.Asks() {
		out = append(out, builderOf(ctx, "required", x.RequiredIf, before))
	}
	if x.Type.Asks() {
		out = append(out, builderOf(ctx, "locked", x.ReadOnlyIf, before))
	}
	return out
}

func sectionBuilders(ctx context.Context, s form.Section, before []form.Field) builders {
	if len(before) == 0 {
		return nil
	}
	return builders{builderOf(ctx, "visible", s.VisibleIf, before)}
}

// condition is what was put together under a name; nil when the builder is not there.
func (b builders) condition(kind string) *form.Condition {
	for _, x := range b {
		if x.Name == kind {
			return x.Sketch.Condition(x.Before)
		}
	}
	return nil
}

// nameOf is what the inputs of a builder are called: by its title.
func (b builders) nameOf(input string) string {
	for _, x := range b {
		if input == x.Name || strings.HasPrefix(input, x.Name+"[") {
			return x.Title
		}
	}
	return ""
}

// building reads an editor that was sent. It says whether a button of a builder was pressed: then nothing is judged or stored, and
// the page shows what it made.
func (c *Catalog) building(ctx context.Context, v *fieldView, posted url.Values) (bool, error) {
	v.Inputs.Raw = v.Inputs.Form.Posted(posted)
	name, do, pressed := form.Built(posted.Get("build"))
	for i := range v.Built {
		b := &v.Built[i]
		if b.Sketch = form.Posted(b.Name, posted); pressed && b.Name == name {
			b.Sketch = b.Sketch.Do(do)
		} else if !pressed {
			b.Sketch = b.Sketch.Trimmed()
		}
	}
	return pressed, c.nameChosen(ctx, v.Built)
}

// swapped makes a form draw itself anew by the answer, whole: what was typed is in it.
func swapped(action string) templ.Attributes {
	return templ.Attributes{"hx-post": action, "hx-target": "#field", "hx-select": "#field", "hx-swap": "outerHTML"}
}

// nameChosen gives the people and units that the rules name their names.
func (c *Catalog) nameChosen(ctx context.Context, list builders) error {
	if c.resolve == nil {
		return nil
	}
	find := c.resolve()
	for i := range list {
		called, err := list[i].Sketch.Called(ctx, find, list[i].Before)
		if err != nil {
			return err
		}
		list[i].Called = called
	}
	return nil
}
