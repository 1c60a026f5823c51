package session

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"unmask/data"
	"unmask/train"
)

// A project file is a zip: the pictures below picturesFolder, as unmask finetune
// takes them, and a folder for each run with these files.
const picturesFolder = "pictures"

var runFiles = []string{train.ConfigFile, train.LogFile, train.ProgressFile, train.LastFile, train.BestFile}

// maxRunFile bounds what one of them may unpack to, in bytes: the state of Huge.
const maxRunFile = 12 << 30

// doPack sends the open project as one file.
func (s *Session) doPack(send func(Event)) error {
	p, err := s.opened()
	if err == nil {
		err = s.idle() // its files change under way
	}
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	err = p.pictures.WriteZip(z, picturesFolder)
	for _, class := range p.pictures.Classes() {
		if err == nil { // a folder, which may stay empty
			_, err = z.Create(picturesFolder + "/" + class + "/")
		}
	}
	for _, kind := range runKinds {
		for _, name := range runFiles {
			if err == nil {
				err = pack(z, runStore{p.files, kind}, name)
			}
		}
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return problem("project", err, "")
	}
	send(Event{Kind: EvFile, Note: p.name + ".zip", Blobs: [][]byte{b.Bytes()}})
	return nil
}

// pack adds a file of a run to a zip, if there is one.
func pack(z *zip.Writer, store runStore, name string) error {
	b, err := store.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: store.path(name), Method: zip.Store})
	if err == nil {
		_, err = w.Write(b)
	}
	return err
}

// doUnpack makes a project of a project file, under a name that is free, and opens
// it. A file that cannot be unpacked leaves none behind.
func (s *Session) doUnpack(c Command, send func(Event)) error {
	place, err := s.place()
	if err == nil {
		err = s.idle()
	}
	if err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(c.Blob), int64(len(c.Blob)))
	if err != nil || !slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasPrefix(f.Name, picturesFolder+"/") }) {
		return problem("project", fmt.Errorf("session: %s is no project file", cmp.Or(c.Name, "this")), "choose a .zip that was saved by Unmask; a zip of pictures goes into a project")
	}
	name := strings.TrimSuffix(path.Base(cmp.Or(c.Project, c.Name, "project")), ".zip")
	if checkProjectName(name) != nil {
		name = "project"
	}
	folders, err := foldersOf(place)
	if err != nil {
		return problem("project", err, "")
	}
	p, err := openProject(place, freeName(name, folders))
	if err != nil {
		return problem("project", err, "")
	}
	for _, f := range z.File {
		if err = p.unpack(f); err != nil {
			return errors.Join(problem("project", err, ""), p.remove(place))
		}
	}
	if err := s.closeProject(); err != nil {
		return errors.Join(err, p.close())
	}
	s.project = p
	return s.sendProject(send, nil)
}

// unpack takes in an entry of a project file; what it does not know it passes over.
func (p *project) unpack(f *zip.File) error {
	folder, name, _ := strings.Cut(f.Name, "/")
	kind := train.Kind(folder)
	if class, is := strings.CutSuffix(name, "/"); folder == picturesFolder && is {
		if data.CheckClass(class) != nil {
			return nil
		}
		return p.pictures.KeepClass(class)
	}
	picture := folder == picturesFolder && name != ""
	if !picture && !(slices.Contains(runKinds, kind) && slices.Contains(runFiles, name)) {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("session: %s: %w", f.Name, err)
	}
	defer r.Close()
	// The announced size may be a lie.
	b, err := io.ReadAll(io.LimitReader(r, maxRunFile))
	if err != nil {
		return fmt.Errorf("session: %s: %w", f.Name, err)
	}
	if picture {
		_, refused, err := p.pictures.Add(name, b)
		if err == nil && len(refused) > 0 {
			err = fmt.Errorf("session: %s: %s", f.Name, refused[0].Why)
		}
		return err
	}
	return runStore{p.files, kind}.Write(name, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}
