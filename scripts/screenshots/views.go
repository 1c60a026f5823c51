package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"
)

// trainingPatience bounds a whole visit of a view: it trains on a software GPU.
const trainingPatience = 10 * time.Minute

// visit is a view of projects: what is done there once, and then a picture at every
// width and in both themes.
type visit struct {
	name, address string
	steps         []action
}

// action is one thing done in a view: files for an input, a value for a field, or a
// click; then a wait until an expression holds.
type action struct {
	selector string
	value    string
	files    func(dir string) ([]string, error)
	until    string
}

// views are visited with crops of the sample pictures, so that anyone can repeat
// it; they are trained for a minute, so the curves are short.
var views = []visit{
	{"classify", "#classify", []action{
		{selector: "#class-0", value: "Flowers", until: count(".class-name", 2)},
		{selector: "#class-1", value: "Street"},
		{selector: "#add-class"},
		{selector: "#class-2", value: "Fur", until: count(".class-name", 3)},
		{selector: "#add-0", files: crops("flowers", 34)},
		{selector: "#add-1", files: crops("street", 26), until: count(".thumbs img", 36)},
		{selector: "#add-2", files: crops("fur", 12), until: count(".thumbs img", 48)},
		{selector: "#classify-size", value: "64"},
		{selector: "#classify-epochs", value: "8"},
		{selector: "#classify-batch", value: "8", until: enabled("#classify-train")},
		{selector: "#classify-train", until: "document.querySelector('#confusion')"},
		{selector: "#try-file", files: crops("fur", 1), until: "document.querySelector('#answers')"},
	}},
	{"pretrain", "#pretrain", []action{
		{selector: "#photos-files", files: crops("street", 30)},
		{selector: "#photos-files", files: crops("landscape", 30), until: count(".thumbs img", 18)},
		{selector: "#photos-files", files: crops("flowers", 30)},
		{selector: "#pretrain-size", value: "96"},
		{selector: "#pretrain-epochs", value: "6"},
		{selector: "#pretrain-val", value: "0.1"},
		{selector: "#pretrain-batch", value: "8", until: enabled("#pretrain-train")},
		{selector: "#pretrain-train", until: "/^Step (3|4)\\d of/.test(document.querySelector('#pretrain-status')?.textContent) && document.querySelectorAll('.pairs img').length"},
	}},
	{"inside", "#inside", []action{
		{selector: "#sort-gain", until: "document.querySelector('#atlas')?.tagName === 'IMG' && document.querySelector('#chart-collapse') && document.querySelector('.leak img')"},
	}},
	{"models", "#models", []action{
		{selector: "#weights-facts", until: enabled("#pack") + " && document.querySelector('#weights-facts')?.textContent.includes('Licence')"},
	}},
	{"device", "#device", []action{
		{selector: "#facts", until: enabled("#selftest-start")},
		{selector: "#selftest-start", until: "document.querySelector('#selftest-verdict') && " + enabled("#bench-start")},
		{selector: "#bench-start", until: "document.querySelector('#profile-table')"},
	}},
	{"tour", "#inside", []action{
		{selector: "#tour-start", until: "document.querySelector('.leak img')"},
		{selector: "#tour-next"},
	}},
}

func count(selector string, n int) string {
	return fmt.Sprintf("document.querySelectorAll(%q).length >= %d", selector, n)
}

func enabled(selector string) string {
	return fmt.Sprintf("document.querySelector(%q)?.disabled === false", selector)
}

// crops cuts squares out of a sample picture.
func crops(sample string, n int) func(dir string) ([]string, error) {
	return func(dir string) ([]string, error) {
		f, err := os.Open(filepath.Join("static", "samples", sample+".jpg"))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		img, err := jpeg.Decode(f)
		if err != nil {
			return nil, err
		}
		r := rand.New(rand.NewPCG(1, uint64(n)))
		var paths []string
		for i := range n {
			side := img.Bounds().Dy()/3 + r.IntN(img.Bounds().Dy()/4)
			at := image.Pt(r.IntN(img.Bounds().Dx()-side), r.IntN(img.Bounds().Dy()-side))
			crop := image.NewRGBA(image.Rect(0, 0, side, side))
			draw.Draw(crop, crop.Bounds(), img, at, draw.Src)
			var b bytes.Buffer
			if err := jpeg.Encode(&b, crop, nil); err != nil {
				return nil, err
			}
			path := filepath.Join(dir, fmt.Sprintf("%s-%d-%02d.jpg", sample, n, i))
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				return nil, err
			}
			paths = append(paths, path)
		}
		return paths, nil
	}
}

// take visits the view and writes its pictures.
func (v visit) take(chromium, address, out string) error {
	dir, err := os.MkdirTemp("", "screenshots")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := browse(chromium, trainingPatience)
	defer cancel()
	hold := func(expression string) error {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(trainingPatience), chromedp.WithPollingInterval(200*time.Millisecond)))
		return err
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1400, 1000), chromedp.Navigate(address+"/"+v.address)); err != nil {
		return err
	}
	for _, a := range v.steps {
		if err := hold(fmt.Sprintf("document.querySelector(%q)", a.selector)); err != nil {
			return fmt.Errorf("%s: %w", a.selector, err)
		}
		switch {
		case a.files != nil:
			paths, err := a.files(dir)
			if err != nil {
				return err
			}
			if err := chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS(a.selector), paths)); err != nil {
				return err
			}
		case a.value != "":
			set := fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q; e.dispatchEvent(new Event("change")); })()`, a.selector, a.value)
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](set)); err != nil {
				return err
			}
		default:
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](fmt.Sprintf("document.querySelector(%q).click()", a.selector))); err != nil {
				return err
			}
		}
		if a.until == "" {
			a.until = "true"
		}
		if err := hold(a.until); err != nil {
			return fmt.Errorf("%s: waiting until %s: %w", a.selector, a.until, err)
		}
	}
	return v.shoot(ctx, out)
}

// shoot takes a picture of the whole page at every width, in both themes.
func (v visit) shoot(ctx context.Context, out string) error {
	for _, width := range []int64{360, 900, 1400} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
			return err
		}
		for _, dark := range []bool{false, true} {
			if err := theme(ctx, dark); err != nil {
				return err
			}
			if err := chromedp.Do(ctx, chromedp.Sleep(500*time.Millisecond)); err != nil {
				return err
			}
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				return err
			}
			name := fmt.Sprintf("%s-%d", v.name, width)
			if dark {
				name += "-dark"
			}
			if err := write(out, name, png); err != nil {
				return err
			}
		}
	}
	return nil
}
