package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCollapseContract(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "plot.png")
	photo(t, dir, "a.png", 96, 64, 1)
	photo(t, dir, "b.png", 64, 64, 2)
	var r map[string]any
	document(t, &r, "collapse", dir, "--weights", fcmae, "--size", "64", "--device", "cpu", "--compare", "--plot", out)
	if want := []string{"layers", "pictures", "series", "size", "skipped", "weights"}; !slices.Equal(keys(r), want) || r["pictures"] != 2.0 {
		t.Errorf("%v", r)
	}
	for i, name := range []string{"as trained", "GRN off"} {
		s := r["series"].([]any)[i].(map[string]any)
		if s["name"] != name || len(s["distance"].([]any)) != len(r["layers"].([]any)) {
			t.Errorf("series %d: %v", i, s)
		}
	}
	if b := pixels(t, out).Bounds(); b.Dx() < 800 {
		t.Errorf("the plot has %v pixels", b.Max)
	}
	o := must(t, "collapse", dir, "--weights", fcmae, "--size", "64", "--device", "cpu", "--limit", "1")
	for _, want := range []string{"1 pictures at 64 pixels, ", "layer ", "as trained\n", "\nstages.3.0.pwconv1 ", "\nmean "} {
		if !strings.Contains(o.out, want) {
			t.Errorf("%q is missing from:\n%s", want, o.out)
		}
	}
	if strings.Contains(o.out, "GRN off") {
		t.Error("compared without being asked to")
	}
}

func TestCollapseErrors(t *testing.T) {
	dir := t.TempDir()
	photo(t, dir, "a.png", 64, 64, 1)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "unmask collapse: want one DATA folder or zip, got 0 arguments"},
		{dir + " --limit -1", 2, "--limit -1: want 0 (all pictures) or more"},
		{dir + " --size 8", 2, "--size 8: want 32 to 1024 pixels"},
		{dir + " --plot a.jpg", 2, "output a.jpg: want a name that ends in .png"},
		{dir + "/none", 1, "there is no folder or zip file " + dir + "/none\nremedy: check the name"},
		{dir + " --weights " + fixture("timm-v1.safetensors") + " --compare", 1, fixture("timm-v1.safetensors") + " is a ConvNeXt V1, which has no GRN to switch off\nremedy: leave the comparison out"},
	} {
		o := command(append([]string{"collapse", "--device", "cpu"}, strings.Fields(c.args)...)...)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q\ngot  %swant unmask: %s (%d)", c.args, o.code, o.out, o.err, c.want, c.code)
		}
	}
}
