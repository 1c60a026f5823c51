package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEvalContract(t *testing.T) {
	dir := t.TempDir()
	photo(t, dir, "a.png", 96, 64, 1)
	file(t, dir, "b.jpg", []byte("hello there"))
	photo(t, dir, "c.png", 64, 64, 2)
	var r map[string]any
	o := document(t, &r, "eval", dir, "--weights", fcmae, "--size", "64", "--seed", "9", "--device", "cpu")
	if want := []string{"loss", "pictures", "ratio", "rows", "seed", "skipped", "weights"}; !slices.Equal(keys(r), want) {
		t.Errorf("keys %q, want %q", keys(r), want)
	}
	if r["pictures"] != 2.0 || r["ratio"] != 0.6 || r["seed"] != 9.0 || r["weights"] != fcmae || len(r["skipped"].([]any)) != 1 {
		t.Errorf("%v", r)
	}
	rows := r["rows"].([]any)
	if len(rows) != 4 {
		t.Fatalf("%d rows, want the model and three baselines", len(rows))
	}
	for _, row := range rows {
		row := row.(map[string]any)
		if want := []string{"mse", "name", "psnr", "ssim"}; !slices.Equal(keys(row), want) {
			t.Errorf("keys %q, want %q", keys(row), want)
		}
		if row["mse"].(float64) <= 0 || row["psnr"].(float64) <= 0 {
			t.Errorf("%v", row)
		}
	}
	if want := "note: skipped b.jpg: text (\"hello there\")\n"; !strings.HasSuffix(o.err, "\r3 of 3 pictures\n"+want) {
		t.Errorf("stderr %q", o.err)
	}
	o = must(t, "eval", dir, "--weights", fcmae, "--size", "64", "--device", "cpu", "--limit", "1")
	for _, want := range []string{"1 pictures, ratio 0.60, seed 0, ", "masked MSE", "ConvNeXt V2 custom ", "mean colour", "nearest visible", "harmonic"} {
		if !strings.Contains(o.out, want) {
			t.Errorf("%q is missing from:\n%s", want, o.out)
		}
	}
}

func TestEvalErrors(t *testing.T) {
	dir, empty := t.TempDir(), t.TempDir()
	one := photo(t, dir, "a.png", 64, 64, 1)
	none := filepath.Join(dir, "none")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "unmask eval: want one DATA folder or zip, got 0 arguments"},
		{dir + " --metric fid", 2, `--metric "fid": want reconstruction, top1, knn, linear or knn,linear`},
		{dir + " --ratio 1.5", 2, "--ratio 1.5: want more than 0 and less than 1"},
		{dir + " --limit -1", 2, "--limit -1: want 0 (all pictures) or more"},
		{dir + " --size 8", 2, "--size 8: want 32 to 1024 pixels"},
		{dir + " --size 32", 1, "ratio 0.6 hides no patch of a.png\nremedy: choose a larger ratio or size"},
		{none, 1, "there is no folder or zip file " + none + "\nremedy: check the name"},
		{empty, 1, empty + ": no pictures found: want files that end in .jpg, .jpeg, .jfif, .png, .gif, .webp, .bmp, .tif, .tiff"},
		{one, 1, one + ": want a folder or a zip file of pictures: zip: not a valid zip file"},
	} {
		o := command(append([]string{"eval", "--device", "cpu", "--weights", fcmae}, strings.Fields(c.args)...)...)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q\ngot  %swant unmask: %s (%d)", c.args, o.code, o.out, o.err, c.want, c.code)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var out, errOut bytes.Buffer
	if code := run(ctx, []string{"eval", dir, "--weights", fcmae, "--device", "cpu"}, &out, &errOut); code != 1 || out.Len() > 0 || !strings.Contains(errOut.String(), "stopped after 0 pictures") {
		t.Errorf("stopped: exit code %d, %s", code, &errOut)
	}
}
