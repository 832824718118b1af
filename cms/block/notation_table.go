package block

import (
	"strconv"
	"strings"
)

// The written notation of a table: a line is a row, bars stand around cells.
//
//	| Country | Since |
//	| Belgium | 1992  |
//	| {colspan=2} {{section_count}} sections |
//
// The outer bars may be left out. In a cell {br} is a line break and {p} begins a
// paragraph; {colspan=2}, {rowspan=2} or {colspan=2 rowspan=3} at its start make
// it span. A bar as text is "\|". Empty lines mean nothing.

func printTable(rows []Node) string {
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteByte('|')
		for j := range rows[i].Content {
			c := &rows[i].Content[j]
			b.WriteByte(' ')
			var spans []string
			for _, name := range []string{"colspan", "rowspan"} {
				if n := c.num(name); n > 1 {
					spans = append(spans, name+"="+strconv.Itoa(n))
				}
			}
			if spans != nil {
				b.WriteString("{" + strings.Join(spans, " ") + "} ")
			}
			for k := range c.Content {
				if k > 0 {
					b.WriteString(" {p} ")
				}
				b.WriteString(printInline(c.Content[k].Content, true))
			}
			b.WriteString(" |")
		}
	}
	return b.String()
}

func parseTable(s string) ([]Node, error) {
	var rows []Node
	for i, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		line = strings.Trim(strings.ReplaceAll(line, "\t", " "), " ")
		if line == "" {
			continue
		}
		line = strings.TrimPrefix(line, "|")
		cells := splitUnescaped(line, "|")
		if last := len(cells) - 1; last > 0 && strings.Trim(cells[last], " ") == "" {
			cells = cells[:last]
		}
		row := Node{Type: "table_row"}
		for _, cell := range cells {
			c, err := parseCell(strings.Trim(cell, " "))
			if err != nil {
				return nil, atLine(err, i+1)
			}
			row.Content = append(row.Content, c)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func parseCell(s string) (Node, error) {
	cell := Node{Type: "table_cell"}
	if strings.HasPrefix(s, "{colspan=") || strings.HasPrefix(s, "{rowspan=") {
		spans, rest, ok := strings.Cut(s[1:], "}")
		attrs := map[string]any{}
		for _, f := range strings.Fields(spans) {
			name, value, _ := strings.Cut(f, "=")
			n, err := strconv.Atoi(value)
			limit := MaxColumns
			if name == "rowspan" {
				limit = MaxRows
			}
			if err != nil || n < 1 || n > limit || name != "colspan" && name != "rowspan" {
				ok = false
				break
			}
			attrs[name] = n
		}
		if !ok {
			return cell, &InvalidError{[]Problem{{Code: "notation.span", Args: map[string]any{"near": clip(s, 24)}}}}
		}
		cell.Attrs, s = attrs, rest
	}
	for _, p := range splitUnescaped(s, "{p}") {
		inline, err := ParseInline(strings.Trim(p, " "))
		if err != nil {
			return cell, err
		}
		cell.Content = append(cell.Content, Node{Type: "paragraph", Content: inline})
	}
	return cell, nil
}

// splitUnescaped splits at sep where no backslash stands before it.
func splitUnescaped(s, sep string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && isPunct(s[i+1]) {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], sep) {
			out = append(out, s[start:i])
			i += len(sep) - 1
			start = i + 1
		}
	}
	return append(out, s[start:])
}
