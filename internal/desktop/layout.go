package desktop

import (
	"math"

	"unmask/internal/desktop/scene"
)

// Measures of the window in units.
const (
	MinWidth, MinHeight = 900, 720 // below, words would be cut

	topHeight    = 60.0
	sideWidth    = 300.0
	statusHeight = 76.0
	margin       = 20.0
	captionRoom  = 30.0 // above each picture
)

var (
	titleFont   = scene.Font{Size: 19, Bold: true}
	headFont    = scene.Font{Size: 15, Bold: true}
	bodyFont    = scene.Font{Size: 14}
	strongFont  = scene.Font{Size: 14, Bold: true}
	smallFont   = scene.Font{Size: 13}
	numberFont  = scene.Font{Size: 18, Bold: true}
	mediumWords = scene.Font{Size: 16}
)

// Stage is where the pictures stand in a window of w x h units.
func Stage(w, h float64) scene.Rect {
	return scene.Rect{X: margin, Y: topHeight + margin, W: w - sideWidth - 2*margin, H: h - topHeight - statusHeight - 2*margin}
}

// Panels places n pictures of an aspect (width / height) in rows on a stage, as
// large as they can be, each with room for a caption above it. Edges lie on whole
// pixels of a screen with scale pixels a unit.
func Panels(stage scene.Rect, n int, aspect, scale float64) []scene.Rect {
	best, width := 1, 0.0
	for columns := 1; columns <= n; columns++ {
		rows := (n + columns - 1) / columns
		if rows*columns != n {
			continue
		}
		room := (stage.W - float64(columns-1)*margin) / float64(columns)
		tall := (stage.H-float64(rows-1)*margin)/float64(rows) - captionRoom
		if w := min(room, tall*aspect); w > width {
			best, width = columns, w
		}
	}
	snap := func(v float64) float64 { return math.Round(v*scale) / scale }
	width = math.Floor(max(width, 1)*scale) / scale
	height := math.Floor(width/aspect*scale) / scale
	rows := (n + best - 1) / best
	left := stage.X + (stage.W-float64(best)*width-float64(best-1)*margin)/2
	top := stage.Y + (stage.H-float64(rows)*(height+captionRoom)-float64(rows-1)*margin)/2
	var out []scene.Rect
	for i := range n {
		out = append(out, scene.Rect{
			X: snap(left + float64(i%best)*(width+margin)),
			Y: snap(top + float64(i/best)*(height+captionRoom+margin) + captionRoom),
			W: width, H: height,
		})
	}
	return out
}

// stage leaves room for a message above the pictures.
func (a *App) stage() scene.Rect {
	r := Stage(a.w, a.h)
	if n := a.noticeHeight(r.W); n > 0 {
		r.Y += n + 12
		r.H -= n + 12
	}
	return r
}

// panels are the places of the pictures: of four, or of the one behind the slider.
func (a *App) panels() []scene.Rect {
	s := &a.studio
	aspect := 4. / 3
	if s.picture != nil {
		aspect = float64(s.picture.Width) / float64(s.picture.Height)
	}
	n := 4
	if s.sliding {
		n = 1
	}
	return Panels(a.stage(), n, aspect, a.scale)
}
