package train

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"unmask/internal/atomicfile"
)

// Store is where a run keeps its files: a folder, or the browser's private file
// system.
type Store interface {
	// Write replaces a file, whole or not at all.
	Write(name string, write func(io.Writer) error) error
	// Append adds a line to a file.
	Append(name string, line []byte) error
	// Read returns a file; the error is fs.ErrNotExist where there is none.
	Read(name string) ([]byte, error)
}

// Folder is a Store in a folder.
type Folder string

// Write implements Store.
func (f Folder) Write(name string, write func(io.Writer) error) error {
	path := f.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if err := atomicfile.Write(path, write); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// Append implements Store.
func (f Folder) Append(name string, line []byte) error {
	file, err := os.OpenFile(f.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	_, err = file.Write(append(line, '\n'))
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// Read implements Store.
func (f Folder) Read(name string) ([]byte, error) {
	b, err := os.ReadFile(f.path(name))
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return b, nil
}

func (f Folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// Memory is a Store in memory, for tests and for runs that are not kept.
type Memory map[string][]byte

// Write implements Store.
func (m Memory) Write(name string, write func(io.Writer) error) error {
	var b buffer
	if err := write(&b); err != nil {
		return err
	}
	m[name] = b
	return nil
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// Append implements Store.
func (m Memory) Append(name string, line []byte) error {
	m[name] = append(append(m[name], line...), '\n')
	return nil
}

// Read implements Store.
func (m Memory) Read(name string) ([]byte, error) {
	b, ok := m[name]
	if !ok {
		return nil, fmt.Errorf("train: %s: %w", name, fs.ErrNotExist)
	}
	return b, nil
}
