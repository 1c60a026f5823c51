// Command native is Unmask in a window: drop a photo, paint over it, and watch the
// network fill it in; look inside the network; train and follow a training. It
// draws what package desktop lays out, by ebiten, and computes nothing itself.
// Exit codes: 0 done, 1 failed, 2 misused.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/hajimehoshi/ebiten/v2"

	"unmask/internal/desktop"
	"unmask/internal/ref/blas"
	"unmask/internal/tune"
	"unmask/session"
)

func main() {
	if os.Getenv("XDG_RUNTIME_DIR") == "" {
		// Without it graphics drivers complain on stderr of a compositor that X does not need.
		os.Setenv("XDG_RUNTIME_DIR", os.TempDir())
	}
	os.Exit(run(os.Args[1:], os.Stderr))
}

// settings are the flags.
type settings struct {
	desktop.Options
	theme         string
	width, height int
	frames        bool
}

// errMisused is a command line that makes no sense; what is wrong was printed.
var errMisused = errors.New("misused")

func parse(args []string, out io.Writer) (s settings, err error) {
	f := flag.NewFlagSet("unmask-native", flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() {
		fmt.Fprintln(out, "usage: unmask-native [flags] [photo, folder, weights or run ...]")
		f.PrintDefaults()
	}
	f.StringVar(&s.Device, "device", "gpu", "what computes: gpu, cpu, or auto, which takes the CPU where there is no GPU")
	f.StringVar(&s.Weights, "weights", "", "weights file (default: the ones that ship with unmask)")
	f.Float64Var(&s.Ratio, "ratio", 0.6, "share of the patches that the random mask hides; 0: none")
	f.Uint64Var(&s.Seed, "seed", 0, "seed of the random mask")
	f.IntVar(&s.Size, "size", session.DefaultSize, "shorter side of a picture in pixels")
	f.StringVar(&s.theme, "theme", "auto", "colours: light, dark, or auto, which asks the system")
	f.IntVar(&s.width, "width", 1280, "width of the window")
	f.IntVar(&s.height, "height", 860, "height of the window")
	f.BoolVar(&s.frames, "frames", false, "print every second how many frames the window shows, and the longest time between two")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	wrong := func(format string, a ...any) (settings, error) {
		fmt.Fprintf(out, "unmask-native: "+format+"\n", a...)
		return s, errMisused
	}
	switch {
	case s.Device != "gpu" && s.Device != "cpu" && s.Device != "auto":
		return wrong("--device %q: want gpu, cpu or auto", s.Device)
	case s.theme != "light" && s.theme != "dark" && s.theme != "auto":
		return wrong("--theme %q: want light, dark or auto", s.theme)
	case !(s.Ratio >= 0 && s.Ratio < 1):
		return wrong("--ratio %v: want 0 to less than 1", s.Ratio)
	case s.Size < session.MinSize || s.Size > session.MaxSize:
		return wrong("--size %d: want %d to %d pixels", s.Size, session.MinSize, session.MaxSize)
	case s.width < desktop.MinWidth || s.height < desktop.MinHeight:
		return wrong("a window of %d x %d: want at least %d x %d", s.width, s.height, desktop.MinWidth, desktop.MinHeight)
	}
	s.Paths = f.Args()
	return s, nil
}

// run opens the window and returns the exit code.
func run(args []string, errOut io.Writer) int {
	s, err := parse(args, errOut)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	s.Session = session.Options{MatMul: blas.MatMul}
	if folder, err := tune.UserFolder(); err == nil {
		s.Session.Tuned = folder
	}
	s.Copy = copyPNG
	s.Dark = s.theme == "dark" || s.theme == "auto" && systemDark()
	ebiten.SetWindowTitle("Unmask")
	ebiten.SetWindowSize(s.width, s.height)
	ebiten.SetWindowSizeLimits(desktop.MinWidth, desktop.MinHeight, -1, -1)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowClosingHandled(true)
	// The window keeps what was drawn, so that an idle one costs next to nothing.
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetWindowIcon(icons())

	app := desktop.New(s.Options)
	g := newGame(app)
	if s.frames {
		g.pace = &frames{out: errOut}
	}
	err = ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{X11ClassName: "Unmask", X11InstanceName: "unmask"})
	app.Close()
	switch p := app.Fatal(); {
	case err != nil:
		fmt.Fprintf(errOut, "unmask-native: the window cannot be drawn: %v\nremedy: install a graphics driver with OpenGL, or use the page (unmask serve) or the command line (unmask)\n", err)
		return 1
	case p != nil:
		fmt.Fprintf(errOut, "unmask-native: %s\nremedy: %s; --device cpu\n", p.Text, p.Remedy)
		return 1
	}
	return 0
}
