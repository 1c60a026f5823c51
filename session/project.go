package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"unmask/data"
)

// ProjectList is what the session's place holds.
type ProjectList struct {
	Names  []string        `json:"names"`
	Stored []StoredProject `json:"stored"` // in the order of Names
	Used   int64           `json:"used"`   // bytes of all projects
	Most   int64           `json:"most"`   // bytes there may be; 0: unknown
}

// ProjectInfo describes the open project.
type ProjectInfo struct {
	Name     string         `json:"name"`
	Pictures []string       `json:"pictures"`       // "class/name.jpg", in the order in which they came
	Classes  []string       `json:"classes"`        // those that are kept even without pictures
	More     bool           `json:"more,omitempty"` // another change follows, and Pictures, Classes and Runs wait for it
	Bytes    int64          `json:"bytes"`          // of the pictures on disk, with those that were removed
	Runs     []RunInfo      `json:"runs"`           // one of a kind at most
	Refused  []data.Refusal `json:"refused,omitempty"`
}

// project is the open one.
type project struct {
	name     string
	folder   string
	files    Storage
	pictures *data.Collection
}

// Names of the files that hold a project's pictures.
const (
	picturesFile = "pictures.bin"
	journalFile  = "pictures.jsonl"
)

func (s *Session) place() (Place, error) {
	if s.options.Place == nil {
		return nil, problem("project", fmt.Errorf("session: there is no place here to keep a project"), "")
	}
	return s.options.Place, nil
}

// doProjects lists the projects.
func (s *Session) doProjects(send func(Event)) error {
	place, err := s.place()
	if err != nil {
		return err
	}
	folders, err := foldersOf(place)
	if err != nil {
		return problem("project", err, "")
	}
	list := &ProjectList{Names: slices.AppendSeq([]string{}, maps.Keys(folders)), Stored: []StoredProject{}}
	slices.Sort(list.Names)
	for _, name := range list.Names {
		list.Stored = append(list.Stored, s.stored(place, name, folders[name]))
	}
	if list.Used, list.Most, err = place.Usage(); err != nil {
		return problem("project", err, "")
	}
	send(Event{Kind: EvProjects, Projects: list})
	return nil
}

// doProject opens a project.
func (s *Session) doProject(c Command, send func(Event)) error {
	place, err := s.place()
	if err != nil {
		return err
	}
	if err := checkProjectName(c.Project); err != nil {
		return err
	}
	if s.project == nil || s.project.name != c.Project {
		if err := s.idle(); err != nil {
			return err
		}
		p, err := openProject(place, c.Project)
		if err != nil {
			return cannotOpen(c.Project, err, "close it there, or choose another project")
		}
		if err := s.closeProject(); err != nil {
			return errors.Join(err, p.close())
		}
		s.project = p
	}
	return s.sendProject(send, nil)
}

// openProject opens the project of a name, and makes it where there is none.
func openProject(place Place, name string) (*project, error) {
	folder, files, err := openFolder(place, name)
	if err != nil {
		return nil, err
	}
	content, err := files.Growing(picturesFile)
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	journal, err := files.Growing(journalFile)
	if err != nil {
		return nil, errors.Join(err, content.Close(), files.Close())
	}
	pictures, err := data.OpenCollection(name, content, journal)
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return &project{name: name, folder: folder, files: files, pictures: pictures}, nil
}

func (p *project) close() error { return errors.Join(p.pictures.Close(), p.files.Close()) }

// remove deletes the project for good.
func (p *project) remove(place Place) error {
	return errors.Join(p.pictures.Close(), place.Remove(p.folder), p.files.Close())
}

// closeProject closes the open project, if there is one.
func (s *Session) closeProject() error {
	if s.project == nil {
		return nil
	}
	s.dropAside()
	err := s.project.close()
	s.project = nil
	return err
}

// doDelete deletes a project for good.
func (s *Session) doDelete(c Command, send func(Event)) error {
	place, err := s.place()
	if err != nil {
		return err
	}
	if err := checkProjectName(c.Project); err != nil {
		return err
	}
	folders, err := foldersOf(place)
	if err != nil {
		return problem("project", err, "")
	}
	folder, there := folders[c.Project]
	switch {
	case !there:
	case s.holds(folder):
		if err = s.idle(); err != nil {
			return err
		}
		s.dropAside()
		err = s.project.remove(place)
		s.project = nil
	default:
		files, held := hold(place, c.Project, folder)
		if held != nil {
			return held
		}
		err = errors.Join(place.Remove(folder), files.Close())
	}
	if err != nil {
		return problem("project", err, "")
	}
	return s.doProjects(send)
}

// opened is the project in hand, or the error that there is none.
func (s *Session) opened() (*project, error) {
	if s.project == nil {
		return nil, problem("project", fmt.Errorf("session: no project is open"), "open one first")
	}
	return s.project, nil
}

// sendProject tells what the open project holds.
func (s *Session) sendProject(send func(Event), refused []data.Refusal) error {
	p := s.project
	info := ProjectInfo{Name: p.name, Pictures: []string{}, Classes: p.pictures.Classes(), Bytes: p.pictures.Bytes(), Runs: []RunInfo{}, Refused: refused}
	for _, e := range p.pictures.Entries() {
		info.Pictures = append(info.Pictures, e.Path)
	}
	for _, kind := range runKinds {
		run, ok, err := p.run(kind)
		if err != nil {
			return explained(err)
		}
		if ok {
			info.Runs = append(info.Runs, run)
		}
	}
	send(Event{Kind: EvProject, Project: &info})
	return nil
}

// doPictures adds, moves or removes pictures of the open project.
func (s *Session) doPictures(c Command, send func(Event)) error {
	p, err := s.opened()
	if err != nil {
		return err
	}
	var refused []data.Refusal
	for i, path := range c.Paths {
		switch c.Do {
		case DoAdd:
			if i >= len(c.Blobs) {
				return problem("internal", fmt.Errorf("session: %d paths, but %d files", len(c.Paths), len(c.Blobs)), "")
			}
			var no []data.Refusal
			_, no, err = p.pictures.Add(path, c.Blobs[i])
			refused = append(refused, no...)
		case DoMove:
			_, err = p.pictures.Move(path, c.Class)
		case DoRemove:
			err = p.pictures.Remove(path)
		}
		if err == nil {
			continue
		}
		err = problem("project", err, "")
		if c.Do == DoAdd {
			return err // EvProject would say that all has come
		}
		// What was done before is done, and the front end should know.
		return errors.Join(err, s.sendProject(send, nil))
	}
	return s.changed(c, send, refused)
}

// changed tells what the project holds after a change, and little where more follows:
// to tell of ten thousand pictures after every portion would take longer than they do.
func (s *Session) changed(c Command, send func(Event), refused []data.Refusal) error {
	if !c.More {
		return s.sendProject(send, refused)
	}
	p := s.project
	send(Event{Kind: EvProject, Project: &ProjectInfo{Name: p.name, Bytes: p.pictures.Bytes(), Refused: refused, More: true}})
	return nil
}

// doClass keeps a class of the open project without pictures, or no longer.
func (s *Session) doClass(c Command, send func(Event)) error {
	p, err := s.opened()
	if err != nil {
		return err
	}
	if c.Do == DoDropClass {
		err = p.pictures.DropClass(c.Class)
	} else {
		if err := data.CheckClass(c.Class); err != nil {
			return problem("project", err, "choose another name")
		}
		err = p.pictures.KeepClass(c.Class)
	}
	if err != nil {
		return problem("project", err, "")
	}
	return s.changed(c, send, nil)
}

// doThumbs sends small squares of pictures.
func (s *Session) doThumbs(ctx context.Context, c Command, send func(Event)) error {
	p, err := s.opened()
	if err != nil {
		return err
	}
	size := cmp.Or(c.Size, 96)
	if size < 8 || size > 1024 {
		return problem("picture", fmt.Errorf("session: thumbnails of %d pixels: want 8 to 1024", size), "")
	}
	e := Event{Kind: EvThumbs, Blobs: make([][]byte, len(c.Paths))}
	for i, path := range c.Paths {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b, err := p.pictures.Read(path)
		if err != nil {
			return problem("picture", err, "")
		}
		// One that cannot be read has no thumbnail; training names it when it meets it.
		if pic, _, err := data.Decode(path, b); err == nil {
			e.Blobs[i] = pic.Square(size).RGBA()
		}
	}
	send(e)
	return nil
}
