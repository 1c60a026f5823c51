package gpu

import (
	"fmt"
	"strings"
)

// compileError is what a WGSL compiler complains of.
type compileError struct {
	line int // from 1; 0 where the compiler names none
	text string
}

func (e *compileError) Error() string { return e.text }

// excerpt shows a line of a kernel with two lines of context, "" for line 0.
func excerpt(source string, line int) string {
	lines := strings.Split(source, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	for i := max(1, line-2); i <= min(len(lines), line+2); i++ {
		mark := "  "
		if i == line {
			mark = "> "
		}
		fmt.Fprintf(&b, "\n%s%4d | %s", mark, i, lines[i-1])
	}
	return b.String()
}
