package shaders

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.wgsl
var files embed.FS

// source is a kernel's text: the named WGSL files, one after the other. Functions that
// several kernels use (gelu, regroup) stand in files of their own. Parts and repetitions
// are written out as unrolled has them.
func source(names ...string) func() string {
	return unrolled(map[string]int{}, nil, names...)
}

// text reads files.
func text(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		text, err := files.ReadFile(n + ".wgsl")
		if err != nil {
			panic("BUG: shaders: " + err.Error())
		}
		b.Write(text)
	}
	return b.String()
}

// multiples checks that parameters are positive multiples of m.
func multiples(a Args, m int, names ...string) error {
	for _, n := range names {
		if a[n] <= 0 || a[n]%m != 0 {
			return fmt.Errorf("%s = %d: want a positive multiple of %d", n, a[n], m)
		}
	}
	return nil
}

// read, write and table declare the common kinds of buffers.
func read(name string, n func(Args) int) Buffer  { return Buffer{Name: name, Mode: Read, Len: n} }
func write(name string, n func(Args) int) Buffer { return Buffer{Name: name, Mode: Write, Len: n} }
func accum(name string, n func(Args) int) Buffer { return Buffer{Name: name, Mode: Accum, Len: n} }
func update(name string, n func(Args) int) Buffer {
	return Buffer{Name: name, Mode: Update, Len: n}
}

// positive marks a buffer that holds no negative value.
func positive(b Buffer) Buffer {
	b.Positive = true
	return b
}

func table(name string, n func(Args) int) Buffer {
	return Buffer{Name: name, Mode: Read, Type: U32, Len: n}
}

// product returns the length that is the product of parameters.
func product(names ...string) func(Args) int {
	return func(a Args) int {
		n := 1
		for _, name := range names {
			n *= a[name]
		}
		return n
	}
}
