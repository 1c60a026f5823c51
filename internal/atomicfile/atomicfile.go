// Package atomicfile writes a file whole or not at all.
package atomicfile

import (
	"io"
	"os"
	"path/filepath"
)

// Write puts what f writes under path. A crash leaves either the old file or
// the new one: the bytes go to a temporary file of the same folder, reach the
// disk, and take the name last.
func Write(path string, f func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	for _, step := range []func() error{
		func() error { return f(tmp) },
		tmp.Sync,
		func() error { return tmp.Chmod(0o644) }, // CreateTemp makes it private
		tmp.Close,
		func() error { return os.Rename(tmp.Name(), path) },
	} {
		if err = step(); err != nil {
			return err
		}
	}
	return nil
}
