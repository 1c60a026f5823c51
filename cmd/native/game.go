package main

import (
	"io/fs"
	"math"
	"os"
	"slices"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"unmask/internal/desktop"
)

// game hands mouse, keys and dropped files to the app and draws its scene.
type game struct {
	app   *desktop.App
	scale float64 // pixels a unit
	w, h  int     // pixels
	draw  bool    // the scene changed since it was drawn
	pen   *pen
	pace  *frames // nil: not asked for
}

func newGame(app *desktop.App) *game { return &game{app: app, scale: 1, pen: newPen()} }

// Layout implements ebiten.Game; LayoutF is asked instead.
func (g *game) Layout(int, int) (int, int) { panic("BUG: native: Layout is not used") }

// LayoutF makes the screen as fine as the monitor.
func (g *game) LayoutF(w, h float64) (float64, float64) {
	scale := ebiten.Monitor().DeviceScaleFactor()
	pw, ph := math.Ceil(w*scale), math.Ceil(h*scale)
	if int(pw) != g.w || int(ph) != g.h || scale != g.scale {
		g.w, g.h, g.scale, g.draw = int(pw), int(ph), scale, true
	}
	return pw, ph
}

// Update implements ebiten.Game.
func (g *game) Update() error {
	if ebiten.IsWindowBeingClosed() || g.app.Quit() || g.app.Fatal() != nil {
		return ebiten.Termination
	}
	g.app.Resize(float64(g.w)/g.scale, float64(g.h)/g.scale, g.scale)
	g.app.Frames(ebiten.ActualFPS())
	if g.app.Update(g.input()) {
		g.draw = true
	}
	if full := g.app.Fullscreen(); full != ebiten.IsFullscreen() {
		ebiten.SetFullscreen(full)
	}
	return nil
}

// repeated keys act again while they are held.
var repeated = []ebiten.Key{ebiten.KeyArrowUp, ebiten.KeyArrowDown, ebiten.KeyArrowLeft, ebiten.KeyArrowRight,
	ebiten.KeyMinus, ebiten.KeyEqual, ebiten.KeyPageUp, ebiten.KeyPageDown}

func (g *game) input() desktop.Input {
	x, y := ebiten.CursorPosition()
	_, wheel := ebiten.Wheel()
	in := desktop.Input{
		X: float64(x) / g.scale, Y: float64(y) / g.scale, Wheel: wheel,
		Left:  ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft),
		Right: ebiten.IsMouseButtonPressed(ebiten.MouseButtonRight),
		Shift: ebiten.IsKeyPressed(ebiten.KeyShift),
		Ctrl:  ebiten.IsKeyPressed(ebiten.KeyControl) || ebiten.IsKeyPressed(ebiten.KeyMeta),
	}
	for _, k := range inpututil.AppendJustPressedKeys(nil) {
		in.Keys = append(in.Keys, k.String())
	}
	for _, k := range repeated {
		// As keyboards do: after a third of a second, 15 times a second.
		if n := inpututil.KeyPressDuration(k); n > 20 && n%4 == 0 {
			in.Keys = append(in.Keys, k.String())
		}
	}
	if files := ebiten.DroppedFiles(); files != nil {
		in.Dropped = paths(files)
	}
	return in
}

// paths finds where dropped files lie: ebiten gives them as a file system whose
// files are those of the disk and know their names.
func paths(files fs.FS) []string {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		f, err := files.Open(e.Name())
		if err != nil {
			out = append(out, e.Name()) // the app says what is wrong with it
			continue
		}
		if disk, ok := f.(*os.File); ok {
			out = append(out, disk.Name())
		}
		f.Close()
	}
	slices.Sort(out)
	return out
}

// Draw implements ebiten.Game. The screen keeps its content, so nothing is drawn
// where nothing changed.
func (g *game) Draw(screen *ebiten.Image) {
	if g.pace != nil {
		g.pace.drawn(time.Now())
	}
	if !g.draw || g.app.Scene() == nil {
		return
	}
	g.draw = false
	g.pen.scene(screen, g.app.Scene(), g.scale)
}

// DrawFinalScreen copies the screen as it is: LayoutF made it as fine as the window.
func (g *game) DrawFinalScreen(screen ebiten.FinalScreen, offscreen *ebiten.Image, m ebiten.GeoM) {
	screen.DrawImage(offscreen, &ebiten.DrawImageOptions{GeoM: m})
}
