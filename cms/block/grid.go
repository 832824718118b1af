package block

// grid places the cells of a table: place is called for every cell with its row,
// its number in the row, and the columns from start to end (exclusive) it takes.
// It returns for every row the column after the last one taken by its own cells
// or by cells reaching down from above.
func grid(rows []Node, place func(row, cell, start, end int)) []int {
	var open []int // per column: how many more rows a cell from above covers
	ends := make([]int, len(rows))
	for r := range rows {
		col := 0
		for c := range rows[r].Content {
			cell := &rows[r].Content[c]
			for col < len(open) && open[col] > 0 {
				col++
			}
			start := col
			span, down := max(1, cell.num("colspan")), max(1, cell.num("rowspan"))
			// What is out of bounds is refused elsewhere; here it must not cost
			// memory.
			end := start + min(span, MaxColumns+1)
			if end > 4*MaxColumns {
				end = 4 * MaxColumns
			}
			for ; col < end; col++ {
				for col >= len(open) {
					open = append(open, 0)
				}
				open[col] = max(open[col], min(down, MaxRows))
			}
			place(r, c, start, max(start, end))
		}
		for i := range open {
			if open[i] > 0 {
				ends[r] = i + 1
				open[i]--
			}
		}
	}
	return ends
}
