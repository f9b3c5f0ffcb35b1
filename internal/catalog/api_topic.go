package catalog

import (
	"context"
	"net/http"

	"neike/internal/kit/web"
)

func (c *Catalog) mountTopics(m *web.Mux) {
	const at, tag = "/api/v1/topics", "Services"
	web.Op(m, web.Operation{ID: "list-topics", Method: http.MethodGet, Path: at, Action: "service.list", Tag: tag,
		Summary: "What services are about, whichever unit does them: the company's list, in its order"}, c.getTopics)
	web.Op(m, web.Operation{ID: "get-topic", Method: http.MethodGet, Path: at + "/{topic}", Action: "service.list", Tag: tag,
		Summary: "One topic"}, c.getTopic)
	web.Op(m, web.Operation{ID: "make-topic", Method: http.MethodPost, Path: at, Action: doTopics, Tag: tag, Scope: "write", Status: http.StatusCreated,
		Summary: "Add a topic to the list"}, c.postTopic)
	web.Op(m, web.Operation{ID: "set-topic", Method: http.MethodPut, Path: at + "/{topic}", Action: doTopics, Tag: tag, Scope: "write",
		Summary: "Change name, icon or place of a topic", Detail: "Name and icon as a whole. The code stays. With `place` it goes there, and the others move."}, c.putTopic)
	web.Op(m, web.Operation{ID: "remove-topic", Method: http.MethodDelete, Path: at + "/{topic}", Action: doTopics, Tag: tag, Scope: "write",
		Summary: "Take a topic out of the list", Detail: "While it has services, `to` says in which topic they are from then on."}, c.deleteTopic)
}

type topicJSON struct {
	Code     string   `json:"code" example:"money"`
	Name     textJSON `json:"name"`
	Icon     string   `json:"icon" example:"receipt-2"`
	Place    int      `json:"place" doc:"In the list, from 1" example:"3"`
	Services int      `json:"services" doc:"How many services on offer, of those the caller may see, are about it" example:"9"`
}

type topicBody struct {
	Name  textJSON `json:"name"`
	Icon  string   `json:"icon,omitempty" doc:"One of those that the page of topics offers; default tag" example:"receipt-2"`
	Place int      `json:"place,omitempty" minimum:"0" doc:"In the list, from 1; default: where it is, a new one at the end" example:"3"`
}

type newTopicBody struct {
	Code string `json:"code,omitempty" doc:"Never changes; default: made out of the name" example:"canteen"`
	topicBody
}

type topicMake struct {
	Body newTopicBody
}

type topicSet struct {
	web.IfMatch
	Topic string `path:"topic" doc:"Code of the topic" example:"money"`
	Body  topicBody
}

type topicGet struct {
	Topic string `path:"topic" doc:"Code of the topic" example:"money"`
}

type topicGone struct {
	web.IfMatch
	Topic string `path:"topic" doc:"Code of the topic" example:"money"`
	To    string `query:"to" doc:"Code of the topic in which its services are from then on" example:"other"`
}

type topicsOutput struct {
	Body web.Page[topicJSON]
}

type topicOutput struct {
	ETag string `header:"ETag"`
	Body topicJSON
}

type topicGoneOutput struct {
	Body struct {
		Moved int `json:"moved" doc:"How many services went to the other topic" example:"9"`
	}
}

func (b topicBody) input(code string) TopicInput {
	return TopicInput{Code: code, Name: b.Name.text(), Icon: b.Icon, Place: b.Place}
}

func topicTag(t Topic) string { return web.ETag(t.Code, t.Revision) }

func (c *Catalog) getTopics(ctx context.Context, _ *struct{}) (*topicsOutput, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	count := c.aboutEach(ctx, snap)
	out := &topicsOutput{Body: web.Page[topicJSON]{Items: []topicJSON{}}}
	for _, t := range snap.Topics() {
		out.Body.Items = append(out.Body.Items, wireTopic(t, count[t.Code]))
	}
	return out, nil
}

// aboutEach counts the services on offer that the reader sees, by topic.
func (c *Catalog) aboutEach(ctx context.Context, snap *Snapshot) map[string]int {
	count := map[string]int{}
	for _, s := range snap.All() {
		if s.State == Live && c.sees(ctx, s) {
			t, _ := snap.TopicOf(s)
			count[t.Code]++
		}
	}
	return count
}

func wireTopic(t Topic, services int) topicJSON {
	return topicJSON{Code: t.Code, Name: wireText(t.Name), Icon: t.Icon, Place: t.Place, Services: services}
}

func (c *Catalog) topicAnswer(ctx context.Context, t Topic, err error) (*topicOutput, error) {
	if err != nil {
		return nil, err
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return &topicOutput{ETag: topicTag(t), Body: wireTopic(t, c.aboutEach(ctx, snap)[t.Code])}, nil
}

func (c *Catalog) getTopic(ctx context.Context, in *topicGet) (*topicOutput, error) {
	list, err := c.Topics(ctx)
	if err != nil {
		return nil, err
	}
	t, err := topicList(list).seen(in.Topic, 0)
	return c.topicAnswer(ctx, t, err)
}

func (c *Catalog) postTopic(ctx context.Context, in *topicMake) (*topicOutput, error) {
	t, err := c.MakeTopic(ctx, in.Body.input(in.Body.Code))
	return c.topicAnswer(ctx, t, err)
}

// topicSeen is the revision of a topic when the caller says which state of it they saw; 0 when not.
func (c *Catalog) topicSeen(ctx context.Context, code string, on web.IfMatch) (int, error) {
	if on.IfMatch == "" {
		return 0, nil
	}
	list, err := c.Topics(ctx)
	if err != nil {
		return 0, err
	}
	t, err := topicList(list).seen(code, 0)
	if err != nil {
		return 0, err
	}
	return t.Revision, on.Check(topicTag(t))
}

func (c *Catalog) putTopic(ctx context.Context, in *topicSet) (*topicOutput, error) {
	revision, err := c.topicSeen(ctx, in.Topic, in.IfMatch)
	if err != nil {
		return nil, err
	}
	t, err := c.SetTopic(ctx, in.Topic, in.Body.input(""), revision)
	return c.topicAnswer(ctx, t, err)
}

func (c *Catalog) deleteTopic(ctx context.Context, in *topicGone) (*topicGoneOutput, error) {
	revision, err := c.topicSeen(ctx, in.Topic, in.IfMatch)
	if err != nil {
		return nil, err
	}
	out := &topicGoneOutput{}
	out.Body.Moved, err = c.RemoveTopic(ctx, in.Topic, in.To, revision)
	return out, err
}
