package desktop

import (
	"fmt"
	"image"
	"math"
	"path/filepath"
	"testing"

	"unmask/internal/desktop/scene"
	"unmask/session"
)

func TestPanelsFillTheStage(t *testing.T) {
	for _, window := range [][2]float64{{MinWidth, MinHeight}, {1280, 860}, {1920, 1080}, {1200, 1900}} {
		for _, aspect := range []float64{1. / 3, 0.75, 1, 4. / 3, 10. / 7, 3} {
			for _, n := range []int{1, 4} {
				for _, scale := range []float64{1, 1.25, 2} {
					name := fmt.Sprintf("%d of aspect %.2f in %v at %v", n, aspect, window, scale)
					stage := Stage(window[0], window[1])
					panels := Panels(stage, n, aspect, scale)
					if len(panels) != n {
						t.Fatalf("%s: %d panels", name, len(panels))
					}
					area := 0.0
					for i, p := range panels {
						area += p.W * p.H
						if p.X < stage.X-1 || p.Y < stage.Y+captionRoom-1 || p.X+p.W > stage.X+stage.W+1 || p.Y+p.H > stage.Y+stage.H+1 {
							t.Errorf("%s: panel %d %v leaves the stage %v", name, i, p, stage)
						}
						if a := p.W / p.H; math.Abs(a/aspect-1) > 0.02 {
							t.Errorf("%s: aspect %.3f", name, a)
						}
						for _, v := range []float64{p.X, p.Y, p.W, p.H} {
							if math.Abs(v*scale-math.Round(v*scale)) > 1e-6 {
								t.Errorf("%s: panel %d %v does not lie on whole pixels", name, i, p)
							}
						}
						for _, q := range panels[:i] {
							if p.X < q.X+q.W && q.X < p.X+p.W && p.Y-captionRoom < q.Y+q.H && q.Y-captionRoom < p.Y+p.H {
								t.Errorf("%s: panels overlap", name)
							}
						}
					}
					if area < 0.15*stage.W*stage.H {
						t.Errorf("%s: the panels fill only %.0f %% of the stage", name, 100*area/(stage.W*stage.H))
					}
				}
			}
		}
	}
}

// TestWordsStayInTheWindow: in every view, state and size no text leaves the window
// or runs into the controls beside the stage.
func TestWordsStayInTheWindow(t *testing.T) {
	a := start(t, photo(t, filepath.Join(t.TempDir(), "a photo whose name is longer than the place that there is for it.png"), 96, 64, 0))
	settled(t, a)
	a.show(FeaturesView)
	until(t, a, "features", func() bool { return len(a.features.layers) > 0 })
	long := &session.Problem{Text: "/a/very/long/path/without/any/space/that/a/line/could/be/broken/at/whatever/one/does/and/it/goes/on/and/on.jpg: no picture, and here is why in many words", Remedy: "choose another", Code: "picture"}
	for _, size := range [][2]float64{{MinWidth, MinHeight}, {1280, 860}, {2560, 1400}} {
		for _, v := range []View{StudioView, FeaturesView, TrainingView} {
			for _, state := range []string{"plain", "slider", "problem", "note", "help", "plan"} {
				a.problem, a.note, a.help, a.studio.sliding, a.training.plan = nil, "", false, false, nil
				switch state {
				case "slider":
					a.studio.sliding = true
				case "problem":
					a.problem = long
				case "note":
					a.note = long.Text
				case "help":
					a.help = true
				case "plan":
					a.training.plan = &plan{path: "/somewhere/pictures of flowers in the garden of my grandmother", err: long}
				}
				a.view = v
				a.Resize(size[0], size[1], 1)
				a.build()
				for _, op := range a.canvas.Ops {
					w, ok := op.(scene.Text)
					if !ok {
						continue
					}
					right := w.X + scene.Font{Size: w.Size, Bold: w.Bold}.Width(w.Words)
					if w.X < 0 || right > size[0] || w.Y > size[1] || w.Y < 0 {
						t.Errorf("%v, view %d, %s: %q at %.0f to %.0f, %.0f", size, v, state, w.Words, w.X, right, w.Y)
					}
					if edge := size[0] - sideWidth; state != "help" && w.Y > topHeight && w.X < edge && right > edge {
						t.Errorf("%v, view %d, %s: %q runs into the controls", size, v, state, w.Words)
					}
				}
			}
		}
	}
}

func TestMapsAreFitted(t *testing.T) {
	r := fitted(scene.Rect{X: 10, Y: 20, W: 500, H: 300}, image.Pt(100, 100), 1)
	if r.W != 300 || r.H != 300 || r.X != 110 {
		t.Errorf("fitted to %v", r)
	}
	if c := columnsFor(40, 56, 56, 900, 600); c != 8 {
		t.Errorf("40 maps stand in %d columns", c)
	}
}
