package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// policy lets a page load nothing but what this server sends, run no inline script and use no inline style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

func secureHeaders(h http.Header, secure bool) {
	h["Content-Security-Policy"] = csp
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = sameOrigin
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	h["Cross-Origin-Resource-Policy"] = sameOrigin
	h["Permissions-Policy"] = permissions
	h["X-Frame-Options"] = deny
	h["Cache-Control"] = private
	if secure {
		h["Strict-Transport-Security"] = transport
	}
}

// Header values are shared between answers; each has no spare capacity, so that Add copies.
var (
	csp         = []string{policy}
	nosniff     = []string{"nosniff"}
	sameOrigin  = []string{"same-origin"}
	permissions = []string{"camera=(), geolocation=(), microphone=(), payment=(), usb=()"}
	deny        = []string{"DENY"}
	private     = []string{"private, no-cache"}
	transport   = []string{"max-age=31536000"}
)

// Address is where the request comes from: the peer, or what a trusted proxy says the peer is.
func (m *Mux) Address(r *http.Request) string { return address(r, m.o.Proxies) }

func address(r *http.Request, proxies []netip.Prefix) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	trusted := func(s string) bool {
		ip, err := netip.ParseAddr(s)
		return err == nil && slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
	}
	if !trusted(host) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		host = hop
		if !trusted(hop) {
			break
		}
	}
	return host
}

// Limiter holds one token bucket per key, in memory. It forgets keys that have been full for a while.
type Limiter struct {
	mu    sync.Mutex
	every rate.Limit
	burst int
	byKey map[any]*rate.Limiter
	swept time.Time
}

// NewLimiter allows every per second and key, and burst at once.
func NewLimiter(every rate.Limit, burst int) *Limiter {
	return &Limiter{every: every, burst: burst, byKey: map[any]*rate.Limiter{}, swept: time.Now()}
}

// Take is 0 when the key may go on, and otherwise how long it has to wait.
func (l *Limiter) Take(key any) time.Duration {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > time.Minute {
		l.swept = now
		for k, one := range l.byKey {
			if one.TokensAt(now) >= float64(l.burst) {
				delete(l.byKey, k)
			}
		}
	}
	one, ok := l.byKey[key]
	if !ok {
		one = rate.NewLimiter(l.every, l.burst)
		l.byKey[key] = one
	}
	if one.AllowN(now, 1) {
		return 0
	}
	return time.Duration((1 - one.TokensAt(now)) / float64(l.every) * float64(time.Second))
}
