package desktop

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"unmask/internal/atomicfile"
	"unmask/internal/panel"
	"unmask/session"
)

// output draws what is to be saved or copied: all four pictures, or the composite.
// It may be called on any goroutine.
func (a *App) output(composite bool) func() image.Image {
	s := &a.studio
	if s.result == nil || s.weights == nil {
		return nil
	}
	original, bare, filled, mask, dark := s.pixels, s.bare, s.composite, s.mask, a.theme.Dark
	caption := fmt.Sprintf("%s · %d of %d patches hidden · PSNR %s", s.weights.Title(), s.result.Masked, s.result.Patches, session.Decibels(s.result.PSNR))
	if composite {
		return func() image.Image { return filled }
	}
	return func() image.Image {
		return panel.Four(original, bare, filled, mask.Hidden, mask.Rows, mask.Cols, caption, dark)
	}
}

// save writes a PNG beside the picture, under a name that is free.
func (a *App) save(composite bool) {
	draw := a.output(composite)
	if draw == nil {
		return
	}
	what := "panel"
	if composite {
		what = "filled"
	}
	path := a.studio.path
	a.async(func() func() {
		name, err := savePNG(path, what, draw())
		return func() {
			if err != nil {
				a.fail(err)
				return
			}
			a.read = ""
			a.tell("Saved " + name)
		}
	})
}

// savePNG tries the folder of the picture, then the present one.
func savePNG(picture, what string, img image.Image) (string, error) {
	base := strings.TrimSuffix(filepath.Base(picture), filepath.Ext(picture)) + "-" + what
	var err error
	for _, dir := range []string{filepath.Dir(picture), "."} {
		name := filepath.Join(dir, base+".png")
		for i := 2; exists(name); i++ {
			name = filepath.Join(dir, fmt.Sprintf("%s-%d.png", base, i))
		}
		if err = atomicfile.Write(name, func(w io.Writer) error { return png.Encode(w, img) }); err == nil {
			return name, nil
		}
	}
	return "", session.NewProblem("internal", fmt.Errorf("the picture cannot be saved: %w", err), "check the folder, its permissions and the space that is left")
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// copyPicture puts what is shown into the clipboard: the slider's composite, else
// all four pictures.
func (a *App) copyPicture() {
	draw := a.output(a.studio.sliding)
	if draw == nil || a.o.Copy == nil {
		return
	}
	a.async(func() func() {
		var b bytes.Buffer
		err := png.Encode(&b, draw())
		if err == nil {
			err = a.o.Copy(b.Bytes())
		}
		return func() {
			if err != nil {
				a.fail(session.NewProblem("internal", fmt.Errorf("the picture cannot be copied: %w", err), "save it instead"))
				return
			}
			a.read = ""
			a.tell("Copied the picture to the clipboard")
		}
	})
}
