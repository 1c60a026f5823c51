package session

import (
	"errors"

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

// Explain turns any error into what a front end shows.
func Explain(err error) *Problem {
	var f *failure
	var bad *data.BadPicture
	switch {
	case errors.As(err, &bad):
		return &Problem{Text: bad.Name + ": " + bad.Found, Remedy: bad.Remedy, Code: "picture"}
	case errors.As(err, &f):
		return &Problem{Text: f.err.Error(), Remedy: f.remedy, Code: f.code}
	case errors.Is(err, device.ErrLost):
		return &Problem{Text: err.Error(), Remedy: "start the engine again; if it happens often, choose a smaller picture or the CPU", Code: "device"}
	}
	return &Problem{Text: err.Error(), Code: "internal"}
}
