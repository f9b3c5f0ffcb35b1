package directory

import (
	"context"
	"regexp"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

var addressIn = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){3,7}\b`)

// plainCodes are answers of platforms that an administrator can do something about.
var plainCodes = map[string]string{
	chat.WeCom + " 60020": "directory.why-address", chat.WeCom + " 40001": "directory.why-secret", chat.WeCom + " 40013": "directory.why-corp", chat.WeCom + " 40056": "directory.why-app", chat.WeCom + " 301002": "directory.why-app",
	chat.WeCom + " 42009": "directory.why-secret", chat.WeCom + " 60011": "directory.why-scope", chat.WeCom + " 48002": "directory.why-scope",
	chat.WeCom + " 48009": "directory.why-wecom-sync", chat.WeCom + " 45009": "directory.why-slow",
	chat.Feishu + " 10003": "directory.why-secret", chat.Feishu + " 10014": "directory.why-secret", chat.Feishu + " 99991663": "directory.why-secret", chat.Feishu + " 40004": "directory.why-scope",
	chat.Feishu + " 99991672": "directory.why-scope", chat.Feishu + " 99991679": "directory.why-scope", chat.Feishu + " 99991400": "directory.why-slow", chat.Feishu + " 99991401": "directory.why-address",
	chat.DingTalk + " 40089": "directory.why-secret", chat.DingTalk + " 40001": "directory.why-secret", chat.DingTalk + " 60011": "directory.why-scope", chat.DingTalk + " 60020": "directory.why-address",
	chat.DingTalk + " 88": "directory.why-scope", chat.DingTalk + " invalidClientIdOrSecret": "directory.why-secret", chat.DingTalk + " 90020": "directory.why-spent", chat.DingTalk + " 90018": "directory.why-slow",
}

// platformWords says what a platform's answer means, with its own words behind.
func platformWords(e *chat.Error) *Why {
	key, known := plainCodes[e.Platform+" "+e.Code]
	if !known {
		switch e.Reason {
		case chat.Slow:
			key = "directory.why-slow"
		case chat.Spent:
			key = "directory.why-spent"
		case chat.Refused, chat.Unfit:
			key = "directory.why-refused"
		case chat.Gone:
			key = "directory.why-gone"
		default:
			key = "directory.why-away"
			if e.Platform == KindLDAP {
				key = "directory.why-ldap-away"
			}
		}
	}
	address := addressIn.FindString(e.Text)
	if key == "directory.why-address" && address == "" {
		key = "directory.why-address-unknown"
	}
	text := e.Text
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300])
	}
	return why(key, "address", address, "code", e.Code, "text", text)
}

// testTime is how long a test may take; an administrator waits for it.
const testTime = 20 * time.Second

// Test asks the other side whether the connection works: the token, and where it is used for sync also the directory. What
// came of it stands in the answer and is kept with the connection.
func (s *Service) Test(ctx context.Context, id ID) (Answer, error) {
	c, err := s.Connection(ctx, id)
	if err != nil {
		return Answer{}, err
	}
	a, err := s.try(ctx, c)
	if err != nil {
		return a, err
	}
	return a, s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if c.Kind != KindOIDC {
			if err := addCalls(ctx, tx, id, tx.Now.In(s.org.Company(ctx).Location()).Format("2006-01"), 1); err != nil {
				return err
			}
		}
		return setTest(ctx, tx, id, a)
	})
}

func (s *Service) try(ctx context.Context, c Connection) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	if c.Kind == KindOIDC {
		o, err := s.OIDC(ctx, c.ID)
		if err != nil {
			return refusedTest(err)
		}
		return tryIssuer(ctx, o), nil
	}
	from, end, err := s.sourceOf(ctx, c)
	if err != nil {
		return refusedTest(err)
	}
	defer end()
	list, whole, err := from.Departments(ctx)
	if err != nil {
		return refusedTest(err)
	}
	if c.Kind == KindWeCom { // a wrong AgentId sees the departments, but lets nobody in and tells nobody anything
		if _, _, err := from.Members(ctx, "", ""); err != nil {
			return refusedTest(err)
		}
	}
	key := "directory.test-good"
	if !whole {
		key = "directory.test-part"
	}
	w := why(key, "count", len(list))
	if tree, isLDAP := from.(*ldapTree); isLDAP {
		w = tree.seen()
	} else if len(list) > 0 {
		members, _, err := from.Members(ctx, list[0].ID, "")
		if err != nil {
			return refusedTest(err)
		}
		if w.Key == "directory.test-good" && len(members) > 0 && members[0].Name == "" {
			w.Key = "directory.test-no-names"
		}
	}
	return Answer{OK: true, Key: w.Key, Args: w.Args}, nil
}

// refusedTest is an error of the outside world as the answer of a test.
func refusedTest(err error) (Answer, error) {
	if fault.KindOf(err) == fault.NotFound {
		return Answer{}, err
	}
	w, outside := inWords(err)
	if !outside {
		w = why("directory.why-away", "code", "", "text", "")
	}
	return Answer{Key: w.Key, Args: w.Args}, nil
}
