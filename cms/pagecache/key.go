package pagecache

import (
	"context"
	"hash/maphash"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// key names a response independently of Host and generation.
type key struct {
	path    string // decoded, as handlers see it
	query   string // declared parameters, sorted by name and re-encoded
	raw     string // the path as written where that is not the usual encoding
	variant string // what Options.Vary returned
}

var seed = maphash.MakeSeed()

// hash chooses the shard.
func (k *key) hash() uint64 {
	h := maphash.String(seed, k.path)
	if k.query != "" {
		h = h*31 + maphash.String(seed, k.query)
	}
	return h
}

func (k *key) size() int {
	return len(k.path) + len(k.query) + len(k.raw) + len(k.variant)
}

// key returns the key of a request, or false when it must go to the handler
// as it is because it carries parameters nobody declared.
func (c *Cache) key(r *http.Request) (key, bool) {
	// /a%2Fb and /a/b are one path after decoding but may be two resources to
	// a mux, so the spelling is kept where it matters.
	k := key{path: r.URL.Path, raw: r.URL.RawPath}
	if r.URL.RawQuery != "" {
		query, ok := c.canonicalQuery(r.URL)
		if !ok {
			return key{}, false
		}
		k.query = query
	}
	if c.opt.Vary != nil {
		k.variant = c.opt.Vary(r)
	}
	return k, true
}

// canonicalQuery returns the declared parameters of u in one order and one
// encoding. It returns false when there are others and the path does not have
// them stripped.
func (c *Cache) canonicalQuery(u *url.URL) (string, bool) {
	var declared []string
	if c.opt.Params != nil {
		declared = c.opt.Params(u.Path)
	}
	if isCanonical(u.RawQuery, declared) {
		return u.RawQuery, true
	}
	strip := c.opt.StripUnknown != nil && c.opt.StripUnknown(u.Path)
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil && !strip {
		return "", false
	}
	for name := range values {
		if slices.Contains(declared, name) {
			continue
		}
		if !strip {
			return "", false
		}
		delete(values, name)
	}
	// Encode sorts by name. Values of a repeated name stay in their order,
	// which means something to a handler that takes the first.
	return values.Encode(), true
}

// isCanonical reports whether a query is what canonicalQuery would make of it,
// as most are: declared names in order, each once, with values that need no
// escapes.
func isCanonical(query string, declared []string) bool {
	last := ""
	for query != "" {
		pair, rest, more := strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		if name <= last || len(name) == len(pair) || !plainText(name) || !plainText(value) || !slices.Contains(declared, name) || more && rest == "" {
			return false
		}
		last, query = name, rest
	}
	return true
}

// plainText reports whether all of s stands for itself in a query.
func plainText(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~':
		default:
			return false
		}
	}
	return true
}

// request returns what the handler may see of r when its response is meant
// for everybody who asks for k.
func (c *Cache) request(ctx context.Context, r *http.Request, k key) *http.Request {
	shown := r.WithContext(ctx) // keeps route patterns and path values of an outer mux
	shown.Method = http.MethodGet
	shown.URL = &url.URL{Path: k.path, RawPath: k.raw, RawQuery: k.query}
	shown.RequestURI = shown.URL.RequestURI()
	shown.Host = ""
	shown.Header = make(http.Header, len(c.opt.KeepHeaders))
	for _, name := range c.opt.KeepHeaders {
		if v := r.Header[name]; v != nil {
			shown.Header[name] = slices.Clone(v)
		}
	}
	shown.Body = http.NoBody
	shown.ContentLength = 0
	shown.TransferEncoding = nil
	shown.Trailer = nil
	shown.Form, shown.PostForm, shown.MultipartForm = nil, nil, nil
	return shown
}

// headerHas reports whether a comma-separated header holds the token, in any
// case and with or without "=value".
func headerHas(values []string, token string) bool {
	for _, v := range values {
		for item := range strings.SplitSeq(v, ",") {
			name, _, _ := strings.Cut(item, "=")
			if strings.EqualFold(strings.TrimSpace(name), token) {
				return true
			}
		}
	}
	return false
}
