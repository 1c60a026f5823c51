package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall/js"

	"unmask/data"
	"unmask/session"
)

// opfs keeps projects in the origin's private file system, below one folder. What
// is written there needs no permission and is seen by this site alone.
type opfs struct{}

// projectsFolder holds a folder for each project.
const projectsFolder = "projects"

// root is the folder of all projects.
func root() (js.Value, error) { return topFolder(projectsFolder) }

// topFolder is a folder at the top of the site's private files, which is made.
func topFolder(name string) (js.Value, error) {
	storage := js.Global().Get("navigator").Get("storage")
	if storage.IsUndefined() || storage.Get("getDirectory").IsUndefined() {
		return js.Value{}, errors.New("this browser keeps no files for a page that is not served over https or from this machine")
	}
	top, err := await(storage.Call("getDirectory"))
	if err != nil {
		return js.Value{}, named(name, err)
	}
	return child(top, name, true)
}

// child is a folder in a folder.
func child(dir js.Value, name string, create bool) (js.Value, error) {
	v, err := await(dir.Call("getDirectoryHandle", name, map[string]any{"create": create}))
	return v, named(name, err)
}

// named says which file an error is about, in the standard library's terms where it
// has them.
func named(name string, err error) error {
	var d domError
	switch {
	case !errors.As(err, &d):
		return err
	case d.name == "NotFoundError":
		return fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	case d.name == "QuotaExceededError":
		return fmt.Errorf("%s: the browser gives this site no more room on the disk: delete a project, or free some space", name)
	case d.name == "NoModificationAllowedError":
		return session.ErrInUse
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Names implements session.Place.
func (opfs) Names() ([]string, error) {
	dir, err := root()
	if err != nil {
		return nil, err
	}
	names := []string{}
	err = entries(dir, func(e js.Value) error {
		names = append(names, e.Get("name").String())
		return nil
	})
	slices.Sort(names)
	return names, err
}

// entries calls f with the handle of everything that lies in a folder.
func entries(dir js.Value, f func(handle js.Value) error) error {
	for values := dir.Call("values"); ; {
		next, err := await(values.Call("next"))
		if err != nil {
			return named(dir.Get("name").String(), err)
		}
		if next.Get("done").Bool() {
			return nil
		}
		if err := f(next.Get("value")); err != nil {
			return err
		}
	}
}

// project is the folder of a project that is there.
func project(name string) (js.Value, error) {
	dir, err := root()
	if err != nil {
		return js.Value{}, err
	}
	return child(dir, name, false)
}

// Sizes implements session.Place.
func (opfs) Sizes(name string) (map[string]int64, error) {
	dir, err := project(name)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	return sizes, addSizes(sizes, dir, "")
}

// addSizes adds the files below a folder, whose names begin with prefix.
func addSizes(sizes map[string]int64, dir js.Value, prefix string) error {
	return entries(dir, func(e js.Value) error {
		name := prefix + e.Get("name").String()
		if e.Get("kind").String() == "directory" {
			return addSizes(sizes, e, name+"/")
		}
		file, err := await(e.Call("getFile"))
		if err = named(name, err); errors.Is(err, fs.ErrNotExist) {
			return nil // another tab has deleted it meanwhile
		} else if err != nil {
			return err
		}
		sizes[name] = int64(file.Get("size").Float())
		return nil
	})
}

// Read implements session.Place.
func (opfs) Read(name, file string) ([]byte, error) {
	dir, err := project(name)
	if err != nil {
		return nil, err
	}
	return (&storage{dir: dir}).Read(file)
}

// Open implements session.Place. The browser's lock goes when the Worker ends,
// however it ends.
func (opfs) Open(name string) (session.Storage, error) {
	dir, err := root()
	if err != nil {
		return nil, err
	}
	unlock, err := lock("unmask project " + name)
	if err != nil {
		return nil, err
	}
	if dir, err = child(dir, name, true); err != nil {
		unlock()
		return nil, err
	}
	return &storage{dir: dir, unlock: unlock}, nil
}

// Remove implements session.Place.
func (opfs) Remove(name string) error {
	dir, err := root()
	if err != nil {
		return err
	}
	return removeEntry(dir, name)
}

// Usage implements session.Place.
func (opfs) Usage() (used, most int64, err error) {
	e, err := await(js.Global().Get("navigator").Get("storage").Call("estimate"))
	if err != nil {
		return 0, 0, named("projects", err)
	}
	return int64(e.Get("usage").Float()), int64(e.Get("quota").Float()), nil
}

// removeEntry deletes a file or a folder; there need not be one.
func removeEntry(dir js.Value, name string) error {
	_, err := await(dir.Call("removeEntry", name, map[string]any{"recursive": true}))
	if err = named(name, err); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// lock takes a lock of the origin, or fails where another tab has it.
func lock(name string) (unlock func(), err error) {
	got := make(chan bool, 1)
	var release js.Value
	held := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if args[0].IsNull() {
			got <- false
			return nil
		}
		var keep js.Func
		keep = js.FuncOf(func(_ js.Value, resolve []js.Value) any {
			release = resolve[0]
			keep.Release()
			return nil
		})
		promise := js.Global().Get("Promise").New(keep) // the lock is held until it is resolved
		got <- true
		return promise
	})
	defer held.Release()
	js.Global().Get("navigator").Get("locks").Call("request", name, map[string]any{"ifAvailable": true}, held)
	if !<-got {
		return nil, session.ErrInUse
	}
	return func() { release.Invoke() }, nil
}

// storage is one project's folder.
type storage struct {
	dir    js.Value
	unlock func()
}

// file is the handle of a file. Folders on the way are made if create says so.
func (s *storage) file(name string, create bool) (js.Value, error) {
	dir := s.dir
	for {
		first, rest, deeper := strings.Cut(name, "/")
		if !deeper {
			break
		}
		var err error
		if dir, err = child(dir, first, create); err != nil {
			return dir, err
		}
		name = rest
	}
	v, err := await(dir.Call("getFileHandle", name, map[string]any{"create": create}))
	return v, named(name, err)
}

// Write implements train.Store: the browser puts the new content in the old one's
// place when the writer is closed, and not before.
func (s *storage) Write(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return s.put(name, b.Bytes(), false)
}

// Append implements train.Store. The line is added to a copy that then takes the
// file's place, which suits logs.
func (s *storage) Append(name string, line []byte) error {
	return s.put(name, append(slices.Clone(line), '\n'), true)
}

func (s *storage) put(name string, b []byte, behind bool) error {
	file, err := s.file(name, true)
	if err != nil {
		return err
	}
	w, err := await(file.Call("createWritable", map[string]any{"keepExistingData": behind}))
	if err != nil {
		return named(name, err)
	}
	if behind {
		old, err := await(file.Call("getFile"))
		if err != nil {
			return named(name, err)
		}
		if _, err := await(w.Call("seek", old.Get("size"))); err != nil {
			return named(name, err)
		}
	}
	if _, err := await(w.Call("write", toJS(b))); err != nil {
		await(w.Call("abort")) // the old content stays
		return named(name, err)
	}
	_, err = await(w.Call("close"))
	return named(name, err)
}

// Read implements train.Store.
func (s *storage) Read(name string) ([]byte, error) {
	file, err := s.file(name, false)
	if err != nil {
		return nil, err
	}
	blob, err := await(file.Call("getFile"))
	if err != nil {
		return nil, named(name, err)
	}
	buffer, err := await(blob.Call("arrayBuffer"))
	if err != nil {
		return nil, named(name, err)
	}
	return toGo(buffer), nil
}

// RemoveAll implements session.Storage.
func (s *storage) RemoveAll(folder string) error { return removeEntry(s.dir, path.Clean(folder)) }

// Growing implements session.Storage.
func (s *storage) Growing(name string) (data.Growing, error) {
	file, err := s.file(name, true)
	if err != nil {
		return nil, err
	}
	handle, err := await(file.Call("createSyncAccessHandle"))
	if err != nil {
		return nil, named(name, err)
	}
	return &growing{name: name, handle: handle, size: int64(handle.Call("getSize").Float())}, nil
}

// Close implements session.Storage.
func (s *storage) Close() error {
	s.unlock()
	return nil
}

// growing is a file that only a Worker may hold: it reads and writes at once,
// without a promise, so that any goroutine may.
type growing struct {
	name   string
	handle js.Value
	size   int64
}

// ReadAt implements io.ReaderAt.
func (g *growing) ReadAt(b []byte, at int64) (int, error) {
	buffer := js.Global().Get("Uint8Array").New(len(b))
	n, err := try(g.handle, "read", buffer, map[string]any{"at": at})
	if err != nil {
		return 0, named(g.name, err)
	}
	js.CopyBytesToGo(b, buffer)
	if n.Int() < len(b) {
		return n.Int(), io.EOF
	}
	return n.Int(), nil
}

// Size implements data.Growing.
func (g *growing) Size() int64 { return g.size }

// Append implements data.Growing.
func (g *growing) Append(b []byte) error {
	n, err := try(g.handle, "write", toJS(b), map[string]any{"at": g.size})
	if err != nil {
		return named(g.name, err)
	}
	if n.Int() < len(b) {
		return fmt.Errorf("%s: the disk took %d of %d bytes: free some space", g.name, n.Int(), len(b))
	}
	g.size += int64(len(b))
	_, err = try(g.handle, "flush")
	return named(g.name, err)
}

// Truncate implements data.Growing.
func (g *growing) Truncate(size int64) error {
	if _, err := try(g.handle, "truncate", size); err != nil {
		return named(g.name, err)
	}
	g.size = size
	return nil
}

// Close implements data.Growing.
func (g *growing) Close() error {
	_, err := try(g.handle, "close")
	return named(g.name, err)
}
