package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"unmask/data"
)

// aboutFile holds the name of a project whose folder is called otherwise: a browser's
// private folders cannot be renamed.
const aboutFile = "project.json"

type about struct {
	Name string `json:"name"`
}

// StoredProject is what the list tells of a project, whether it is open or not.
type StoredProject struct {
	Name     string `json:"name"`
	Bytes    int64  `json:"bytes"`    // on disk, with its runs and the pictures that were removed; -1: unknown
	Pictures int    `json:"pictures"` // -1: unknown
}

// stored measures a project by its files' sizes and the list of its pictures.
func (s *Session) stored(place Place, name, folder string) StoredProject {
	p := StoredProject{Name: name, Bytes: -1, Pictures: -1}
	if sizes, err := place.Sizes(folder); err == nil {
		p.Bytes = 0
		for _, n := range sizes {
			p.Bytes += n
		}
	}
	if s.holds(folder) {
		p.Pictures = len(s.project.pictures.Entries())
	} else if journal, err := place.Read(folder, journalFile); err == nil || errors.Is(err, fs.ErrNotExist) {
		p.Pictures = data.CountPictures(journal)
	}
	return p
}

// holds reports whether the open project is that of a folder.
func (s *Session) holds(folder string) bool { return s.project != nil && s.project.folder == folder }

// foldersOf gives the folders of a place's projects by the projects' names. Two of one
// name, which two tabs can bring about, are told apart by a number.
func foldersOf(place Place) (map[string]string, error) {
	list, err := place.Names()
	if err != nil {
		return nil, err
	}
	folders := make(map[string]string, len(list))
	for _, folder := range list {
		var a about
		// One whose file is damaged has its folder's name, so that it can be reached.
		if b, err := place.Read(folder, aboutFile); err != nil || json.Unmarshal(b, &a) != nil || checkProjectName(a.Name) != nil {
			a.Name = folder
		}
		folders[freeName(a.Name, folders)] = folder
	}
	return folders, nil
}

// freeName is want, or want with a number where that is taken.
func freeName[T any](want string, taken map[string]T) string {
	for n, name := 2, want; ; n++ {
		if _, there := taken[name]; !there {
			return name
		}
		name = fmt.Sprintf("%s %d", want, n)
	}
}

// openFolder opens the storage of the project of a name, and makes it where there is
// none.
func openFolder(place Place, name string) (folder string, files Storage, err error) {
	folders, err := foldersOf(place)
	if err != nil {
		return "", nil, err
	}
	folder, known := folders[name]
	if !known {
		taken := map[string]bool{}
		for _, f := range folders {
			taken[f] = true
		}
		folder = freeName(name, taken)
	}
	if files, err = place.Open(folder); err != nil {
		return "", nil, err
	}
	if !known && folder != name {
		if err := writeName(files, name); err != nil {
			return "", nil, errors.Join(err, place.Remove(folder), files.Close())
		}
	}
	return folder, files, nil
}

func writeName(files Storage, name string) error {
	return files.Write(aboutFile, func(w io.Writer) error { return json.NewEncoder(w).Encode(about{name}) })
}

// hold opens the storage of a project that is to be changed as a whole.
func hold(place Place, name, folder string) (Storage, error) {
	files, err := place.Open(folder)
	if err != nil {
		return nil, cannotOpen(name, err, "close it there first")
	}
	return files, nil
}

// cannotOpen explains why a project cannot be opened; remedy is for one in use.
func cannotOpen(name string, err error, remedy string) error {
	if errors.Is(err, ErrInUse) {
		return problem("project", fmt.Errorf("session: the project %s is open in another tab or window", name), remedy)
	}
	return problem("project", err, "")
}

// doRename gives a project another name.
func (s *Session) doRename(c Command, send func(Event)) error {
	place, err := s.place()
	if err != nil {
		return err
	}
	if err := checkProjectName(c.Name); err != nil {
		return err
	}
	folders, err := foldersOf(place)
	if err != nil {
		return problem("project", err, "")
	}
	folder, there := folders[c.Project]
	if !there {
		return problem("project", fmt.Errorf("session: there is no project %q", c.Project), "")
	}
	if _, taken := folders[c.Name]; taken && c.Name != c.Project {
		return problem("project", fmt.Errorf("session: there is a project %s already", c.Name), "choose another name")
	}
	if s.holds(folder) {
		return s.renameOpen(c.Name, send)
	}
	files, err := hold(place, c.Project, folder)
	if err != nil {
		return err
	}
	if err := errors.Join(writeName(files, c.Name), files.Close()); err != nil {
		return problem("project", err, "")
	}
	return s.doProjects(send)
}

// renameOpen renames the open project.
func (s *Session) renameOpen(name string, send func(Event)) error {
	if err := s.idle(); err != nil {
		return err
	}
	if err := writeName(s.project.files, name); err != nil {
		return problem("project", err, "")
	}
	s.dropAside() // its weights have the old name
	s.project.name = name
	s.project.pictures.Rename(name)
	if err := s.sendProject(send, nil); err != nil {
		return err
	}
	return s.doProjects(send)
}
