package windowtest

import (
	"image"
	"os/exec"
	"path/filepath"
	"testing"

	"unmask/internal/desktop"
	"unmask/internal/desktop/scene"
	"unmask/train"
)

// TestTheTrainingViewOpensARun: a small run of the command line, its folder given to
// the window: the curves stand where they should.
func TestTheTrainingViewOpensARun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "small run")
	cmd := exec.Command(program(t, "unmask"), "pretrain", root+"/static/samples", "--out", dir,
		"--size", "64", "--batch", "2", "--epochs", "2", "--val", "0.34")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if r, err := train.StoredProgress(train.Folder(dir)); err != nil || r.Step != r.Total {
		t.Fatalf("the run is at step %d of %d (%v)", r.Step, r.Total, err)
	}
	w := open(t, dir)
	stage := desktop.Stage(width, height)
	// The curve of the validation is drawn in an orange that nothing else has, and a
	// finished run's bar is full.
	w.until("the curves and the full bar", func(shot *image.RGBA) bool {
		orange := coloured(shot, stage, func(r, g, b uint8) bool { return r > 180 && g > 60 && g < 120 && b < 60 })
		accent := scene.ThemeOf(false).Accent
		below := scene.Rect{X: stage.X + stage.W - 60, Y: stage.Y + stage.H, W: 40, H: height - stage.Y - stage.H}
		full := coloured(shot, below, func(r, g, b uint8) bool { return r == accent.R && g == accent.G && b == accent.B })
		return orange > 40 && full > 100
	})
	// Dark, by its button's key.
	w.seen()
	if ground, c := scene.ThemeOf(true).Ground, w.shot().RGBAAt(5, height-5); c.R != ground.R || c.G != ground.G || c.B != ground.B {
		t.Errorf("the dark ground is %v, want %v", c, ground)
	}
}

// coloured counts the pixels of a place that have a colour.
func coloured(shot *image.RGBA, r scene.Rect, is func(r, g, b uint8) bool) int {
	n := 0
	for y := int(r.Y); y < int(r.Y+r.H); y++ {
		for x := int(r.X); x < int(r.X+r.W); x++ {
			if c := shot.RGBAAt(x, y); is(c.R, c.G, c.B) {
				n++
			}
		}
	}
	return n
}
