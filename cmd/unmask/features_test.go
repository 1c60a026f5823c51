package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/weights"
)

// loaded reads a weights file that a command wrote.
func loaded(t *testing.T, path string) *weights.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(path, b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFeaturesContract(t *testing.T) {
	dir := t.TempDir()
	in, out := photo(t, dir, "a.png", 96, 64, 1), filepath.Join(dir, "maps.safetensors")
	var shapes []struct {
		Name  string
		Shape []int
	}
	document(t, &shapes, "features", in, "-o", out, "--weights", fcmae, "--size", "64", "--ratio", "0.5", "--seed", "2", "--device", "cpu")
	f := loaded(t, out)
	mask := f.Meta["mask"]
	if f.Meta["layout"] != "NHWC" || f.Meta["image"] != in || len(mask) != 6 || strings.Count(mask, "1") != 3 {
		t.Errorf("metadata %v", f.Meta)
	}
	want := map[string][]int{
		"downsample_layers.0": {1, 16, 24, 8}, "stages.0.0": {1, 16, 24, 8},
		"downsample_layers.1": {1, 8, 12, 8}, "stages.1.0": {1, 8, 12, 8},
		"downsample_layers.2": {1, 4, 6, 16}, "stages.2.0": {1, 4, 6, 16},
		"downsample_layers.3": {1, 2, 3, 16}, "stages.3.0": {1, 2, 3, 16},
	}
	if len(f.Tensors) != len(want) || len(shapes) != len(want) {
		t.Errorf("%d tensors, %d shapes, want %d", len(f.Tensors), len(shapes), len(want))
	}
	for _, s := range shapes {
		if !slices.Equal(s.Shape, want[s.Name]) {
			t.Errorf("%s %v, want %v", s.Name, s.Shape, want[s.Name])
		}
	}
	for _, x := range f.Tensors {
		if !slices.Equal(x.Shape, want[x.Name]) || x.DType != "F32" {
			t.Fatalf("%s %s %v, want F32 %v", x.Name, x.DType, x.Shape, want[x.Name])
		}
		h, w, c := x.Shape[1], x.Shape[2], x.Shape[3]
		for at := range h * w {
			hidden := mask[at/w*2/h*3+at%w*3/w] == '1'
			if zeros := !slices.ContainsFunc(x.Data[at*c:(at+1)*c], func(v float32) bool { return v != 0 }); zeros != hidden {
				t.Fatalf("%s at row %d, column %d: all zero is %t, hidden is %t", x.Name, at/w, at%w, zeros, hidden)
			}
		}
	}

	o := must(t, "features", in, "-o", out, "--weights", fcmae, "--size", "64", "--device", "cpu")
	if !strings.Contains(o.out, "stages.3.0             [1 2 3 16]\nwrote "+out+"\n") {
		t.Errorf("stdout %q", o.out)
	}
	dense := loaded(t, out)
	if dense.Meta["mask"] != "000000" || slices.ContainsFunc(dense.Tensors, func(x weights.Tensor) bool { return slices.Contains(x.Data[:x.Shape[3]], 0) }) {
		t.Error("without --ratio something is hidden")
	}
	if want := []string{"a.png", "maps.safetensors"}; !slices.Equal(listing(t, dir), want) {
		t.Errorf("the folder holds %q", listing(t, dir))
	}
}

func TestFeaturesErrors(t *testing.T) {
	dir := t.TempDir()
	good, out := photo(t, dir, "a.png", 64, 64, 1), filepath.Join(dir, "m.safetensors")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{good, 2, "-o MAPS.safetensors is needed"},
		{good + " -o " + dir + "/m.npz", 2, "output " + dir + "/m.npz: want a name that ends in .safetensors"},
		{good + " -o " + out + " --ratio -1", 2, "--ratio -1: want 0 (nothing hidden) to less than 1"},
		{good + " -o " + out + " --ratio 1", 2, "--ratio 1: want 0 (nothing hidden) to less than 1"},
		{good + " -o " + out + " --size 31", 2, "--size 31: want 32 to 1024 pixels"},
		{dir + " -o " + out, 1, "cannot read the photo " + dir + ": it is a folder\nremedy: name one file"},
	} {
		o := command(append([]string{"features", "--device", "cpu", "--weights", fcmae}, strings.Fields(c.args)...)...)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q\ngot  %swant unmask: %s (%d)", c.args, o.code, o.out, o.err, c.want, c.code)
		}
	}
	if got := listing(t, dir); !slices.Equal(got, []string{"a.png"}) {
		t.Errorf("the folder holds %q", got)
	}
}
