package chat

import (
	"errors"
	"net/netip"
	"syscall"
)

// ErrInside says that an address of the settings leads into a private network, which they do not allow.
var ErrInside = errors.New("the address is inside a private network, which the settings do not allow")

// OnlyPublic is the Control of a dialler that reaches public addresses only, whatever name led there: it is asked for
// the address that is really dialled, also after a redirection.
func OnlyPublic(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || inside(at.Addr()) {
		return ErrInside
	}
	return nil
}

// Parts of the address space that are not for everybody.
var (
	sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // between a carrier and its customers; clouds keep their own servers there
	thisNetwork = netip.MustParsePrefix("0.0.0.0/8")
	benchmarks  = netip.MustParsePrefix("198.18.0.0/15")
	reserved    = netip.MustParsePrefix("240.0.0.0/4")
	translated  = netip.MustParsePrefix("64:ff9b::/96") // an address of version 4 in one of version 6
	sixToFour   = netip.MustParsePrefix("2002::/16")    // the same, another way
)

// inside says whether an address belongs to this machine, a private network or nobody.
func inside(ip netip.Addr) bool {
	ip = ip.Unmap()
	b := ip.As16()
	switch {
	case translated.Contains(ip):
		return inside(netip.AddrFrom4([4]byte(b[12:])))
	case sixToFour.Contains(ip):
		return inside(netip.AddrFrom4([4]byte(b[2:6])))
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return true
	}
	for _, p := range []netip.Prefix{sharedSpace, thisNetwork, benchmarks, reserved} {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
