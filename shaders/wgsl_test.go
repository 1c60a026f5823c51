package shaders

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"
)

// The parts of a WGSL text that a descriptor speaks of. Comments are cut first.
var (
	commentRE   = regexp.MustCompile(`//[^\n]*`)
	storageRE   = regexp.MustCompile(`@group\((\d+)\)\s*@binding\((\d+)\)\s*var<storage(?:,\s*(\w+))?>\s*(\w+)\s*:\s*array<(.+?)>;`)
	uniformRE   = regexp.MustCompile(`@group\((\d+)\)\s*@binding\((\d+)\)\s*var<uniform>\s*\w+\s*:\s*(\w+);`)
	bindingRE   = regexp.MustCompile(`@binding\(`)
	structRE    = regexp.MustCompile(`struct\s+(\w+)\s*\{([^}]*)\}`)
	workgroupRE = regexp.MustCompile(`@workgroup_size\(([^)]*)\)`)
	sharedRE    = regexp.MustCompile(`var<workgroup>\s*\w+\s*:\s*(.+?);`)
	constRE     = regexp.MustCompile(`(?m)^const\s+(\w+)\s*(?::\s*\w+)?\s*=\s*([^;]+);`)
	aliasRE     = regexp.MustCompile(`alias\s+(\w+)\s*=\s*([^;]+);`)
	sizeRE      = regexp.MustCompile(`_\d+x\d+$`)
	spreadRE    = regexp.MustCompile(`(\w+)\.y\s*\*\s*(\w+)\.x(?:\s*\*\s*(\d+)u?)?`)
)

// resolved is a type, what it is another name for, or an array in place of a struct of floats.
func resolved(text, t string) string {
	for _, a := range aliasRE.FindAllStringSubmatch(text, -1) {
		if a[1] == t {
			return a[2]
		}
	}
	total := 0
	for _, f := range fields(text, t) {
		_, member, _ := strings.Cut(f, ": ")
		scalar, words := elementType(member)
		if scalar != "f32" {
			return t
		}
		total += words
	}
	if total > 0 {
		return fmt.Sprintf("array<f32, %d>", total)
	}
	return t
}

// elementType splits "vec4f" into f32 and 4; 0 words for a type it does not know.
func elementType(t string) (scalar string, words int) {
	if inner, ok := strings.CutPrefix(t, "array<"); ok {
		element, count, _ := strings.Cut(strings.TrimSuffix(inner, ">"), ",")
		n, _ := strconv.Atoi(strings.TrimSpace(count))
		scalar, words = elementType(element)
		return scalar, words * n
	}
	t = strings.NewReplacer(" ", "", "atomic<", "", "<", "", ">", "").Replace(t)
	lanes := 1
	switch {
	case strings.HasPrefix(t, "vec") && len(t) > 4:
		lanes, t = int(t[3]-'0'), t[4:]
	case strings.HasPrefix(t, "mat") && len(t) > 6: // columns x rows
		lanes, t = int(t[3]-'0')*int(t[5]-'0'), t[6:]
	}
	switch t {
	case "f", "f32":
		return "f32", lanes
	case "u", "u32":
		return "u32", lanes
	case "i", "i32":
		return "i32", lanes
	}
	return t, 0
}

// byteSize is the size of a WGSL type: scalars, vectors, arrays of them; 0 where unknown.
func byteSize(text, t string) int {
	if inner, ok := strings.CutPrefix(t, "array<"); ok {
		inner = strings.TrimSuffix(inner, ">")
		comma := strings.LastIndex(inner, ",")
		if comma < 0 {
			return 0
		}
		return byteSize(text, strings.TrimSpace(inner[:comma])) * int(value(text, strings.TrimSpace(inner[comma+1:])))
	}
	_, words := elementType(t)
	if words == 3 {
		words = 4 // vec3 is aligned like vec4
	}
	return words * 4
}

var unsignedRE = regexp.MustCompile(`\b(\d+)u\b`)

// value computes a constant WGSL expression of numbers and the file's constants; -1 where it cannot.
func value(text, expr string) int64 {
	for range 4 { // constants of constants
		for _, c := range constRE.FindAllStringSubmatch(text, -1) {
			expr = regexp.MustCompile(`\b`+c[1]+`\b`).ReplaceAllLiteralString(expr, "("+c[2]+")")
		}
	}
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, unsignedRE.ReplaceAllString(expr, "$1"))
	if err != nil || tv.Value == nil {
		return -1
	}
	n, ok := constant.Int64Val(constant.ToInt(tv.Value))
	if !ok {
		return -1
	}
	return n
}

// fields are the members of a struct, "name: type", in order.
func fields(text, name string) []string {
	for _, s := range structRE.FindAllStringSubmatch(text, -1) {
		if s[1] != name {
			continue
		}
		var out []string
		for f := range strings.SplitSeq(s[2], ",") {
			if f = strings.Join(strings.Fields(f), " "); f != "" {
				out = append(out, strings.ReplaceAll(f, " :", ":"))
			}
		}
		return out
	}
	return nil
}
