package delivery

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

type fedItemJSON struct {
	Service      string `json:"service" doc:"Code of a standing service" example:"warehouse.line-supply"`
	Provider     string `json:"provider,omitempty" doc:"Code; default: the service's unit"`
	CustomerUnit string `json:"customer_unit" example:"production"`
	Receiver     string `json:"receiver,omitempty" doc:"工号; default: the arrangement's, or whoever heads the customer"`
	Title        string `json:"title,omitempty" doc:"Default: the service's name"`
	DueAt        string `json:"due_at,omitempty" format:"date-time" doc:"When it was due; of an arrangement: the one due on that day is meant" example:"2026-11-20T08:00:00+08:00"`
	DeliveredAt  string `json:"delivered_at,omitempty" format:"date-time" doc:"When it was delivered; left out: it is still to be" example:"2026-11-20T07:52:00+08:00"`
	Quantity     any    `json:"quantity,omitempty" doc:"A decimal number, as a number or a string" example:"120.5"`
	Text         string `json:"text,omitempty"`
	External     string `json:"external" doc:"Number in the other system, one for each delivery of the service: an item that is sent again is found by it" example:"MES-88213"`
	Accepted     bool   `json:"accepted,omitempty" doc:"Import scope only: the customer has accepted it"`
	AcceptedAt   string `json:"accepted_at,omitempty" format:"date-time" doc:"Import scope only"`
	AcceptedBy   string `json:"accepted_by,omitempty" doc:"Import scope only: 工号"`
	By           string `json:"by,omitempty" doc:"Import scope only: 工号 of who delivered it"`
}

type deliveryFeedInput struct {
	Body struct {
		Items []fedItemJSON `json:"items" doc:"Up to 1000"`
	}
}

type deliveryFeedOutput struct {
	Body struct {
		Created   int             `json:"created"`
		Updated   int             `json:"updated"`
		Unchanged int             `json:"unchanged"`
		Items     []fedResultJSON `json:"items" doc:"In the order of the call"`
	}
}

type fedResultJSON struct {
	Number   string `json:"number" example:"D-1024"`
	External string `json:"external,omitempty"`
	Outcome  string `json:"outcome" enum:"created,updated,unchanged"`

	Differs []string `json:"differs,omitempty" doc:"Names of what this call says otherwise than the delivery that is known by its number: what stands there stays. Correct it there, or find out whether the number was given twice"`
}

func (s *Service) postFeed(ctx context.Context, in *deliveryFeedInput) (*deliveryFeedOutput, error) {
	items := make([]Item, len(in.Body.Items))
	var bad fault.Fields
	for i, j := range in.Body.Items {
		at := func(name, text string) time.Time {
			t, ok := instantText(text)
			if !ok {
				bad.Add(fmt.Sprintf("items[%d].%s", i, name), "delivery.not-a-time", "value", text)
			}
			return t
		}
		items[i] = Item{Service: j.Service, Provider: j.Provider, Customer: j.CustomerUnit, Receiver: j.Receiver, Title: j.Title,
			DueAt: at("due_at", j.DueAt), DeliveredAt: at("delivered_at", j.DeliveredAt), AcceptedAt: at("accepted_at", j.AcceptedAt),
			By: j.By, AcceptedBy: j.AcceptedBy, Quantity: numberText(j.Quantity), Text: j.Text, External: j.External}
		if j.Accepted && items[i].AcceptedAt.IsZero() {
			items[i].AcceptedAt = items[i].DeliveredAt
			if items[i].AcceptedAt.IsZero() {
				bad.Add(fmt.Sprintf("items[%d].delivered_at", i), "form.required")
			}
		}
	}
	if bad.Len() > 0 { // what else is wrong comes with it
		if err := s.alsoWrong(ctx, items, &bad); err != nil {
			return nil, err
		}
		return nil, bad.Err()
	}
	results, err := s.Feed(ctx, items)
	if err != nil {
		return nil, err
	}
	out := &deliveryFeedOutput{}
	out.Body.Items = make([]fedResultJSON, len(results))
	for i, r := range results {
		out.Body.Items[i] = fedResultJSON{Ref(r.Number), items[i].External, r.Outcome, r.Differs}
		switch r.Outcome {
		case FeedCreated:
			out.Body.Created++
		case FeedUpdated:
			out.Body.Updated++
		default:
			out.Body.Unchanged++
		}
	}
	return out, nil
}

// numberText is a quantity as it was sent: a JSON number or a string.
func numberText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return trimmedFloat(v)
	}
	return fmt.Sprint(v)
}

// alsoWrong adds what is wrong with items beside times that could not be read.
func (s *Service) alsoWrong(ctx context.Context, items []Item, bad *fault.Fields) error {
	if len(items) > MaxItems {
		return nil
	}
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		_, problems, err := s.judge(ctx, rd, items)
		for i, p := range problems {
			for _, x := range p {
				bad.Add(fmt.Sprintf("items[%d].%s", i, x.Name), x.Key, fault.Flat(x.Args)...)
			}
		}
		return err
	})
}

func trimmedFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
