package desktop

// shortcut is a line of the help.
type shortcut struct{ keys, what string }

// shortcuts are all that the keyboard can do, in the order of the help.
var shortcuts = []shortcut{
	{"F1", "this help"},
	{"1  2  3", "studio, features, training"},
	{"V", "four pictures, or original and composite with a slider"},
	{"R", "another random mask"},
	{"−  +", "hide less, hide more"},
	{"I  C", "invert the mask, clear it"},
	{"[  ]  wheel", "smaller and larger brush"},
	{"left, right button", "hide, show patches"},
	{"arrows, space", "choose a patch, hide or show it; in features: choose a layer"},
	{"Page Up, Page Down", "picture before and after, in a folder"},
	{"Ctrl S", "save all four pictures; with Shift the composite"},
	{"Ctrl C", "copy what is shown"},
	{"P", "pause or resume the training"},
	{"D", "light or dark"},
	{"F11", "full screen"},
	{"F3", "frames per second"},
	{"Esc", "close the help, leave full screen, dismiss a message"},
	{"Ctrl Q", "quit"},
}

// key does what a key is for.
func (a *App) key(k string) {
	switch {
	case k == "F1":
		a.help = !a.help
		return
	case k == "F3":
		a.fps = !a.fps
		return
	case k == "F11":
		a.fullscreen = !a.fullscreen
		return
	case k == "Escape":
		a.escape()
		return
	case k == "Q" && a.in.Ctrl:
		a.quit = true
		return
	case k == "D" && !a.in.Ctrl:
		a.SetDark(!a.theme.Dark)
		return
	case k == "P" && !a.in.Ctrl:
		a.pauseOrResume()
		return
	case k == "S" && a.in.Ctrl:
		a.save(a.in.Shift)
		return
	case k == "C" && a.in.Ctrl:
		a.copyPicture()
		return
	case a.in.Ctrl:
		return
	case k == "Digit1" || k == "Numpad1":
		a.show(StudioView)
	case k == "Digit2" || k == "Numpad2":
		a.show(FeaturesView)
	case k == "Digit3" || k == "Numpad3":
		a.show(TrainingView)
	case k == "PageDown":
		a.browse(1)
	case k == "PageUp":
		a.browse(-1)
	}
	switch a.view {
	case StudioView:
		a.studioKey(k)
	case FeaturesView:
		a.featuresKey(k)
	}
}

// escape takes away what is in front.
func (a *App) escape() {
	switch {
	case a.help:
		a.help = false
	case a.problem != nil:
		a.problem = nil
	case a.note != "":
		a.dismiss()
	default:
		a.fullscreen = false
	}
}

// dismiss takes the note away for good.
func (a *App) dismiss() { a.read, a.note = a.note, "" }

// show changes the view.
func (a *App) show(v View) {
	a.view = v
	if v == FeaturesView {
		a.askFeatures()
	}
}

func (a *App) studioKey(k string) {
	s := &a.studio
	switch k {
	case "V":
		s.sliding = !s.sliding
	case "R":
		a.anotherMask()
	case "I":
		a.setMask(s.mask.Invert())
	case "C":
		a.clearMask()
	case "Minus", "NumpadSubtract":
		a.setRatio(s.ratio - 0.05)
	case "Equal", "NumpadAdd":
		a.setRatio(s.ratio + 0.05)
	case "BracketLeft":
		s.grow(-1)
	case "BracketRight":
		s.grow(1)
	case "ArrowUp":
		a.moveCursor(-1, 0)
	case "ArrowDown":
		a.moveCursor(1, 0)
	case "ArrowLeft":
		a.moveCursor(0, -1)
	case "ArrowRight":
		a.moveCursor(0, 1)
	case "Space":
		a.flipCursor()
	}
}
