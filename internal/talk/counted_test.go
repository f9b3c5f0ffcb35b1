package talk

import (
	"testing"
	"time"
)

func TestACountIsRememberedForTheSameMarks(t *testing.T) {
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		person int64
		print  uint64
		after  time.Duration
		known  bool
	}{
		"the same":            {1, 7, time.Second, true},
		"another mark":        {1, 8, time.Second, false},
		"another reader":      {2, 7, time.Second, false},
		"a minute later":      {1, 7, time.Minute, false},
		"a clock turned back": {1, 7, -time.Second, false},
	} {
		var m counts
		m.keep(1, 7, now, 12)
		if n, ok := m.known(c.person, c.print, now.Add(c.after)); ok != c.known || ok && n != 12 {
			t.Errorf("%s: %d %v", name, n, ok)
		}
	}
	var m counts
	for i := range int64(mostCounted + 1) {
		m.keep(i, 1, now, 1)
	}
	if len(m.last) > mostCounted {
		t.Errorf("%d readers are remembered", len(m.last))
	}
}
