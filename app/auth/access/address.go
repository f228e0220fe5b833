package access

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of our own reverse proxies, whose word about where a request comes from is
// believed. None: nobody's is.
type Proxies []netip.Prefix

// Address is where r comes from: the connection's own address, or, when that is a proxy of ours, the
// newest entry of X-Forwarded-For that is not. What stands before it was written by strangers.
func (p Proxies) Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.ours(host); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = hop.String()
	}
	return host
}

func (p Proxies) ours(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	a = a.Unmap()
	for _, n := range p {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
