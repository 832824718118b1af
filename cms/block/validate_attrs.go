package block

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// attrs checks a set of attributes. draft tells that required ones may still be
// missing: those of blocks, which Checks looks at.
func (v *validator) attrs(attrs map[string]any, specs []Attr, draft bool) {
	if len(attrs) == 0 && draft {
		return
	}
	v.push("attrs")
	v.object(attrs, specs, draft, draft)
	v.pop()
}

// object checks the attributes of a node or mark, or an object within them.
// anyID: editors give every paragraph an id, also those inside a quote; Normalize
// drops it there.
func (v *validator) object(attrs map[string]any, specs []Attr, draft, anyID bool) {
	known := 0
	for i := range specs {
		a := &specs[i]
		val, ok := attrs[a.Name]
		if ok {
			known++
		}
		if val == nil || val == "" {
			if a.Required && !draft {
				v.problem("key.missing", "key", a.Name)
			}
			continue
		}
		v.push(a.Name)
		if got, changed := v.value(a, val, draft); changed {
			attrs[a.Name] = got
		}
		v.pop()
	}
	if known == len(attrs) {
		return
	}
	var unknown []string
	for name := range attrs {
		if !(anyID && name == "id") && !slices.ContainsFunc(specs, func(a Attr) bool { return a.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		v.at(name, func() { v.problem("key.unknown", "key", clip(name, 40)) })
	}
}

// value checks one value and returns it in its Go type; changed tells that this
// is another one than val.
func (v *validator) value(a *Attr, val any, draft bool) (got any, changed bool) {
	switch a.Type {
	case TypeBool:
		if _, ok := val.(bool); !ok {
			v.problem("type.boolean")
		}
		return nil, false
	case TypeInt:
		n, ok := wholeNumber(val)
		if !ok {
			v.problem("type.number")
			return nil, false
		}
		if n < a.Min || a.Max > 0 && n > a.Max {
			v.problem("number.range", "min", a.Min, "max", a.Max)
		}
		_, isInt := val.(int)
		return n, !isInt
	case TypeInline:
		return v.inlineValue(a, val)
	case TypeChoices:
		list, ok := anyList(val)
		if !ok {
			v.problem("type.list")
			return nil, false
		}
		for i, e := range list {
			if s, ok := e.(string); !ok || !slices.Contains(a.Choices, s) {
				v.at(strconv.Itoa(i), func() { v.problem("choice", "choices", strings.Join(a.Choices, ", ")) })
			}
		}
		return list, true
	case TypeList:
		return v.listValue(a, val, draft)
	case TypeObject:
		m, ok := val.(map[string]any)
		if !ok {
			v.problem("type.object")
			return nil, false
		}
		v.object(m, a.Of, draft, false)
		return nil, false
	}
	s, ok := val.(string)
	if !ok {
		v.problem("type.text")
		return nil, false
	}
	if code, args := checkString(a, s); code != "" {
		v.problem(code, args...)
	}
	return nil, false
}

func (v *validator) inlineValue(a *Attr, val any) (any, bool) {
	nodes, ok := val.([]Node)
	if !ok {
		list, ok := anyList(val)
		if !ok {
			v.problem("type.list")
			return nil, false
		}
		nodes = v.nodesOf(list)
	}
	v.inline(nodes, true, a.Name)
	if n := inlineLength(nodes); a.Max > 0 && n > a.Max {
		v.problem("text.long", "max", a.Max)
	}
	return nodes, true
}

// nodesOf turns plain JSON values into inline nodes.
func (v *validator) nodesOf(list []any) []Node {
	nodes := make([]Node, 0, len(list))
	for i, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			v.at(strconv.Itoa(i), func() { v.problem("type.object") })
			continue
		}
		n, bad := nodeOf(m)
		if bad != "" {
			v.push(strconv.Itoa(i))
			v.at(bad, func() { v.problem("key.unknown", "key", clip(bad, 40)) })
			v.pop()
			continue
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// nodeOf returns the first key it cannot make sense of, or "".
func nodeOf(m map[string]any) (n Node, bad string) {
	for _, key := range sortedKeys(m) {
		ok := false
		switch val := m[key]; key {
		case "type":
			n.Type, ok = val.(string)
		case "text":
			n.Text, ok = val.(string)
		case "attrs":
			n.Attrs, ok = val.(map[string]any)
		case "marks":
			var list []any
			if list, ok = val.([]any); ok {
				for _, e := range list {
					mm, _ := e.(map[string]any)
					var mark Mark
					if mm == nil {
						return n, "marks"
					}
					for k, mv := range mm {
						known := false
						switch k {
						case "type":
							mark.Type, known = mv.(string)
						case "attrs":
							mark.Attrs, known = mv.(map[string]any)
						}
						if !known {
							return n, "marks"
						}
					}
					n.Marks = append(n.Marks, mark)
				}
			}
		}
		if !ok {
			return n, key
		}
	}
	return n, ""
}

func (v *validator) listValue(a *Attr, val any, draft bool) (any, bool) {
	list, ok := anyList(val)
	if !ok {
		v.problem("type.list")
		return nil, false
	}
	if a.Max > 0 && len(list) > a.Max {
		v.problem("list.long", "max", a.Max)
		return nil, false
	}
	for i, e := range list {
		v.push(strconv.Itoa(i))
		if a.Of != nil {
			if m, ok := e.(map[string]any); ok {
				v.object(m, a.Of, draft, false)
			} else {
				v.problem("type.object")
			}
		} else if s, ok := e.(string); !ok {
			v.problem("type.text")
		} else if code, args := checkString(&Attr{Type: a.Item, Kinds: a.Kinds}, s); code != "" {
			v.problem(code, args...)
		}
		v.pop()
	}
	return list, true
}

// checkString returns the code of what is wrong with a value that is a string,
// "" if nothing is.
func checkString(a *Attr, s string) (code string, args []any) {
	limit := a.Max
	if limit == 0 {
		limit = maxURL
	}
	if utf8.RuneCountInString(s) > limit {
		return "text.long", []any{"max", limit}
	}
	ok := true
	switch a.Type {
	case "id":
		ok = ValidID(s)
	case TypeChoice:
		if !slices.Contains(a.Choices, s) {
			return "choice", []any{"choices", strings.Join(a.Choices, ", ")}
		}
	case TypeURL:
		ok = SafeURL(s)
	case TypeMedia, TypeRef:
		kind, _, valid := splitRef(s)
		kinds := a.Kinds
		if a.Type == TypeMedia {
			kinds = []string{"media"}
		}
		if !valid || !slices.Contains(kinds, kind) {
			return "ref", []any{"kinds", strings.Join(kinds, ", ")}
		}
	case TypeTarget:
		if _, anchor, isRef := splitTarget(s); isRef {
			ok = anchor == "" && !strings.Contains(s, "#") || validAnchor(anchor)
		} else {
			ok = SafeURL(s)
		}
	case TypeLang:
		ok = validLang(s)
	case TypeDate:
		ok = validDate(s)
	case TypeEmail:
		ok = validEmail(s)
	case TypePhone:
		ok = validPhone(s)
	case TypeSlug:
		ok = validSlug(s)
	case TypeTerm:
		ok = validTerm(s)
	}
	if !ok {
		return string(a.Type), nil
	}
	return "", nil
}

// anyList accepts the spellings of a list that Go code uses.
func anyList(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out, true
	case []map[string]any:
		out := make([]any, len(v))
		for i, m := range v {
			out[i] = m
		}
		return out, true
	}
	return nil, false
}

func wholeNumber(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case float64:
		return int(v), v == float64(int(v))
	}
	return 0, false
}

func inlineLength(nodes []Node) int {
	n := 0
	for _, c := range nodes {
		n += utf8.RuneCountInString(c.Text)
	}
	return n
}

// tableWidth is the number of columns of the widest row.
func tableWidth(rows []Node) int {
	width := 0
	grid(rows, func(_, _, _, end int) { width = max(width, end) })
	return width
}
