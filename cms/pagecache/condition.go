package pagecache

import "strings"

// matchTag looks for one of the tags of e among the lines of an If-None-Match
// header, by weak comparison (RFC 9110 §13.1.2). It returns the coding whose
// tag matched, or star for "*", which every representation matches. A tag of a
// coding that the client refuses now does not match.
//
// If-Modified-Since is not looked at: its second is longer than the time
// between two publishes, and a reader could be told that a page is unchanged
// although it is not.
func (e *entry) matchTag(lines []string, a accept) (c coding, star, ok bool) {
	for _, line := range lines {
		for line != "" {
			var tag string
			if tag, line = nextTag(line); tag == "*" {
				return 0, true, true
			}
			for c := range e.tags {
				if e.tags[c] == tag && a[c] > 0 {
					return coding(c), false, true
				}
			}
		}
	}
	return 0, false, false
}

// nextTag cuts the first entity tag off a list, without its weakness mark. A
// comma inside the quotes belongs to the tag.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimLeft(list, " \t,")
	list = strings.TrimPrefix(list, "W/")
	if strings.HasPrefix(list, `"`) {
		if end := strings.IndexByte(list[1:], '"'); end >= 0 {
			return list[:end+2], list[end+2:]
		}
		return "", ""
	}
	tag, rest, _ = strings.Cut(list, ",")
	return strings.TrimSpace(tag), rest
}
