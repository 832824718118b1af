package pagecache

import (
	"bytes"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// coding is a content coding that the cache can answer in. Larger is
// preferred where the client has no preference.
type coding uint8

const (
	identity coding = iota
	gzipped
	brotlied
	codings // how many there are
)

var (
	codingName  = [codings]string{"", "gzip", "br"}
	tagSuffix   = [codings]string{"", "-gzip", "-br"}
	acceptsOnly = accept{identity: 1}
)

// accept is a parsed Accept-Encoding: the weight of each coding in
// thousandths, 0 for refused. An identity that was not mentioned weighs 1,
// the least that is acceptable (RFC 9110 §12.5.3).
type accept [codings]uint16

// parseAccept reads the lines of Accept-Encoding. What browsers send is
// recognised as a whole.
func parseAccept(lines []string) accept {
	if len(lines) == 0 {
		return acceptsOnly
	}
	if len(lines) == 1 {
		switch lines[0] {
		case "":
			return acceptsOnly
		case "gzip, deflate, br, zstd", "gzip, deflate, br", "gzip, br", "br, gzip":
			return accept{identity: 1, gzipped: 1000, brotlied: 1000}
		case "gzip", "gzip, deflate":
			return accept{identity: 1, gzipped: 1000}
		case "br":
			return accept{identity: 1, brotlied: 1000}
		}
	}
	var a accept
	var named [codings]bool
	var rest uint16
	star := false
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(item, ";")
			q, ok := quality(params)
			if !ok {
				continue
			}
			var c coding
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "br":
				c = brotlied
			case "gzip", "x-gzip":
				c = gzipped
			case "identity":
				c = identity
			case "*":
				rest, star = q, true
				continue
			default:
				continue
			}
			a[c], named[c] = q, true
		}
	}
	for c := range a {
		switch {
		case named[c]:
		case star:
			a[c] = rest
		case coding(c) == identity:
			a[c] = 1
		}
	}
	return a
}

// quality reads the parameters of one coding. A malformed weight makes the
// coding count as not mentioned: guessing could hand somebody bytes that it
// cannot read.
func quality(params string) (uint16, bool) {
	for p := range strings.SplitSeq(params, ";") {
		name, value, found := strings.Cut(p, "=")
		if name = strings.TrimSpace(name); !strings.EqualFold(name, "q") {
			continue
		}
		value = strings.TrimSpace(value)
		if !found || value == "" || len(value) > 5 || (value[0] != '0' && value[0] != '1') {
			return 0, false
		}
		q := uint16(value[0]-'0') * 1000
		if len(value) > 1 {
			if value[1] != '.' {
				return 0, false
			}
			unit := uint16(100)
			for i := 2; i < len(value); i++ {
				if value[i] < '0' || value[i] > '9' {
					return 0, false
				}
				q += uint16(value[i]-'0') * unit
				unit /= 10
			}
		}
		if q > 1000 {
			return 0, false
		}
		return q, true
	}
	return 1000, true
}

// order returns the codings from most to least welcome, refused ones last.
func (a accept) order() [codings]coding {
	o := [codings]coding{brotlied, gzipped, identity}
	for i := 1; i < len(o); i++ { // insertion keeps our preference among equals
		for j := i; j > 0 && a[o[j]] > a[o[j-1]]; j-- {
			o[j], o[j-1] = o[j-1], o[j]
		}
	}
	return o
}

// minCompress is the size in bytes below which compressing saves no packet.
const minCompress = 1 << 10

// compressible reports whether bytes of this media type get smaller.
func compressible(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.ToLower(strings.TrimSpace(t))
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "+json") || strings.HasSuffix(t, "+xml") ||
		t == "application/json" || t == "application/xml" || t == "application/javascript" || t == "image/svg+xml"
}

// Levels at which 40 kB of text take 1.5 and 3.5 ms. Brotli 9 takes ten times
// as long for another 0.2 per cent.
const (
	gzipLevel   = 6
	brotliLevel = 5
)

// compress returns body in the coding.
func compress(body []byte, c coding) []byte {
	var buf bytes.Buffer
	switch c {
	case gzipped:
		w, _ := gzip.NewWriterLevel(&buf, gzipLevel) // fails for an unknown level only
		w.Write(body)                                // a bytes.Buffer takes everything
		w.Close()
	case brotlied:
		w := brotli.NewWriterLevel(&buf, brotliLevel)
		w.Write(body)
		w.Close()
	default:
		return body
	}
	return bytes.Clone(buf.Bytes())
}
