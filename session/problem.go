package session

import (
	"errors"
	"slices"
	"strings"

	"unmask/data"
	"unmask/internal/device"
)

// failure is an error that carries its remedy to the front end.
type failure struct {
	code   string
	err    error
	remedy string
}

func (f *failure) Error() string {
	if f.remedy == "" {
		return f.err.Error()
	}
	return f.err.Error() + "; " + f.remedy
}

func (f *failure) Unwrap() error { return f.err }

func problem(code string, err error, remedy string) error {
	return &failure{code, err, remedy}
}

// Explain turns any error into what a front end shows: without the names of our
// packages that developers find at the front of an error.
func Explain(err error) *Problem {
	var f *failure
	var bad *data.BadPicture
	var memory *device.MemoryError
	var kernel *device.KernelError
	switch {
	case errors.As(err, &memory) && !errors.Is(err, device.ErrLost):
		return &Problem{Text: plain(err), Remedy: "choose a smaller picture, fewer pictures at once, or a smaller model", Code: "memory"}
	case errors.As(err, &kernel) && !errors.Is(err, device.ErrLost):
		return &Problem{Text: plain(err), Remedy: "update the graphics driver, or let the CPU compute", Code: "internal"}
	case errors.As(err, &bad):
		return &Problem{Text: bad.Name + ": " + bad.Found, Remedy: bad.Remedy, Code: "picture"}
	case errors.As(err, &f):
		return &Problem{Text: plain(f.err), Remedy: f.remedy, Code: f.code}
	case errors.Is(err, device.ErrLost):
		return &Problem{Text: plain(err), Remedy: "start the engine again; if it happens often, choose a smaller picture or the CPU", Code: "device"}
	}
	return &Problem{Text: plain(err), Code: "internal"}
}

// packages are the prefixes of our errors.
var packages = []string{"session", "data", "weights", "model", "graph", "shaders", "gpu", "ref", "bench", "train", "tune"}

func plain(err error) string {
	text := err.Error()
	for {
		first, rest, ok := strings.Cut(text, ": ")
		if !ok || !slices.Contains(packages, first) {
			return text
		}
		text = rest
	}
}

// NewProblem is an error of a front end that Explain tells with its remedy.
func NewProblem(code string, err error, remedy string) error { return problem(code, err, remedy) }
