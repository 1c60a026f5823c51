package shaders

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// WebGPU's default limits; a device that offers no more must run every kernel.
const (
	maxStorageBuffers = 8
	maxInvocations    = 256
	maxWorkgroupBytes = 16 << 10
	maxWorkgroupSizeZ = 64
)

// mismatches lists where a kernel's WGSL differs from the op's descriptor.
func mismatches(op *Op, k *Kernel) []string {
	var out []string
	report := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	text := commentRE.ReplaceAllString(k.Source(), "")

	buffers := storageRE.FindAllStringSubmatch(text, -1)
	if len(buffers) != len(op.Buffers) {
		report("%d storage buffers, the descriptor has %d", len(buffers), len(op.Buffers))
	}
	if len(op.Buffers) > maxStorageBuffers {
		report("%d storage buffers: want at most %d", len(op.Buffers), maxStorageBuffers)
	}
	for i, b := range op.Buffers[:min(len(op.Buffers), len(buffers))] {
		group, number, access, name, element := buffers[i][1], buffers[i][2], buffers[i][3], buffers[i][4], resolved(text, buffers[i][5])
		if group != "0" || number != strconv.Itoa(i) {
			report("%s is group %s, binding %s: want 0 and %d", name, group, number, i)
		}
		if name != b.Name {
			report("binding %d is %s, the descriptor says %s", i, name, b.Name)
		}
		if want := map[bool]string{true: "read", false: "read_write"}[b.Mode == Read]; access != want {
			report("%s has access %q, want %q", name, access, want)
		}
		if scalar, _ := elementType(element); scalar != map[Type]string{F32: "f32", U32: "u32"}[b.Type] {
			report("%s holds %s, the descriptor says %v", name, element, b.Type)
		}
		for _, c := range op.Cases {
			if _, words := elementType(element); words > 0 && (k.Fits == nil || k.Fits(c.Args)) && b.Len(c.Args)%words != 0 {
				report("%s has %d words in case %v: %s drops the rest", name, b.Len(c.Args), c.Args, element)
			}
		}
	}

	uniforms := uniformRE.FindAllStringSubmatch(text, -1)
	if len(op.Params) > 0 && len(uniforms) != 1 || len(uniforms) > 1 {
		report("%d uniforms for %d parameters", len(uniforms), len(op.Params))
	}
	for _, u := range uniforms {
		if u[1] != "0" || u[2] != strconv.Itoa(len(op.Buffers)) {
			report("the uniform is group %s, binding %s: want 0 and %d", u[1], u[2], len(op.Buffers))
		}
		var want []string
		for _, p := range op.Params {
			want = append(want, p+": u32")
		}
		if got := fields(text, u[3]); !slices.Equal(got, want) {
			report("uniform fields %q, want %q", got, want)
		}
	}
	if n := len(bindingRE.FindAllString(text, -1)); n != len(buffers)+len(uniforms) {
		report("%d bindings, of which %d are storage buffers or uniforms", n, len(buffers)+len(uniforms))
	}

	out = append(out, workgroupMismatches(text, k)...)
	for _, c := range op.Cases {
		if k.Fits != nil && !k.Fits(c.Args) {
			continue
		}
		for _, n := range k.Grid(c.Args) {
			if n < 1 || n > maxGroups {
				report("grid %v of case %v: want 1 to %d", k.Grid(c.Args), c.Args, maxGroups)
			}
		}
	}
	return out
}

// workgroupMismatches holds the workgroup and its memory against descriptor and
// limits, and the index of a grid over x and y against the workgroup.
func workgroupMismatches(text string, k *Kernel) []string {
	var out []string
	report := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	sizes := workgroupRE.FindAllStringSubmatch(text, -1)
	if len(sizes) != 1 || strings.Count(text, "@compute") != 1 || !strings.Contains(text, "fn main(") {
		report("want one @compute function main with one @workgroup_size")
		return out
	}
	size := [3]int{1, 1, 1}
	for i, s := range strings.Split(sizes[0][1], ",") {
		size[i] = int(value(text, strings.TrimSpace(s)))
	}
	if size != k.Workgroup {
		report("workgroup %v, the descriptor says %v", size, k.Workgroup)
	}
	if n := size[0] * size[1] * size[2]; n < 1 || n > maxInvocations || size[2] > maxWorkgroupSizeZ {
		report("workgroup %v: want at most %d invocations", size, maxInvocations)
	}
	bytes := 0
	for _, m := range sharedRE.FindAllStringSubmatch(text, -1) {
		n := byteSize(text, m[1])
		if n <= 0 {
			report("workgroup memory of unknown type %s", m[1])
		}
		bytes += n
	}
	if bytes > maxWorkgroupBytes {
		report("%d bytes of workgroup memory: want at most %d", bytes, maxWorkgroupBytes)
	}
	if uses := strings.Contains(text, "var<workgroup>") || strings.Contains(text, "Barrier("); uses != k.Shared {
		report("workgroup memory or barriers are used: %t, the descriptor says %t", uses, k.Shared)
	}
	if uses := strings.Contains(text, "enable subgroups;"); uses != (k.Needs == Subgroups) {
		report("subgroups are used: %t, the descriptor says %q", uses, k.Needs)
	}
	// A grid beyond 65,535 workgroups goes on in y: see grid1.
	if strings.Contains(text, "num_workgroups") {
		m := spreadRE.FindStringSubmatch(text)
		want := strconv.Itoa(size[0])
		if strings.Contains(text, "workgroup_id") {
			want = ""
		}
		if m == nil || m[3] != want {
			report("index %q: want y * groups.x, times the workgroup's %d where invocations are counted", m, size[0])
		}
	}
	return out
}

func TestDescriptorsAgreeWithTheirWGSL(t *testing.T) {
	names := map[string]string{}
	for _, op := range All() {
		if op.Formula == "" || op.Class == "" || len(op.Cases) == 0 || len(op.Kernels) == 0 {
			t.Errorf("%s: want a formula, a class of tolerance, cases and kernels", op.Name)
		}
		if !slices.ContainsFunc(op.Buffers, func(b Buffer) bool { return b.Mode != Read }) {
			t.Errorf("%s writes nothing", op.Name)
		}
		for _, c := range op.Cases {
			if err := op.Validate(c.Args); err != nil {
				t.Errorf("case %v: %v", c.Args, err)
			}
			if len(op.Fit(c.Args, nil)) == 0 {
				t.Errorf("%s: case %v: no kernel fits a device without features", op.Name, c.Args)
			}
			for _, b := range op.Buffers {
				if n := len(c.Tables[b.Name]); b.Type == U32 && b.Mode == Read && n != b.Len(c.Args) {
					t.Errorf("%s: case %v: table %s has %d words, want %d", op.Name, c.Args, b.Name, n, b.Len(c.Args))
				}
			}
		}
		for i := range op.Kernels {
			k := &op.Kernels[i]
			if other := names[k.Name]; other != "" {
				t.Errorf("%s and %s both have a kernel %s: pipelines are kept by name", other, op.Name, k.Name)
			}
			names[k.Name] = op.Name
			for _, m := range mismatches(op, k) {
				t.Errorf("%s: %s", k.Name, m)
			}
		}
	}
}

// TestWrongDescriptorsAreSeen is the control: each wrong descriptor or text of a
// right op must be reported, with the words given.
func TestWrongDescriptorsAreSeen(t *testing.T) {
	source := func(old, new string) func(*Op) {
		return func(o *Op) {
			if !strings.Contains(o.Kernels[0].Source(), old) {
				t.Fatalf("%q is not in the source: the control changes nothing", old)
			}
			changed := strings.Replace(o.Kernels[0].Source(), old, new, 1)
			o.Kernels[0].Source = func() string { return changed }
		}
	}
	for _, c := range []struct {
		name   string
		change func(*Op)
		want   string
	}{
		{"nothing", func(*Op) {}, ""},
		{"a buffer less", func(o *Op) { o.Buffers = o.Buffers[:3] }, "4 storage buffers, the descriptor has 3"},
		{"a buffer more", func(o *Op) { o.Buffers = append(o.Buffers, write("z", product("n"))) }, "4 storage buffers, the descriptor has 5"},
		{"too many", func(o *Op) {
			for len(o.Buffers) < 9 {
				o.Buffers = append(o.Buffers, o.Buffers[0])
			}
		}, "9 storage buffers: want at most 8"},
		{"order", func(o *Op) { o.Buffers[0], o.Buffers[1] = o.Buffers[1], o.Buffers[0] }, "binding 0 is x, the descriptor says w"},
		{"mode", func(o *Op) { o.Buffers[2].Mode = Accum }, `bias has access "read", want "read_write"`},
		{"output read", func(o *Op) { o.Buffers[3].Mode = Read }, `y has access "read_write", want "read"`},
		{"type", func(o *Op) { o.Buffers[1].Type = U32 }, "w holds array<f32, 16>, the descriptor says 1"},
		{"length", func(o *Op) { o.Buffers[2].Len = func(Args) int { return 7 } }, "bias has 7 words"},
		{"binding number", source("@binding(1)", "@binding(7)"), "w is group 0, binding 7: want 0 and 1"},
		{"group", source("@group(0) @binding(2)", "@group(1) @binding(2)"), "bias is group 1, binding 2: want 0 and 2"},
		{"default access", source("var<storage, read> x", "var<storage> x"), `x has access "", want "read"`},
		{"a field's order", func(o *Op) { o.Params[0], o.Params[1] = o.Params[1], o.Params[0] }, "uniform fields"},
		{"a field's type", source("gelu: u32", "gelu: f32"), "uniform fields"},
		{"no uniform", source("var<uniform>", "var<private>"), "0 uniforms for 4 parameters"},
		{"the uniform's binding", source("@binding(4)", "@binding(5)"), "the uniform is group 0, binding 5: want 0 and 4"},
		{"another binding", source("@compute", "@group(0) @binding(9) var t: texture_2d<f32>;\n@compute"), "6 bindings, of which 5"},
		{"workgroup", func(o *Op) { o.Kernels[0].Workgroup[0] = 64 }, "workgroup [32 1 1], the descriptor says [64 1 1]"},
		{"large workgroup", source("@workgroup_size(32)", "@workgroup_size(32, 9)"), "workgroup [32 9 1]: want at most 256 invocations"},
		{"constant workgroup", source("@workgroup_size(32)", "@workgroup_size(W)"), "workgroup [-1 1 1]"},
		{"workgroup memory", source("@compute", "const N = 64u;\nvar<workgroup> a: array<array<vec4f, 17>, N * 1u>;\n@compute"), "17408 bytes of workgroup memory: want at most 16384"},
		{"odd memory", source("@compute", "var<workgroup> a: Params;\n@compute"), "workgroup memory of unknown type Params"},
		{"feature", func(o *Op) { o.Kernels[0].Needs = Subgroups }, `subgroups are used: false, the descriptor says "subgroups"`},
		{"shared", func(o *Op) { o.Kernels[0].Shared = true }, "workgroup memory or barriers are used: false, the descriptor says true"},
		{"index", source("gid.y * groups.x * 32u", "gid.y * groups.x * 64u"), "index"},
		{"no index in y", source("gid.x + gid.y * groups.x * 32u", "gid.x"), "index"},
		{"empty grid", func(o *Op) { o.Kernels[0].Grid = func(Args) [3]int { return [3]int{1, 0, 1} } }, "grid [1 0 1] of case"},
		{"large grid", func(o *Op) { o.Kernels[0].Grid = func(Args) [3]int { return [3]int{65536, 1, 1} } }, "grid [65536 1 1] of case"},
	} {
		op := *Linear
		op.Buffers, op.Params, op.Kernels = slices.Clone(op.Buffers), slices.Clone(op.Params), slices.DeleteFunc(slices.Clone(op.Kernels), func(k Kernel) bool { return k.Needs != "" })
		c.change(&op)
		got := mismatches(&op, &op.Kernels[0])
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.ContainsFunc(got, func(m string) bool { return strings.Contains(m, c.want) }) {
			t.Errorf("%s: reported %q, want %q", c.name, got, c.want)
		}
	}
}

// TestEveryFileIsAKernel: a kernel bears the name of its file, and no .wgsl lies idle.
func TestEveryFileIsAKernel(t *testing.T) {
	entries, err := files.ReadDir(".")
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	used := func(text string) bool {
		return slices.ContainsFunc(All(), func(o *Op) bool {
			return slices.ContainsFunc(o.Kernels, func(k Kernel) bool { return strings.Contains(k.Source(), text) })
		})
	}
	for _, e := range entries {
		text, err := fs.ReadFile(files, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		title, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n") // the rest may be unrolled
		if !used(title) {
			t.Errorf("%s is used by no kernel", e.Name())
		}
	}
	if used("fn nobody_has_written_this() {}") {
		t.Error("a text that is in no kernel counts as used")
	}
	for _, op := range All() {
		for _, k := range op.Kernels {
			text, err := files.ReadFile(k.Name + ".wgsl")
			if err != nil { // one of several sizes
				text, err = files.ReadFile(sizeRE.ReplaceAllString(k.Name, "") + ".wgsl")
			}
			title, _, _ := strings.Cut(string(text), "\n")
			if err != nil || !strings.Contains(k.Source(), title) {
				t.Errorf("kernel %s is not what its file holds (%v)", k.Name, err)
			}
		}
	}
}

// TestGrid1 covers every invocation within the limit of a dimension.
func TestGrid1(t *testing.T) {
	for _, w := range []int{1, 32, 64, 256} {
		for _, n := range []int{0, 1, w - 1, w, w + 1, maxGroups * w, maxGroups*w + 1, 3*maxGroups*w - 1, math.MaxInt32} {
			g := grid1(n, w)
			if g[0]*g[1]*g[2]*w < n || min(g[0], g[1], g[2]) < 1 || g[0] > maxGroups || n <= math.MaxInt32 && w >= 32 && g[1] > maxGroups {
				t.Errorf("grid1(%d, %d) = %v", n, w, g)
			}
			if extra := g[0]*g[1]*w - n; n > 0 && extra >= w*(g[1]+1) {
				t.Errorf("grid1(%d, %d) = %v starts %d invocations too many", n, w, g, extra)
			}
		}
	}
}

func TestValidateErrors(t *testing.T) {
	args := func(change func(Args)) Args {
		a := Args{"rows": 4, "k": 64, "n": 16, "slot_rows": 1, "groups": 1}
		change(a)
		return a
	}
	for want, a := range map[string]Args{
		`shaders: linear_grn: parameter "groups" is missing`:                    args(func(a Args) { delete(a, "groups") }),
		`shaders: linear_grn: parameter "rows" = -1 does not fit a u32`:         args(func(a Args) { a["rows"] = -1 }),
		`shaders: linear_grn: n = 12: want a positive multiple of 8`:            args(func(a Args) { a["n"] = 12 }),
		`shaders: linear_grn: k = 0: want a positive multiple of 4`:             args(func(a Args) { a["k"] = 0 }),
		`shaders: linear_grn: parameter "rows" = 4294967296 does not fit a u32`: args(func(a Args) { a["rows"] = 1 << 32 }),
	} {
		if err := LinearGRN.Validate(a); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	only := *Linear
	only.Kernels = only.Kernels[:1]
	if err, want := only.Validate(Args{"rows": 2, "k": 40, "n": 7, "gelu": 1}), "shaders: linear: no kernel fits map[gelu:1 k:40 n:7 rows:2]"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestWordsArePaddedInOrder(t *testing.T) {
	got := LinearGRN.Words(Args{"rows": 1, "k": 2, "n": 3, "slot_rows": 4, "groups": 5})
	if !slices.Equal(got, []uint32{1, 2, 3, 4, 5, 0, 0, 0}) {
		t.Errorf("words %v", got)
	}
}
