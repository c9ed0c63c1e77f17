package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// ErrPrivate is wrapped by the error of a request to an address that is not public.
var ErrPrivate = errors.New("is not a public address")

// reserved are the networks that netip does not call private, yet that no
// publisher lives in (IANA's special-purpose registries).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT; also cloud metadata
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), // IPv4-compatible
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), // Teredo and other protocol assignments
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("fec0::/10"),
}

var (
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
	sixTo = netip.MustParsePrefix("2002::/16")
)

// public reports whether addr is one that anybody on the internet may serve from.
func public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(addr) {
			return false
		}
	}
	// An IPv6 address that leads to an IPv4 one is as public as that.
	if nat64.Contains(addr) {
		b := addr.As16()
		return public(netip.AddrFrom4([4]byte(b[12:16])))
	}
	if sixTo.Contains(addr) {
		b := addr.As16()
		return public(netip.AddrFrom4([4]byte(b[2:6])))
	}
	return true
}

// guard refuses connections to addresses that are neither public nor in allow.
// It runs after name resolution, just before connecting, so that neither a name
// that resolves differently the second time nor an odd spelling of a number
// gets around it.
func guard(allow []netip.Prefix) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%q: %w", address, ErrPrivate)
		}
		addr := ap.Addr()
		if public(addr) {
			return nil
		}
		for _, p := range allow {
			if p.Contains(addr.Unmap().WithZone("")) {
				return nil
			}
		}
		return fmt.Errorf("%s %w", addr.Unmap(), ErrPrivate)
	}
}
