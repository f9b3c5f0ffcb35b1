package chat

import (
	"errors"
	"strings"
	"time"
)

// New is a client for an app. It asks nothing yet; settings that cannot work are Refused.
func New(s Settings) (Client, error) { return newClient(s, time.Now) }

func newClient(s Settings, now func() time.Time) (Client, error) {
	if s.App == "" || s.Secret == "" || s.Corp == "" && s.Platform != Feishu {
		return nil, &Error{Platform: s.Platform, Code: "settings", Text: "company, app and secret are wanted", Reason: Refused}
	}
	out, err := newOutside(s.Platform, s.Proxy, s.Private, nil, s.Secret, s.Key, s.Token)
	if err != nil {
		return nil, err
	}
	switch s.Platform {
	case WeCom:
		return newWeCom(s, out, now)
	case Feishu:
		return newFeishu(s, out, now)
	case DingTalk:
		return newDingTalk(s, out, now)
	}
	return nil, &Error{Platform: s.Platform, Code: "settings", Text: "no such platform", Reason: Refused}
}

// bases checks several addresses of the settings, each with the platform's own where the setting is empty.
func (o *outside) bases(pairs ...string) ([]string, error) {
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		address := pairs[i]
		if address == "" {
			address = pairs[i+1]
		}
		base, err := o.base(address)
		if err != nil {
			return nil, err
		}
		list = append(list, base)
	}
	return list, nil
}

// codeIn says whether an error is one of these codes.
func codeIn(err error, codes ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}

// phone writes a number as people in the company do: without the country code of mainland China.
func phone(number string) string {
	number = strings.NewReplacer(" ", "", "-", "").Replace(number)
	if rest, found := strings.CutPrefix(number, "+86"); found {
		return rest
	}
	return number
}

// inChunks sends to people in portions. It fails when nobody got it; otherwise those of a failed portion are in the receipt.
func inChunks(to []string, size int, send func(to []string) (Receipt, error)) (Receipt, error) {
	var whole Receipt
	var ids []string
	var reached bool
	var first error
	for len(to) > 0 {
		n := min(size, len(to))
		r, err := send(to[:n])
		if err != nil {
			e := asError(err)
			for _, one := range to[:n] {
				r.fail(one, e)
			}
			if first == nil {
				first = err
			}
		} else {
			reached = true
			ids = append(ids, r.ID)
		}
		for one, why := range r.Failed {
			whole.fail(one, why)
		}
		if r.Unlisted != nil {
			whole.Unlisted = r.Unlisted
		}
		to = to[n:]
	}
	if !reached {
		return Receipt{}, first
	}
	whole.ID = strings.Join(ids, "\n")
	return whole, nil
}

func (r *Receipt) fail(one string, why *Error) {
	if r.Failed == nil {
		r.Failed = map[string]*Error{}
	}
	r.Failed[one] = why
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: "network", Text: err.Error(), Reason: Broken, cause: err}
}
