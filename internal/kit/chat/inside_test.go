package chat

import (
	"errors"
	"net"
	"testing"
)

func TestWhatIsInside(t *testing.T) {
	for _, x := range []struct {
		address string
		inside  bool
	}{
		{"127.0.0.1", true}, {"127.8.8.8", true}, {"::1", true}, {"0.0.0.0", true}, {"0.1.2.3", true}, {"::", true},
		{"10.0.0.1", true}, {"172.16.0.1", true}, {"172.31.255.255", true}, {"192.168.1.1", true}, {"fd00::1", true},
		{"169.254.169.254", true}, {"fe80::1", true}, {"100.100.100.200", true}, {"100.64.0.1", true}, {"198.18.0.1", true},
		{"224.0.0.1", true}, {"ff02::1", true}, {"255.255.255.255", true}, {"250.0.0.1", true},
		{"::ffff:127.0.0.1", true}, {"::ffff:10.0.0.1", true}, {"64:ff9b::7f00:1", true}, {"64:ff9b::a00:1", true}, {"2002:7f00:1::", true}, {"2002:c0a8:101::1", true},
		{"8.8.8.8", false}, {"203.119.128.1", false}, {"100.63.255.255", false}, {"100.128.0.1", false}, {"172.32.0.1", false},
		{"2400:3200::1", false}, {"64:ff9b::808:808", false}, {"2002:808:808::1", false},
	} {
		err := OnlyPublic("tcp", net.JoinHostPort(x.address, "443"), nil)
		if errors.Is(err, ErrInside) != x.inside {
			t.Errorf("%s: %v", x.address, err)
		}
	}
	if OnlyPublic("tcp", "nonsense", nil) == nil {
		t.Error("what is no address is dialled")
	}
}
