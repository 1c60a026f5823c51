package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/data"
	"unmask/internal/panel"
	"unmask/internal/testdevice"
)

// reconstruction is the contract of reconstruct --json.
type reconstruction struct {
	Loss, PSNR, SSIM float64
	Patches, Masked  int
	Visible          []int
	MS               map[string]float64
	Adapter, Weights string
}

// fitted is a photo as reconstruct brings it to size.
func fitted(t *testing.T, path string, size int) *image.NRGBA {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := data.Decode(path, b)
	if err != nil {
		t.Fatal(err)
	}
	return p.Fit(size).Image()
}

// sameIn tells whether two pictures agree in a rectangle of a, at is its corner in b.
func sameIn(a image.Image, r image.Rectangle, b image.Image, at image.Point) bool {
	for y := range r.Dy() {
		for x := range r.Dx() {
			if color.NRGBAModel.Convert(a.At(r.Min.X+x, r.Min.Y+y)) != color.NRGBAModel.Convert(b.At(at.X+x, at.Y+y)) {
				return false
			}
		}
	}
	return true
}

func TestReconstructContract(t *testing.T) {
	dir := t.TempDir()
	in, out := photo(t, dir, "a.png", 300, 200, 1), filepath.Join(dir, "out.png")
	var r map[string]any
	o := document(t, &r, "reconstruct", in, "-o", out, "--weights", fcmae, "--device", "cpu")
	if want := []string{"adapter", "loss", "masked", "ms", "patches", "psnr", "ssim", "visible", "weights"}; !slices.Equal(keys(r), want) {
		t.Errorf("keys %q, want %q", keys(r), want)
	}
	if o.err != "" {
		t.Errorf("stderr %q", o.err)
	}
	// 300 x 200 becomes 336 x 224, cut to 320 x 224: 7 rows of 10 patches.
	if r["patches"] != 70.0 || r["masked"] != 42.0 || len(r["visible"].([]any)) != 28 || r["weights"] != fcmae || !strings.HasPrefix(r["adapter"].(string), "CPU, ") {
		t.Errorf("%v", r)
	}
	l := panel.Arrange(4, 320, 224, panel.Options{Caption: "x"})
	img := pixels(t, out)
	if img.Bounds().Size() != l.Size {
		t.Fatalf("the panel has %v pixels, want %v", img.Bounds().Size(), l.Size)
	}
	bare := filepath.Join(t.TempDir(), "bare.png")
	must(t, "reconstruct", in, "-o", bare, "--weights", fcmae, "--device", "cpu", "--view", "reconstruction")
	predicted := pixels(t, bare)
	original := fitted(t, in, 224)
	if !sameIn(img, l.Tiles[0], original, image.Point{}) {
		t.Error("the first tile is not the photo")
	}
	for patch := range 70 {
		at := image.Pt(patch%10*32, patch/10*32)
		tile := func(i int) image.Rectangle {
			corner := l.Tiles[i].Min.Add(at)
			return image.Rectangle{corner, corner.Add(image.Pt(32, 32))}
		}
		visible := slices.Contains(r["visible"].([]any), any(float64(patch)))
		for i, shown := range []bool{true, visible, false, visible} {
			if same := sameIn(img, tile(i), original, at); same != shown {
				t.Errorf("tile %d, patch %d: the photo's pixels %t, want %t", i, patch, same, shown)
			}
		}
		for i, shown := range []bool{false, false, !visible, !visible} { // and nothing of what was not asked for
			if same := sameIn(img, tile(i), predicted, at); same != shown {
				t.Errorf("tile %d, patch %d: the predicted pixels %t, want %t", i, patch, same, shown)
			}
		}
	}
	if again := must(t, "reconstruct", in, "-o", out, "--weights", fcmae, "--device", "cpu", "--dark"); !strings.Contains(again.out, "42 of 70 patches hidden   loss ") || !strings.HasSuffix(again.out, "wrote "+out+"\n") {
		t.Errorf("stdout %q", again.out)
	}
	if g := color.GrayModel.Convert(pixels(t, out).At(0, 0)).(color.Gray).Y; g > 60 {
		t.Errorf("--dark has a ground of %d", g)
	}
	if want := []string{"a.png", "out.png"}; !slices.Equal(listing(t, dir), want) {
		t.Errorf("the folder holds %q", listing(t, dir))
	}
}

func TestReconstructViews(t *testing.T) {
	dir := t.TempDir()
	in := photo(t, dir, "a.png", 96, 64, 2)
	views := map[string]image.Image{}
	for _, view := range []string{"reconstruction", "composite"} {
		out := filepath.Join(dir, view+".png")
		must(t, "reconstruct", in, "-o", out, "--weights", fcmae, "--device", "cpu", "--size", "64", "--mask", "011010", "--view", view)
		views[view] = pixels(t, out)
		if views[view].Bounds().Size() != image.Pt(96, 64) {
			t.Errorf("%s has %v pixels, want 96 x 64", view, views[view].Bounds().Size())
		}
	}
	original := fitted(t, in, 64)
	for patch, hidden := range []bool{false, true, true, false, true, false} {
		at := image.Pt(patch%3*32, patch/3*32)
		r := image.Rectangle{at, at.Add(image.Pt(32, 32))}
		if same := sameIn(views["composite"], r, original, at); same == hidden {
			t.Errorf("patch %d of the composite is the photo's: %t, hidden is %t", patch, same, hidden)
		}
		if same := sameIn(views["composite"], r, views["reconstruction"], at); same != hidden {
			t.Errorf("patch %d of the composite is the prediction: %t, hidden is %t", patch, same, hidden)
		}
	}
}

// TestReconstructMasks: bits and a painted picture say the same; a seed repeats.
func TestReconstructMasks(t *testing.T) {
	dir := t.TempDir()
	in := photo(t, dir, "a.png", 96, 64, 2)
	painted := image.NewGray(image.Rect(0, 0, 30, 20)) // ten pixels a patch
	draw.Draw(painted, painted.Bounds(), image.White, image.Point{}, draw.Src)
	for _, at := range []image.Point{{10, 0}, {20, 0}, {10, 10}} {
		draw.Draw(painted, image.Rectangle{at, at.Add(image.Pt(10, 10))}, image.Black, image.Point{}, draw.Src)
	}
	ask := func(args ...string) (r reconstruction) {
		document(t, &r, append([]string{"reconstruct", in, "--weights", fcmae, "--device", "cpu", "--size", "64"}, args...)...)
		return r
	}
	bits, paint := ask("--mask", "011010"), ask("--mask", picture(t, dir, "mask.png", painted))
	if !slices.Equal(bits.Visible, []int{0, 3, 5}) || !slices.Equal(paint.Visible, bits.Visible) || paint.Loss != bits.Loss {
		t.Errorf("bits %+v\npaint %+v", bits, paint)
	}
	first, again, other := ask("--seed", "3", "--ratio", "0.5"), ask("--seed", "3", "--ratio", "0.5"), ask("--seed", "4", "--ratio", "0.5")
	if first.Masked != 3 || !slices.Equal(first.Visible, again.Visible) || first.Loss != again.Loss || slices.Equal(first.Visible, other.Visible) {
		t.Errorf("seed 3: %v, %v; seed 4: %v", first.Visible, again.Visible, other.Visible)
	}
}

// TestReconstructByDefault uses what a newcomer gets: the weights that ship and
// the device at hand.
func TestReconstructByDefault(t *testing.T) {
	testdevice.GPU(t)
	var r reconstruction
	document(t, &r, "reconstruct", photo(t, t.TempDir(), "a.png", 96, 96, 3), "--size", "96")
	if r.Weights != "atto.safetensors" || strings.HasPrefix(r.Adapter, "CPU, ") || r.Patches != 9 || r.Masked != 6 || r.Loss <= 0 || r.Loss > 1 {
		t.Errorf("%+v", r)
	}
}

func TestLargePicturesAreScaledDownAndSaid(t *testing.T) {
	dir := t.TempDir()
	in := picture(t, dir, "wide.png", image.NewGray(image.Rect(0, 0, 5000, 500)))
	var r reconstruction
	o := document(t, &r, "reconstruct", in, "--weights", fcmae, "--device", "cpu", "--size", "32")
	if want := "note: scaled down from 5000 x 500 to 4096 x 410 pixels\n"; o.err != want {
		t.Errorf("stderr %q, want %q", o.err, want)
	}
	if r.Patches != 9 { // 32 x 319 pixels, cut to 288
		t.Errorf("%d patches", r.Patches)
	}
}

func TestReconstructErrors(t *testing.T) {
	dir := t.TempDir()
	good := photo(t, dir, "good.png", 96, 64, 1)
	b, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	cut, empty := file(t, dir, "cut.png", b[:len(b)/2]), file(t, dir, "empty.jpg", nil)
	text := file(t, dir, "text.jpg", []byte("hello there"))
	large := file(t, dir, "large.jpg", nil)
	if err := os.Truncate(large, data.MaxFileSize+1); err != nil { // holes cost no space
		t.Fatal(err)
	}
	mismatch, out := changed(t, dir), file(t, dir, "out.png", []byte("the old picture"))
	before := listing(t, dir)
	none, folder := filepath.Join(dir, "none.png"), filepath.Join(dir, "none", "out.png")
	const kinds = "JPEG, PNG, GIF, WebP, BMP or TIFF"
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "unmask reconstruct: want one IMAGE, got 0 arguments"},
		{"a b", 2, "unmask reconstruct: want one IMAGE, got 2 arguments"},
		{none, 1, "cannot read the photo " + none + ": no such file or directory\nremedy: check the name and the folder"},
		{dir, 1, "cannot read the photo " + dir + ": it is a folder\nremedy: name one file"},
		{empty, 1, empty + ": an empty file\nremedy: want a picture: " + kinds},
		{text, 1, text + ": text (\"hello there\")\nremedy: want a picture: " + kinds},
		{cut, 1, cut + ": a PNG file that is cut off before its end\nremedy: fetch or copy it again; want a whole " + kinds},
		{large, 1, "cannot read the photo " + large + ": it has 200 MB: want at most 200\nremedy: save it smaller, as JPEG for example"},
		{good + " --size 16", 2, "--size 16: want 32 to 1024 pixels"},
		{good + " --size 2000", 2, "--size 2000: want 32 to 1024 pixels"},
		{good + " --size big", 2, `invalid argument "big" for "--size" flag: strconv.ParseInt: parsing "big": invalid syntax; unmask reconstruct --help lists the flags`},
		{good + " --ratio 1", 2, "--ratio 1: want more than 0 and less than 1"},
		{good + " --ratio 0", 2, "--ratio 0: want more than 0 and less than 1"},
		{good + " --ratio -0.5", 2, "--ratio -0.5: want more than 0 and less than 1"},
		{good + " --ratio NaN", 2, "--ratio NaN: want more than 0 and less than 1"},
		{good + " --view all", 2, `--view "all": want panel, reconstruction or composite`},
		{good + " --size 64 --mask 010", 2, "--mask: mask has 3 bits, want 6 (2 rows x 3 columns)"},
		{good + " --size 64 --mask 111111", 2, "--mask: every patch is hidden: show at least one"},
		{good + " --size 64 --mask 000000", 2, "--mask: no patch is hidden: hide at least one"},
		{good + " --mask=", 2, "--mask is empty: want bits (0 and 1) or a picture"},
		{good + " --mask 01 --seed 3", 2, "--mask says which patches are hidden: leave out --ratio and --seed"},
		{good + " --mask 01x", 1, "cannot read the mask (it is not only 0 and 1) 01x: no such file or directory\nremedy: check the name and the folder"},
		{good + " --mask " + text, 1, text + ": text (\"hello there\")\nremedy: want a picture: " + kinds},
		{good + " -o " + folder, 1, "cannot write " + folder + ": there is no folder " + filepath.Dir(folder) + "\nremedy: make the folder first"},
		{good + " -o " + dir + "/out.jpg", 2, "output " + dir + "/out.jpg: want a name that ends in .png"},
		{good + " --weights " + none, 1, "cannot read the weights " + none + ": no such file or directory\nremedy: check the name and the folder"},
		{good + " --weights " + text, 1, text + ": not a checkpoint: want safetensors or a .pt/.pth file of PyTorch, the file starts with \"hello there\"\nremedy: choose a .safetensors, .pt or .pth file of ConvNeXt V1, V2 or FCMAE"},
		{good + " --weights " + mismatch, 1, mismatch + ": tensor \"stages.2.0.norm.bias\": want [16], file has [17]\nremedy: unmask inspect FILE lists what it holds"},
		{good + " --weights " + classifier, 1, classifier + " has no decoder, so it cannot reconstruct\nremedy: load weights that were pre-trained as a masked autoencoder with their decoder, such as the default ones"},
		{good + " --device tpu", 2, `--device "tpu": want auto, gpu or cpu`},
		{good + " --frobnicate", 2, "unknown flag: --frobnicate; unmask reconstruct --help lists the flags"},
	} {
		args := append([]string{"reconstruct"}, strings.Fields(c.args)...)
		if !strings.Contains(c.args, "--weights") {
			args = append(args, "--weights", fcmae)
		}
		if !strings.Contains(c.args, "--device") {
			args = append(args, "--device", "cpu")
		}
		if !strings.Contains(c.args, " -o ") {
			args = append(args, "-o", out)
		}
		o := command(args...)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q\ngot  %swant unmask: %s (%d)", c.args, o.code, o.out, o.err, c.want, c.code)
		}
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "the old picture" {
		t.Errorf("the old output became %q (%v)", b, err)
	}
	if after := listing(t, dir); !slices.Equal(after, before) {
		t.Errorf("the folder held %q, now %q", before, after)
	}
}

// TestUnwrittenNamesTheOutput: not the temporary file that stands for it.
func TestUnwrittenNamesTheOutput(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "none", "x.png")
	err := writePNG(out, image.NewGray(image.Rect(0, 0, 1, 1)))
	if want := fmt.Sprintf("cannot write %s: no such file or directory\nremedy: check the folder, its permissions and the space that is left", out); err == nil || message(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
