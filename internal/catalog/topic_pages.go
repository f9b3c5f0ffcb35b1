package catalog

import (
	"context"
	"net/http"
	"net/url"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

const topicsURL = "/settings/topics"

func (c *Catalog) topicRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + topicsURL, Action: doTopics, Do: c.showTopics},
		{Pattern: "POST " + topicsURL, Action: doTopics, Do: c.submitTopic},
		{Pattern: "POST " + topicsURL + "/{topic}/move", Action: doTopics, Do: c.submitMoveTopic},
		{Pattern: "GET " + topicsURL + "/{topic}/remove", Action: doTopics, Do: c.showRemoveTopic},
		{Pattern: "POST " + topicsURL + "/{topic}/remove", Action: doTopics, Do: c.submitRemoveTopic},
	}
}

// topicsView is the list of topics, with the form for one of them.
type topicsView struct {
	Rows []topicRow
	Form *topicFormView
}

type topicRow struct {
	Topic
	Title, Note string
	First, Last bool
}

type topicFormView struct {
	In     topicForm
	Code   string // of the one that is changed; "": a new one
	Icons  []ui.Option
	Errors ui.Errors
}

// topicForm is what was typed.
type topicForm struct {
	Code     string   `form:"code"` // of the one that is changed
	Name     textPair `form:"name"`
	Icon     string   `form:"icon"`
	Revision int      `form:"revision"`
}

// showTopics is /settings/topics: the list, and with ?new or ?edit=CODE the form of one.
func (c *Catalog) showTopics(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if !q.Has("edit") {
		var in *topicForm
		if q.Has("new") {
			in = &topicForm{Icon: topicIcons[0]}
		}
		return c.topicsPage(w, r, http.StatusOK, in, nil)
	}
	list, err := c.Topics(ctx)
	if err != nil {
		return err
	}
	t, err := topicList(list).seen(q.Get("edit"), 0)
	if err != nil {
		return err
	}
	return c.topicsPage(w, r, http.StatusOK, &topicForm{Code: t.Code, Name: pairOf(t.Name), Icon: t.Icon, Revision: t.Revision}, nil)
}

func (c *Catalog) topicsPage(w http.ResponseWriter, r *http.Request, status int, in *topicForm, cause error) error {
	ctx := r.Context()
	if err := c.may(ctx, doTopics, &Service{}); err != nil {
		return err
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, s := range snap.All() {
		count[snap.about[s.ID]]++
	}
	v := topicsView{}
	for i, t := range snap.topics {
		v.Rows = append(v.Rows, topicRow{Topic: t, Title: t.Name.In(ctx), Note: lang.T(ctx, "catalog.topic-services", "count", count[t.Code]), First: i == 0, Last: i == len(snap.topics)-1})
	}
	if in != nil {
		v.Form = &topicFormView{In: *in, Code: in.Code, Errors: ui.ErrorsOf(ctx, cause, topicLabels(ctx))}
		for _, name := range topicIcons {
			v.Form.Icons = append(v.Form.Icons, ui.Option{Value: name, Text: lang.T(ctx, "catalog.icon."+name), Selected: name == in.Icon})
		}
	}
	return web.Show(w, r, status, topicsPage(v), topicsContent(v))
}

func topicLabels(ctx context.Context) map[string]string {
	return map[string]string{"name.zh": lang.T(ctx, "catalog.name-zh"), "name.en": lang.T(ctx, "catalog.name-en"), "icon": lang.T(ctx, "catalog.topic-icon"),
		"code": lang.T(ctx, "catalog.name-en"), "to": lang.T(ctx, "catalog.topic-to")}
}

// refused is the status of what the list did not take, and whether it was refused for what somebody typed or saw.
func refused(err error) (status int, ok bool) {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity, true
	case fault.Conflict:
		return http.StatusConflict, true
	case fault.Precondition:
		return http.StatusPreconditionFailed, true
	}
	return 0, false
}

func (c *Catalog) submitTopic(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in topicForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	input, word := TopicInput{Name: in.Name.text(), Icon: in.Icon}, "catalog.topic-saved"
	var t Topic
	var err error
	if in.Code == "" {
		word = "catalog.topic-made"
		t, err = c.MakeTopic(ctx, input)
	} else {
		t, err = c.SetTopic(ctx, in.Code, input, in.Revision)
	}
	if status, ok := refused(err); ok {
		return c.topicsPage(w, r, status, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, word, "name", t.Name.In(ctx)), "")
	return web.See(w, r, topicsURL)
}

// submitMoveTopic puts a topic one place up or down.
func (c *Catalog) submitMoveTopic(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("topic")
	list, err := c.Topics(ctx)
	if err != nil {
		return err
	}
	t, err := topicList(list).seen(code, 0)
	if err != nil {
		return err
	}
	to := t.Place + 1
	if r.FormValue("do") == "up" {
		to = max(t.Place-1, 1)
	}
	if _, err := c.SetTopic(ctx, code, TopicInput{Name: t.Name, Icon: t.Icon, Place: min(to, len(list))}, t.Revision); err != nil {
		return err
	}
	return web.See(w, r, topicsURL)
}

// removeTopicView asks where the services of a topic go.
type removeTopicView struct {
	Topic
	Title, Lead string
	To          []ui.Option // none: it has no services
	Revision    int
	Errors      ui.Errors
}

func (c *Catalog) showRemoveTopic(w http.ResponseWriter, r *http.Request) error {
	return c.removeTopicPage(w, r, http.StatusOK, nil)
}

func (c *Catalog) removeTopicPage(w http.ResponseWriter, r *http.Request, status int, cause error) error {
	ctx := r.Context()
	if err := c.may(ctx, doTopics, &Service{}); err != nil {
		return err
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	t, err := snap.topics.seen(r.PathValue("topic"), 0)
	if err != nil {
		return err
	}
	count := 0
	for _, s := range snap.All() {
		if snap.about[s.ID] == t.Code {
			count++
		}
	}
	v := removeTopicView{Topic: t, Title: t.Name.In(ctx), Lead: lang.T(ctx, "catalog.topic-remove-empty"), Revision: t.Revision, Errors: ui.ErrorsOf(ctx, cause, topicLabels(ctx))}
	if count > 0 {
		v.Lead = lang.T(ctx, "catalog.topic-remove-lead", "count", count)
		for _, x := range snap.topics {
			if x.Code != t.Code {
				v.To = append(v.To, ui.Option{Value: x.Code, Text: x.Name.In(ctx), Selected: x.Code == r.FormValue("to")})
			}
		}
	}
	return web.Show(w, r, status, removeTopicPage(v), nil)
}

func (c *Catalog) submitRemoveTopic(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("topic")
	var in struct {
		To       string `form:"to"`
		Revision int    `form:"revision"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err := c.RemoveTopic(ctx, code, in.To, in.Revision)
	if status, ok := refused(err); ok {
		return c.removeTopicPage(w, r, status, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.topic-removed"), "")
	return web.See(w, r, topicsURL)
}

func topicHref(code, page string) string { return topicsURL + "/" + url.PathEscape(code) + "/" + page }
