package windowtest

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"unmask/internal/xvfb"
)

// BenchmarkFrames reports how smooth the window is at rest and while the engine
// reconstructs what is painted: frames a second, and the longest time between two.
func BenchmarkFrames(b *testing.B) {
	w := open(b, "--frames", photo)
	first := readPNG(b, decoded(b))
	w.until("the picture", func(shot *image.RGBA) bool {
		mean, _ := distance(shot, panels()[1], first)
		return mean < 255
	})
	measure := func(name string, work func()) {
		const seconds = 10
		before := len(w.stderr.String())
		for end := time.Now().Add(seconds * time.Second); time.Now().Before(end); {
			work()
		}
		rate, longest, lines := 0.0, 0, -1 // the first second began before the work
		for line := range strings.Lines(w.stderr.String()[before:]) {
			var r float64
			var ms int
			if n, _ := fmt.Sscanf(line, "%f frames/s, at most %d ms", &r, &ms); n != 2 {
				continue
			}
			if lines++; lines > 0 {
				rate, longest = rate+r, max(longest, ms)
			}
		}
		if lines < 1 {
			b.Fatalf("the window told of no frames\n%s", w.stderr)
		}
		b.ReportMetric(rate/float64(lines), name+"-frames/s")
		b.ReportMetric(float64(longest), name+"-longest-ms")
	}
	for b.Loop() {
		measure("idle", func() { time.Sleep(time.Second) })
		measure("busy", func() { // each row of patches is hidden and shown again
			for _, button := range []byte{xvfb.Left, xvfb.Right} {
				for row := range rows {
					w.Move(patch(row, 0))
					w.Press(button)
					for col := range cols {
						w.Move(patch(row, col))
					}
					w.Release(button)
				}
			}
		})
	}
	w.quit()
}
