package shaders

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
)

// unrolled is source with its repetitions written out. Compilers of CPU adapters keep
// a local array that a loop indexes in memory, so a tile needs a name for every
// register.
//
//	#for r R
//	  let x${r} = x[row + ${r}u];
//	#end
//
// becomes as many lines as sizes["R"] says, with r = 0, 1, ...; a plain number may
// stand in its place, and repetitions may hold others. Elsewhere ${R} is the size
// itself, ${T} the text words["T"][0], and ${T r} the text words["T"][r]. A line
// "#use T" stands for the lines of the file T.wgsl.
func unrolled(sizes map[string]int, words map[string][]string, names ...string) func() string {
	return sync.OnceValue(func() string {
		u := unroller{words: words}
		u.all(text(names...), sizes)
		return u.String()
	})
}

type unroller struct {
	strings.Builder
	words map[string][]string
}

// all writes a whole text.
func (u *unroller) all(text string, sizes map[string]int) {
	for lines := strings.SplitAfter(text, "\n"); len(lines) > 0; {
		lines = lines[u.unroll(lines, sizes):]
	}
}

// unroll writes the first line, or the repetition that it begins, and returns how many
// lines that was.
func (u *unroller) unroll(lines []string, sizes map[string]int) int {
	head := strings.Fields(lines[0])
	switch {
	case len(head) > 0 && head[0] == "#use":
		u.all(text(head[1]), sizes)
		return 1
	case len(head) == 0 || head[0] != "#for":
		u.WriteString(u.filled(lines[0], sizes))
		return 1
	}
	name, count := head[1], sizes[head[2]]
	if n, err := strconv.Atoi(head[2]); err == nil {
		count = n
	}
	if count < 1 {
		panic(fmt.Sprintf("BUG: shaders: %q: want a positive size", lines[0]))
	}
	inner, used := maps.Clone(sizes), 0
	for inner[name] = range count {
		for used = 1; strings.TrimSpace(lines[used]) != "#end"; {
			used += u.unroll(lines[used:], inner)
		}
	}
	return used + 1
}

// filled replaces what stands in ${} in a line.
func (u *unroller) filled(line string, sizes map[string]int) string {
	for {
		before, rest, found := strings.Cut(line, "${")
		if !found {
			return line
		}
		key, after, _ := strings.Cut(rest, "}")
		name, index, _ := strings.Cut(key, " ")
		value := ""
		if n, known := sizes[name]; known {
			value = strconv.Itoa(n)
		} else if w := u.words[name]; sizes[index] < len(w) {
			value = w[sizes[index]]
		} else {
			panic(fmt.Sprintf("BUG: shaders: %q: ${%s} is not known", line, key))
		}
		line = before + value + after
	}
}
