package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"unmask/data"
	"unmask/weights"
)

// remedied is an error with what to do about it.
type remedied struct {
	error
	remedy string
}

func (r remedied) Unwrap() error { return r.error }

// readFile reads a whole file; what it should be is named in the error. A
// picture larger than max bytes is declined before it is read; 0: any size.
func readFile(what, path string, max int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, unreadable(what, path, err)
	case info.IsDir():
		return nil, remedied{fmt.Errorf("cannot read the %s %s: it is a folder", what, path), "name one file"}
	case max > 0 && info.Size() > max:
		return nil, remedied{fmt.Errorf("cannot read the %s %s: it has %d MB: want at most %d", what, path, info.Size()>>20, max>>20), "save it smaller, as JPEG for example"}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(what, path, err)
	}
	return b, nil
}

func unreadable(what, path string, err error) error {
	remedy := "check the name and the folder"
	if errors.Is(err, fs.ErrPermission) {
		remedy = "allow reading it"
	}
	return remedied{fmt.Errorf("cannot read the %s %s: %w", what, path, cause(err)), remedy}
}

func readPicture(what, path string) ([]byte, error) { return readFile(what, path, data.MaxFileSize) }

// weightsFile reads a weights file, or gives the one that ships with Unmask.
func weightsFile(path string) (string, []byte, error) {
	if path == "" {
		return weights.Default()
	}
	b, err := readFile("weights", path, 0)
	return path, b, err
}

// checkOut refuses a name that cannot be written, before any work is done.
func checkOut(path, ext string) error {
	if !strings.EqualFold(filepath.Ext(path), ext) {
		return usageError{fmt.Errorf("output %s: want a name that ends in %s", path, ext)}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("cannot write %s: it is a folder", path)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return remedied{fmt.Errorf("cannot write %s: there is no folder %s", path, filepath.Dir(path)), "make the folder first"}
	}
	return nil
}

// unwritten is a failure to write path, without the name of the temporary file
// that it was to be.
func unwritten(path string, err error) error {
	if c := cause(err); c != err {
		return remedied{fmt.Errorf("cannot write %s: %w", path, c), "check the folder, its permissions and the space that is left"}
	}
	return err
}

// cause is what the system said, without operation and path.
func cause(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		return l.Err
	}
	return err
}
