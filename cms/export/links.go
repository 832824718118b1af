package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
)

// found is a file's content with the links in it.
type found struct {
	body  []byte
	links []place
}

// add notes a link once.
func (f *found) add(p place, seen map[string]bool) {
	if !seen[p.address] {
		seen[p.address] = true
		f.links = append(f.links, p)
	}
}

// linkAttributes hold an address. content does in the head, where it is
// absolute.
var linkAttributes = map[string]bool{"href": true, "src": true, "action": true, "content": true, "poster": true, "srcset": true}

var (
	ldStart = []byte(`<script type="application/ld+json">`)
	ldEnd   = []byte(`</script>`)
)

// page rewrites the links of a page, and those of its description for search
// engines. It looks for attributes as all our templates and blocks write them,
// in double quotes, which are escaped wherever else they stand. about says that
// the page explains the JSON: its examples lead nowhere.
func (l layout) page(body []byte, about bool) (found, error) {
	f := found{body: make([]byte, 0, len(body)+256)}
	seen := map[string]bool{}
	head, rest, described := bytes.Cut(body, ldStart)
	l.attributes(&f, head, about, seen)
	if !described {
		return f, nil
	}
	text, rest, ended := bytes.Cut(rest, ldEnd)
	if !ended {
		return f, errors.New("a script without an end")
	}
	part, err := l.document(text)
	if err != nil {
		return f, err
	}
	f.body = append(append(append(f.body, ldStart...), part.body...), ldEnd...)
	l.attributes(&f, rest, about, seen)
	return f, nil
}

// attributes appends a part of a page to f, with its links.
func (l layout) attributes(f *found, rest []byte, about bool, seen map[string]bool) {
	for {
		i := bytes.Index(rest, []byte(`="`))
		if i < 0 {
			f.body = append(f.body, rest...)
			return
		}
		name := rest[:i]
		name = name[bytes.LastIndexAny(name, " \t\n<>\"'=")+1:]
		f.body, rest = append(f.body, rest[:i+2]...), rest[i+2:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 || !linkAttributes[string(name)] {
			continue
		}
		value := html.UnescapeString(string(rest[:end]))
		if string(name) == "srcset" {
			for candidate := range strings.SplitSeq(value, ",") {
				ref, _, _ := strings.Cut(strings.TrimSpace(candidate), " ")
				if _, p, ok := l.rewrite(ref); ok {
					f.add(p, seen)
				}
			}
			continue
		}
		if string(name) == "content" && !strings.HasPrefix(value, l.base) {
			continue
		}
		to, p, ok := l.rewrite(value)
		if !ok || about && strings.HasPrefix(p.address, l.data) {
			continue
		}
		f.add(p, seen)
		if to != value {
			f.body, rest = append(f.body, html.EscapeString(to)...), rest[end:]
		}
	}
}

// opaque are the members of JSON that are left as they are, with all that is
// in them: the words and values of an edition, over which its hash is, and what
// search engines are told in words.
var opaque = map[string]bool{
	"body": true, "fields": true, "facts": true, "title": true, "summary": true,
	"name": true, "headline": true, "description": true,
}

// document rewrites the strings of JSON that are addresses of the site.
func (l layout) document(body []byte) (found, error) {
	f := found{}
	seen := map[string]bool{}
	d := json.NewDecoder(bytes.NewReader(body))
	done := 0
	var in []json.Delim
	key := false // the next string is the name of a member
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return f, fmt.Errorf("read JSON: %w", err)
		}
		switch t := t.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				in = append(in, t)
			} else {
				in = in[:len(in)-1]
			}
		case string:
			if key {
				key = false
				if opaque[t] {
					var skipped json.RawMessage
					if err := d.Decode(&skipped); err != nil {
						return f, fmt.Errorf("read JSON: %w", err)
					}
					break
				}
				continue // its value comes next
			}
			if !strings.HasPrefix(t, l.base) {
				break
			}
			to, p, ok := l.rewrite(t)
			if !ok {
				break
			}
			f.add(p, seen)
			if to != t {
				end := int(d.InputOffset()) - 1 // the closing quote
				start := bytes.LastIndexByte(body[:end], '"') + 1
				f.body = append(append(f.body, body[done:start]...), to...)
				done = end
			}
		}
		key = len(in) > 0 && in[len(in)-1] == '{'
	}
	f.body = append(f.body, body[done:]...)
	return f, nil
}

// sitemap returns the addresses that a sitemap lists.
func (l layout) sitemap(body []byte) found {
	f := found{body: body}
	seen := map[string]bool{}
	for _, part := range bytes.Split(body, []byte("<loc>"))[1:] {
		loc, _, _ := bytes.Cut(part, []byte("</loc>"))
		if _, p, ok := l.rewrite(html.UnescapeString(string(loc))); ok {
			f.add(p, seen)
		}
	}
	return f
}
