// Package desktop is the window of Unmask without the window: its state, what
// mouse, keys and dropped files do to it, and what it shows, as a scene. It drives
// package session on a goroutine of its own and never waits for it. A front end
// calls Update once a frame and draws the scene where Update says so; it knows
// nothing of ebiten, so it is tested without a display.
package desktop

import (
	"context"
	"image"
	"time"

	"unmask/internal/desktop/scene"
	"unmask/internal/device"
	"unmask/session"
)

// Options are what the command line decides.
type Options struct {
	Device  string   // auto, gpu or cpu
	Weights string   // a file; "": those that come with Unmask
	Paths   []string // pictures, a folder, weights or a run to begin with
	Ratio   float64  // of the random mask
	Seed    uint64
	Size    int  // shorter side of a picture in pixels
	Dark    bool // colours
	Session session.Options
	// Copy puts a picture, as PNG, into the clipboard. It is called on a goroutine of
	// its own; nil: there is no clipboard.
	Copy func(png []byte) error
}

// View is one of the three faces of the window.
type View int

// The views.
const (
	StudioView View = iota
	FeaturesView
	TrainingView
)

// App is the state of the window. Its methods are called on one goroutine.
type App struct {
	o       Options
	engine  *engine
	mail    mailbox
	context context.Context
	end     context.CancelFunc

	view       View
	help       bool
	fullscreen bool
	quit       bool
	theme      scene.Theme
	w, h       float64
	scale      float64 // pixels a unit
	fps        bool
	rate       float64 // frames a second, as the front end measured

	device     *device.Info
	deviceNote string
	fatal      *session.Problem // the engine cannot start
	problem    *session.Problem
	note       string
	read       string // the note that was dismissed

	studio   studio
	features features
	training training

	in     Input // the last one
	press  press
	dirty  bool
	canvas *scene.Canvas
	logo   *image.RGBA
	hits   []hit
}

// New starts the engine and opens what the options name.
func New(o Options) *App {
	if o.Size == 0 {
		o.Size = session.DefaultSize
	}
	ctx, end := context.WithCancel(context.Background())
	a := &App{o: o, context: ctx, end: end, theme: scene.ThemeOf(o.Dark), scale: 1, dirty: true,
		studio: newStudio(o)}
	a.engine = startEngine(ctx, o.Session, func(e session.Event) { a.mail.post(func() { a.handle(e) }) })
	a.engine.send(session.Command{Do: session.DoOpen, Prefer: o.Device})
	a.loadWeights(o.Weights)
	if len(o.Paths) > 0 {
		a.Open(o.Paths)
	}
	a.poll()
	return a
}

// Close ends the engine and pauses a training that runs: it is saved first.
func (a *App) Close() {
	a.training.stop()
	a.end()
	a.engine.wait()
}

// Resize tells the size of the window in units, and how many pixels a unit has.
func (a *App) Resize(w, h, scale float64) {
	if w != a.w || h != a.h || scale != a.scale {
		a.w, a.h, a.scale, a.dirty = w, h, scale, true
	}
}

// Update takes in what happened since the last frame and reports whether there is
// anything new to draw.
func (a *App) Update(in Input) bool {
	if a.mail.deliver() {
		a.dirty = true
	}
	a.take(in)
	if !a.dirty || a.w == 0 {
		return false
	}
	a.dirty = false
	a.build()
	return true
}

// Scene is what the window shows since the last Update.
func (a *App) Scene() *scene.Canvas { return a.canvas }

// Dark reports which palette is in force.
func (a *App) Dark() bool { return a.theme.Dark }

// SetDark chooses the palette.
func (a *App) SetDark(dark bool) {
	if dark != a.theme.Dark {
		a.theme, a.dirty = scene.ThemeOf(dark), true
	}
}

// Fullscreen reports whether the window is to fill the screen.
func (a *App) Fullscreen() bool { return a.fullscreen }

// Quit reports whether the window is to close.
func (a *App) Quit() bool { return a.quit }

// Fatal is why the window cannot stay open, or nil.
func (a *App) Fatal() *session.Problem { return a.fatal }

// Frames tells how many frames a second the window shows; it is drawn on request.
func (a *App) Frames(rate float64) {
	if a.fps && rate != a.rate {
		a.dirty = true
	}
	a.rate = rate
}

// Later runs do on the goroutine of Update: the way in for every other goroutine.
func (a *App) Later(do func()) { a.mail.post(do) }

// async works on a goroutine of its own; what work returns runs in a later Update.
func (a *App) async(work func() (then func())) {
	go func() {
		if then := work(); then != nil {
			a.mail.post(then)
		}
	}()
}

// poll looks for changes of the files on show, a few times a minute.
func (a *App) poll() {
	go func() {
		tick := time.NewTicker(2 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-a.context.Done():
				return
			case <-tick.C:
				a.mail.post(a.refreshRun)
			}
		}
	}()
}

// tell shows a message until it is dismissed.
func (a *App) tell(text string) {
	if text != "" && text != a.read {
		a.note = text
	}
}

// forgive takes away a problem of a kind, since something new is tried.
func (a *App) forgive(code string) {
	if a.problem != nil && a.problem.Code == code {
		a.problem = nil
	}
}

// fail shows what went wrong.
func (a *App) fail(err error) { a.problem = session.Explain(err) }
