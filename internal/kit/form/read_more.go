package form

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"neike/internal/kit/lang"
)

// readTick reads a statement that is ticked or not; not ticked is no answer.
func readTick(raw any) (any, *bad) {
	if b, ok := raw.(bool); ok {
		raw = strconv.FormatBool(b)
	}
	s, bad := scalar(raw)
	if bad != nil {
		return nil, bad
	}
	switch strings.ToLower(trim(s)) {
	case "", "false", "0", "no", "off", "否":
		return nil, nil
	case "true", "1", "yes", "on", "是", "√":
		return true, nil
	}
	return nil, wrong("form.tick", "given", clip(s, 40))
}

// readPercent reads 12.5 or "12.5%": both mean twelve and a half of a hundred.
func readPercent(s string) (any, *bad) {
	s = strings.TrimSuffix(strings.TrimSpace(lang.Narrow(s)), "%")
	n, bad := decimal(s, maxDecimals, "percent")
	if bad != nil {
		return nil, bad
	}
	return json.Number(n), nil
}

// stars is the highest rating of the field.
func (f Field) stars() int {
	if n, err := strconv.Atoi(f.Max); err == nil {
		return n
	}
	return 5
}

func (f Field) readStars(s string) (any, *bad) {
	n, err := strconv.Atoi(lang.Narrow(s))
	if err != nil || n < 1 || n > f.stars() {
		return nil, wrong("form.rating", "given", clip(s, 40), "max", f.stars())
	}
	return json.Number(strconv.Itoa(n)), nil
}

var (
	hostName  = regexp.MustCompile(`^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$`)
	plainHost = regexp.MustCompile(`^(?:[\p{L}\p{N}-]{1,63}\.)*[\p{L}\p{N}-]{1,63}$`)
)

// readAddress reads a mail address or a web address, as the field accepts. The host is written small; a web address without
// http(s):// gets https://.
func (f Field) readAddress(s string) (any, *bad) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '　' {
			return -1
		}
		return r
	}, lang.Narrow(s))
	isMail := strings.Contains(s, "@") && !strings.Contains(s, "/")
	if len(s) <= 320 && isMail && f.Accept != "url" {
		if at, err := mail.ParseAddress(s); err == nil && at.Name == "" && at.Address == s {
			local, host, _ := strings.Cut(s, "@")
			if host = strings.ToLower(host); hostName.MatchString(host) {
				return local + "@" + host, nil
			}
		}
	}
	if len(s) <= 2000 && !isMail && f.Accept != "email" {
		if !strings.Contains(s, "://") {
			s = "https://" + s
		}
		if u, err := url.Parse(s); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && plainHost.MatchString(u.Hostname()) {
			if strings.Contains(u.Hostname(), ".") || strings.Contains(s, "://"+u.Host+"/") || u.Port() != "" {
				u.Host = strings.ToLower(u.Host)
				return u.String(), nil
			}
		}
	}
	key := "form.address"
	if f.Accept != "" {
		key += "-" + f.Accept
	}
	return nil, wrong(key, "given", clip(s, 40))
}

// joined is the way in a cascade: three selects, a list, or one text.
func joined(raw any) any {
	list := []string{}
	switch x := raw.(type) {
	case []string:
		list = x
	case []any:
		for _, y := range x {
			s, bad := scalar(y)
			if bad != nil {
				return raw
			}
			list = append(list, s)
		}
	default:
		return raw
	}
	kept := list[:0:0]
	for _, s := range list {
		if s = trim(s); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "/")
}

// offer is one thing that can be chosen: an option, of a cascade a whole way with the labels on it.
type offer struct {
	code   string
	labels []Option
	off    bool
}

// offers lists what can be chosen, in order; of a cascade the ends of its ways. What is not offered any longer is left out.
func (f Field) offers() []offer {
	var out []offer
	for _, x := range f.allOffers() {
		if !x.off {
			out = append(out, x)
		}
	}
	return out
}

func (f Field) allOffers() []offer {
	var out []offer
	var down func(options []Option, above offer)
	down = func(options []Option, above offer) {
		for _, o := range options {
			x := offer{code: o.Code, labels: append(append([]Option(nil), above.labels...), o), off: above.off || o.Inactive}
			if above.code != "" {
				x.code = above.code + "/" + o.Code
			}
			if f.Type == Cascade && len(o.Options) > 0 {
				down(o.Options, x)
				continue
			}
			out = append(out, x)
		}
	}
	down(f.Options, offer{})
	return out
}

// split is a default as a raw answer: codes of a multi_select are written with commas.
func (f Field) split(text string) any {
	if f.Type == MultiSelect {
		return strings.Split(text, ",")
	}
	return text
}

func texted(v any) string { return strings.TrimSpace(fmt.Sprint(v)) }
