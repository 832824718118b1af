package weblint

import (
	"slices"
	"testing"
)

func TestCheckCSS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sheet string
		want  []string
	}{
		{"p{margin-inline-start:1rem;text-align:start}", nil},
		{"p{margin-block:0;inset-inline-end:0;float:inline-start;border-start-end-radius:1px}", nil},
		{".left{color:red} a:hover .right{margin:0} p{background:linear-gradient(to right,#000,#fff)}", nil},
		{"/* left: 0; */ p{color:red}", nil},
		{"p{background:url(/static/a.svg)}", nil},
		{"p{margin-left:1rem}", []string{"physical"}},
		{"p{padding-right :1rem}", []string{"physical"}},
		{"p{border-left-width:1px}", []string{"physical"}},
		{"p{border-top-left-radius:1px}", []string{"physical"}},
		{"p{position:absolute;left:0;right:0}", []string{"physical"}},
		{"p{\n\tright: 0\n}", []string{"physical"}},
		{"p{text-align: RIGHT}", []string{"physical"}},
		{"p{float:left}", []string{"physical"}},
		{"@import 'a.css';", []string{"elsewhere"}},
		{"p{background:url( '//cdn.example/a.png')}", []string{"elsewhere"}},
	} {
		if got := rules(CheckCSS([]byte(tt.sheet))); !slices.Equal(got, tt.want) {
			t.Errorf("%s: found %q, want %q", tt.sheet, got, tt.want)
		}
	}
	if got := CheckCSS([]byte("/* a\nb */\np{left:0}")); len(got) != 1 || got[0].Line != 3 {
		t.Errorf("found %v, want one on line 3", got)
	}
}
