package session

import (
	"fmt"
	"io"
	"regexp"
	"sync"

	"unmask/data"
	"unmask/train"
)

// Place keeps projects beyond the life of a session, as the browser's private file
// system does.
type Place interface {
	Names() ([]string, error) // of the projects' folders, sorted
	// Open opens a project, and makes it where there is none. Until it is closed no
	// other session opens it: the error is ErrInUse then.
	Open(folder string) (Storage, error)
	// Remove deletes a project whose Storage the caller has open, so that nobody else
	// has, and none of its files.
	Remove(folder string) error
	// Sizes are the bytes of a project's files by their names, and Read is one file;
	// neither minds who has the project open.
	Sizes(folder string) (map[string]int64, error)
	Read(folder, name string) ([]byte, error)
	// Usage is what all projects take and may take, in bytes; 0 where it is unknown.
	Usage() (used, most int64, err error)
}

// Storage is the files of one project. Names have slashes.
type Storage interface {
	train.Store
	Growing(name string) (data.Growing, error)
	RemoveAll(folder string) error // no error where there is none
	Close() error
}

// ErrInUse is a project that another session has open.
var ErrInUse = fmt.Errorf("session: the project is open elsewhere")

// projectName is what a project may be called: it names a folder everywhere.
// Compiled at need: in the browser it takes as long as a frame of an animation.
var projectName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[\p{L}\p{N}_-][\p{L}\p{N} ._-]{0,62}$`)
})

func checkProjectName(name string) error {
	if !projectName().MatchString(name) {
		return problem("project", fmt.Errorf("session: a project cannot be called %q", name), "use up to 63 letters, digits, spaces, dots, - and _")
	}
	return nil
}

// runStore is the part of a project's storage that holds one kind of run.
type runStore struct {
	files Storage
	kind  train.Kind
}

func (s runStore) path(name string) string { return string(s.kind) + "/" + name }

// Write implements train.Store.
func (s runStore) Write(name string, write func(io.Writer) error) error {
	return s.files.Write(s.path(name), write)
}

// Append implements train.Store.
func (s runStore) Append(name string, line []byte) error { return s.files.Append(s.path(name), line) }

// Read implements train.Store.
func (s runStore) Read(name string) ([]byte, error) { return s.files.Read(s.path(name)) }
