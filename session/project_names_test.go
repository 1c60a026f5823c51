package session

import (
	"slices"
	"strings"
	"testing"
)

// withPlace is a session on a place that others share.
func withPlace(t *testing.T, place Place) *Session {
	t.Helper()
	s := New(Options{Place: place})
	t.Cleanup(s.Close)
	return s
}

// listed are the names of the projects that a session sees.
func listed(t *testing.T, s *Session) []string {
	t.Helper()
	return one(t, s, Command{Do: DoProjects}, EvProjects).Projects.Names
}

func TestProjectsAreRenamed(t *testing.T) {
	place := newShelf()
	s := withPlace(t, place)
	one(t, s, Command{Do: DoProject, Project: "birds"}, EvProject)
	one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject)
	one(t, s, Command{Do: DoAdd, Paths: []string{"cat/1.png"}, Blobs: [][]byte{scene(40, 40, 1)}}, EvProject)

	events := do(s, Command{ID: 3, Do: DoRename, Project: "pets", Name: "Our cats"})
	if !slices.Equal(kinds(events), []string{EvProject, EvProjects}) || events[0].Project.Name != "Our cats" || events[0].ID != 3 || !slices.Equal(events[1].Projects.Names, []string{"Our cats", "birds"}) {
		t.Fatalf("the open one: %s", describe(events))
	}
	if e := one(t, s, Command{Do: DoThumbs, Paths: []string{"x"}}, EvError); !strings.HasPrefix(e.Error.Text, "Our cats: ") {
		t.Errorf("a message says %q", e.Error.Text)
	}
	if l := one(t, s, Command{Do: DoRename, Project: "birds", Name: "Birds 1"}, EvProjects).Projects; !slices.Equal(l.Names, []string{"Birds 1", "Our cats"}) {
		t.Errorf("one that is not open: %q", l.Names)
	}

	// The old name is free again, for a project of its own.
	if p := one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject).Project; len(p.Pictures) != 0 {
		t.Errorf("a new one of the old name holds %q", p.Pictures)
	}
	other := withPlace(t, place)
	if got := listed(t, other); !slices.Equal(got, []string{"Birds 1", "Our cats", "pets"}) {
		t.Errorf("another session lists %q", got)
	}
	if p := one(t, other, Command{Do: DoProject, Project: "Our cats"}, EvProject).Project; !slices.Equal(p.Pictures, []string{"cat/1.png"}) {
		t.Errorf("under its new name it holds %q", p.Pictures)
	}
	one(t, other, Command{Do: DoProject, Project: "Birds 1"}, EvProject)
	one(t, s, Command{Do: DoDelete, Project: "Our cats"}, EvProjects)
	if got := listed(t, other); !slices.Equal(got, []string{"Birds 1", "pets"}) || len(place.projects) != 2 {
		t.Errorf("after a deletion %q are listed, of %d", got, len(place.projects))
	}
}

func TestProjectsThatAreNotRenamed(t *testing.T) {
	place := newShelf()
	s, other := withPlace(t, place), withPlace(t, place)
	one(t, s, Command{Do: DoProject, Project: "birds"}, EvProject)
	one(t, other, Command{Do: DoProject, Project: "pets"}, EvProject)
	for _, c := range []struct {
		from, to string
		want     Problem
	}{
		{"birds", "pets", Problem{"there is a project pets already", "choose another name", "project"}},
		{"birds", "a/b", Problem{`a project cannot be called "a/b"`, "use up to 63 letters, digits, spaces, dots, - and _", "project"}},
		{"none", "some", Problem{`there is no project "none"`, "", "project"}},
		{"pets", "cats", Problem{"the project pets is open in another tab or window", "close it there first", "project"}},
	} {
		if e := one(t, s, Command{Do: DoRename, Project: c.from, Name: c.to}, EvError); *e.Error != c.want {
			t.Errorf("%s to %s: %+v, want %+v", c.from, c.to, *e.Error, c.want)
		}
	}
	place.full = true
	if e := one(t, s, Command{Do: DoRename, Project: "birds", Name: "hens"}, EvError); e.Error.Text != "the disk is full" {
		t.Errorf("on a full disk: %+v", e.Error)
	}
	if got := listed(t, s); !slices.Equal(got, []string{"birds", "pets"}) || len(place.projects) != 2 {
		t.Errorf("afterwards %q are listed", got)
	}
}

// TestProjectsOfOneName, which two sessions can bring about, are both there, and so is
// one whose name cannot be read.
func TestProjectsOfOneName(t *testing.T) {
	place := newShelf()
	s := withPlace(t, place)
	for folder, text := range map[string]string{"a": `{"name":"pets"}`, "b": `{"name":"pets"}`, "c": `{"na`, "d": `{"name":"../up"}`} {
		place.projects[folder] = &box{shelf: place, files: map[string][]byte{aboutFile: []byte(text)}}
	}
	if got := listed(t, s); !slices.Equal(got, []string{"c", "d", "pets", "pets 2"}) {
		t.Errorf("lists %q", got)
	}
}

// TestTheListTellsSizes of projects, open or not.
func TestTheListTellsSizes(t *testing.T) {
	place := newShelf()
	s, other := withPlace(t, place), withPlace(t, place)
	one(t, other, Command{Do: DoProject, Project: "birds"}, EvProject)
	one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject)
	one(t, s, Command{Do: DoAdd, Paths: []string{"1.png", "2.png", "3.png"}, Blobs: [][]byte{scene(40, 40, 1), scene(40, 40, 2), scene(40, 40, 3)}}, EvProject)
	one(t, s, Command{Do: DoRemove, Paths: []string{"2.png"}}, EvProject)
	for _, s := range []*Session{s, other} { // which has it open, and which has not
		l := one(t, s, Command{Do: DoProjects}, EvProjects).Projects
		if len(l.Stored) != 2 || l.Stored[0] != (StoredProject{Name: "birds"}) {
			t.Fatalf("lists %+v", l.Stored)
		}
		if p := l.Stored[1]; p.Name != "pets" || p.Pictures != 2 || p.Bytes != l.Used || p.Bytes < int64(len(scene(40, 40, 1))) {
			t.Errorf("tells %+v, used are %d", p, l.Used)
		}
	}
}

// TestAProjectThatIsOpenElsewhereIsNotDeleted: a run may be writing there.
func TestAProjectThatIsOpenElsewhereIsNotDeleted(t *testing.T) {
	place := newShelf()
	s, other := withPlace(t, place), withPlace(t, place)
	one(t, other, Command{Do: DoProject, Project: "pets"}, EvProject)
	want := Problem{"the project pets is open in another tab or window", "close it there first", "project"}
	if e := one(t, s, Command{Do: DoDelete, Project: "pets"}, EvError); *e.Error != want {
		t.Errorf("%+v", e.Error)
	}
	if l := one(t, other, Command{Do: DoDelete, Project: "pets"}, EvProjects).Projects; len(l.Names) != 0 {
		t.Errorf("where it is open it is not deleted: %q", l.Names)
	}
	if l := one(t, s, Command{Do: DoDelete, Project: "pets"}, EvProjects).Projects; len(l.Names) != 0 || len(place.projects) != 0 {
		t.Errorf("deleting what is gone makes %q", l.Names)
	}
}

// TestAFullDisk: what cannot be added is an error alone, and no other name helps.
func TestAFullDisk(t *testing.T) {
	place := newShelf()
	s := withPlace(t, place)
	one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject)
	if e := one(t, s, Command{Do: DoKeepClass, Class: "train"}, EvError); *e.Error != (Problem{`a class cannot be called "train"`, "choose another name", "project"}) {
		t.Errorf("a name that is refused: %+v", e.Error)
	}
	place.full = true
	if e := one(t, s, Command{Do: DoAdd, Paths: []string{"1.png"}, Blobs: [][]byte{scene(40, 40, 1)}}, EvError); e.Error.Code != "project" || !strings.Contains(e.Error.Text, "the disk is full") {
		t.Errorf("a picture: %+v", e.Error)
	}
	if e := one(t, s, Command{Do: DoKeepClass, Class: "cat"}, EvError); e.Error.Remedy != "" || !strings.Contains(e.Error.Text, "the disk is full") {
		t.Errorf("a class: %+v", e.Error)
	}
}
