package main

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// loopback reports whether an address to listen on is on this machine alone.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && loopbackHost(host)
}

func loopbackHost(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// checkBase returns a base URL in canonical form, or a sentence that says what
// is wrong with it. Plain HTTP is for this machine alone: over a network it
// would show every password.
func checkBase(s string) (string, error) {
	if s == "" {
		return "", usageError("say how browsers reach the site with --base-url (such as --base-url https://example.org), because --addr is open to the network.")
	}
	u, err := bareHost(s)
	if err != nil {
		return "", err
	}
	if u.Scheme == "http" && !loopbackHost(u.Hostname()) {
		return "", usageError(fmt.Sprintf("%s would send passwords in the clear. Use https:// (a proxy in front may do the encryption), or a loopback address for trying things out.", s))
	}
	return u.Scheme + "://" + u.Host, nil
}

// bareHost reads a base URL: a scheme and a host, which it returns in small
// letters.
func bareHost(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, usageError(fmt.Sprintf("%q is no address a browser can open; write --base-url like https://example.org.", s))
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, usageError(fmt.Sprintf("--base-url %s must be a bare host, such as %s://%s.", s, u.Scheme, u.Host))
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// hosts lets requests through whose Host is that of the base URL; for a
// loopback base, every name of this machine. Anything else gets 421: it would
// end up in links, caches and mails. Health checks may use any name.
func hosts(base string, next http.Handler) http.Handler {
	u, _ := url.Parse(base)
	want, local := u.Host, loopbackHost(u.Hostname())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != want && !strings.EqualFold(r.Host, want) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			host := r.Host
			if h, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
				host = h
			}
			if !local || !loopbackHost(strings.Trim(host, "[]")) {
				w.Header().Set("Cache-Control", "no-store")
				http.Error(w, "This server does not answer for that host name.", http.StatusMisdirectedRequest)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// proxies are the networks whose X-Forwarded-For is believed.
type proxies []netip.Prefix

func parseProxies(list []string) (proxies, error) {
	var out proxies
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			ip, ipErr := netip.ParseAddr(s)
			if ipErr != nil {
				return nil, usageError(fmt.Sprintf("--trusted-proxy %s is neither an address nor a network such as 10.0.0.0/8.", s))
			}
			p = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func (p proxies) trusts(ip netip.Addr) bool {
	for _, n := range p {
		if n.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// client returns the address of the client: of the connection, or, behind
// trusted proxies, the nearest one in X-Forwarded-For that is none of them.
func (p proxies) client(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := ap.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = next.Unmap()
	}
	return ip
}
