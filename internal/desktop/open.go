package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"unmask/data"
	"unmask/session"
	"unmask/train"
	"unmask/weights"
)

// maxListed bounds the pictures of a folder that the window browses.
const maxListed = 100_000

// Open takes files and folders in hand: pictures to hide patches of, weights, a run
// to look at, a folder of pictures to browse or to train on. It never waits for the
// disk.
func (a *App) Open(paths []string) {
	training := a.view == TrainingView
	a.async(func() func() {
		found := look(paths)
		return func() { a.opened(found, training) }
	})
}

// finds is what lies behind the paths that were opened.
type finds struct {
	pictures []string
	weights  string
	run      string // folder of a run
	data     string // folder or zip of pictures
	err      error
}

// look sorts paths by what they hold.
func look(paths []string) finds {
	var f finds
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			if errors.Is(err, fs.ErrNotExist) {
				err = session.NewProblem("picture", fmt.Errorf("there is no file or folder %s", p), "check the name")
			}
			f.err = err
		case info.IsDir():
			if _, err := os.Stat(filepath.Join(p, train.ConfigFile)); err == nil {
				f.run = p
				continue
			}
			f.data = p
			f.pictures = append(f.pictures, list(p)...)
		case session.IsWeights(p):
			f.weights = p
		case strings.EqualFold(filepath.Ext(p), ".zip"):
			f.data = p
		default:
			f.pictures = append(f.pictures, p)
		}
	}
	if f.err == nil && f.data != "" && len(f.pictures) == 0 && !strings.EqualFold(filepath.Ext(f.data), ".zip") {
		f.err = session.NewProblem("picture", fmt.Errorf("there is no picture in %s", f.data), "choose a folder that holds JPEG, PNG, GIF or WebP files, or folders of them")
	}
	return f
}

// list names the pictures of a folder and the folders in it, in order.
func list(folder string) []string {
	src, err := data.Open(folder)
	if err != nil {
		return nil
	}
	defer src.Close()
	var out []string
	for i := range min(src.Len(), maxListed) {
		out = append(out, filepath.Join(folder, filepath.FromSlash(src.Name(i))))
	}
	return out
}

// opened acts on what was found; training says that the training view was open.
func (a *App) opened(f finds, training bool) {
	defer func() { // last: what is opened takes away the message about what was opened before
		if f.err != nil {
			a.fail(f.err)
		}
	}()
	if f.weights != "" {
		a.loadWeights(f.weights)
	}
	if f.run != "" {
		a.openRun(f.run)
		a.view = TrainingView
	}
	if f.data != "" {
		a.planFor(f.data)
		if training || len(f.pictures) == 0 {
			a.view = TrainingView
			return
		}
	}
	if len(f.pictures) > 0 {
		a.studio.files, a.studio.at = f.pictures, 0
		if a.view == TrainingView {
			a.view = StudioView
		}
		a.openPicture()
	}
}

// browse goes to another picture of the folder.
func (a *App) browse(by int) {
	s := &a.studio
	if n := len(s.files); n > 1 {
		s.at = ((s.at+by)%n + n) % n
		a.openPicture()
	}
}

// openPicture reads the picture that s.at names and hands it to the engine.
func (a *App) openPicture() {
	s := &a.studio
	path := s.files[s.at]
	a.forgive("picture")
	a.async(func() func() {
		b, err := readPicture(path)
		return func() {
			if s.at >= len(s.files) || s.files[s.at] != path {
				return // another one was chosen meanwhile
			}
			if err != nil {
				a.fail(err)
				return
			}
			s.pictureID = a.engine.send(session.Command{Do: session.DoPicture, Name: path, Size: a.o.Size, Blob: b})
		}
	})
}

// readPicture reads a file that may be a picture; a huge one is declined unread.
func readPicture(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > data.MaxFileSize {
		return nil, session.NewProblem("picture", fmt.Errorf("%s has %d MB: want at most %d", filepath.Base(path), info.Size()>>20, data.MaxFileSize>>20), "save it smaller, as JPEG for example")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, session.NewProblem("picture", err, "check the name and the folder")
	}
	return b, nil
}

// loadWeights reads a weights file, "" for those that come with Unmask, and hands it
// to the engine.
func (a *App) loadWeights(path string) {
	a.studio.net = path
	a.forgive("weights")
	a.async(func() func() {
		name, b, err := readWeights(path)
		return func() {
			if a.studio.net != path {
				return
			}
			if err != nil {
				a.fail(err)
				return
			}
			a.studio.weightsID = a.engine.send(session.Command{Do: session.DoWeights, Name: name, Blob: b})
		}
	})
}

// readWeights reads a weights file; "" names those that come with Unmask.
func readWeights(path string) (name string, b []byte, err error) {
	if path == "" {
		return weights.Default()
	}
	b, err = os.ReadFile(path)
	if err != nil {
		err = session.NewProblem("weights", err, "check the name and the folder")
	}
	return path, b, err
}
