package app

import (
	"maps"
	"path"
	"slices"
	"strings"

	"unmask/session"
)

// defaultProject is made without asking, so that a newcomer starts at once.
const defaultProject = "My pictures"

// album is the open project as its views share it: the pictures by class, what is
// selected, what is on its way. Its methods return the requests to send.
type album struct {
	*desk
	names      []string                         // of all projects
	stored     map[string]session.StoredProject // what is known of them, by name
	used, most int64                            // bytes of all, and what there may be
	info       *session.ProjectInfo
	number     int    // of the project in hand: its name may change
	entered    bool   // somebody has come to a view of projects
	opening    string // the project on its way
	deleting   string // the project that is being deleted
	renameID   int    // of the command that gives a project another name, or 0

	classes  []string            // in the order shown; those without pictures, too
	pictures map[string][]string // paths of each class
	there    map[string]bool     // all paths
	empty    []string            // classes made here that have no pictures yet
	selected map[string]bool

	thumbs thumbs
	intake intake
	// running is the kind of the run under way, "": none.
	running session.Kind
	// version changes with the pictures.
	version int
}

func newAlbum(d *desk) *album {
	a := &album{desk: d}
	a.thumbs.init(a)
	a.reset()
	return a
}

// reset forgets the project in hand. Files that were given before there was one wait
// for the first.
func (a *album) reset() {
	if a.info != nil {
		a.intake.clear()
	}
	a.info, a.classes, a.pictures, a.there, a.empty = nil, nil, map[string][]string{}, nil, nil
	a.selected = map[string]bool{}
	a.number++
	a.thumbs.clear()
}

// enter opens the project that was open last, or the default one.
func (a *album) enter() []request {
	if a.entered || a.desk.stopped {
		return nil
	}
	a.entered = true
	return []request{a.command(session.Command{Do: session.DoProjects})}
}

// begin greets a new engine.
func (a *album) begin() []request {
	a.running, a.deleting = "", ""
	a.thumbs.forgetAsked()
	a.intake.restart()
	if !a.entered {
		return nil
	}
	a.entered = false
	if a.info != nil {
		a.opening = a.info.Name
	}
	return a.enter()
}

// open opens a project, and makes it where there is none.
func (a *album) open(name string) []request {
	a.opening = name
	return []request{a.command(session.Command{Do: session.DoProject, Project: name})}
}

// refresh asks for the project as it is now; a change of its name tells it anyway, and
// under the old one a new project would be made.
func (a *album) refresh() []request {
	if a.info == nil || a.renameID != 0 {
		return nil
	}
	return []request{a.command(session.Command{Do: session.DoProject, Project: a.info.Name})}
}

// remove deletes the open project for good.
func (a *album) remove() []request {
	if a.info == nil || a.running != "" {
		return nil
	}
	a.deleting = a.info.Name
	return []request{a.command(session.Command{Do: session.DoDelete, Project: a.info.Name})}
}

// handle takes an event about projects; it reports whether it was one.
func (a *album) handle(e session.Event) (requests []request, ok bool) {
	switch e.Kind {
	case session.EvProjects:
		return a.takeList(e), true
	case session.EvProject:
		return a.take(e), true
	case session.EvThumbs:
		a.thumbs.take(e)
		return nil, true
	case session.EvError:
		return a.fail(e)
	case session.EvProgress:
		return nil, a.intake.progress(e)
	}
	return nil, false
}

func (a *album) takeList(e session.Event) []request {
	if e.Projects == nil {
		return nil
	}
	a.names, a.used, a.most = e.Projects.Names, e.Projects.Used, e.Projects.Most
	a.stored = map[string]session.StoredProject{}
	for _, p := range e.Projects.Stored {
		a.stored[p.Name] = p
	}
	if a.deleting != "" && !slices.Contains(a.names, a.deleting) {
		if a.info != nil && a.info.Name == a.deleting {
			a.opening = ""
			a.reset()
		}
		a.deleting = ""
	}
	if a.info != nil && a.opening == "" {
		return nil
	}
	for _, name := range []string{a.opening, a.remembered()} {
		if slices.Contains(a.names, name) {
			return a.open(name)
		}
	}
	if len(a.names) > 0 {
		return a.open(a.names[0])
	}
	return a.open(defaultProject)
}

func (a *album) take(e session.Event) []request {
	if e.Project == nil {
		return nil
	}
	if e.Project.More {
		return a.intake.took(a, e)
	}
	if before := a.info; before == nil || before.Name != e.Project.Name {
		if before != nil && e.ID == a.renameID && a.renameID != 0 {
			a.names = slices.DeleteFunc(a.names, func(n string) bool { return n == before.Name })
		} else {
			a.reset()
		}
		a.remember(e.Project.Name)
	}
	a.info, a.opening = e.Project, ""
	if !slices.Contains(a.names, a.info.Name) {
		a.names = append(a.names, a.info.Name)
		slices.Sort(a.names)
	}
	a.version++
	a.sort()
	requests := a.intake.took(a, e)
	return append(requests, a.thumbs.wanted(a)...)
}

// fail takes an error about a request of the album's own.
func (a *album) fail(e session.Event) ([]request, bool) {
	if requests, ok := a.intake.failed(a, e); ok {
		a.report(e.Error)
		return requests, true
	}
	if a.thumbs.failed(e.ID) {
		return nil, true
	}
	if a.opening != "" && e.Error != nil && e.Error.Code == "project" {
		a.opening = ""
		a.report(e.Error)
		return nil, true
	}
	return nil, false
}

// sort puts the pictures into their classes.
func (a *album) sort() {
	before := a.classes
	a.pictures, a.there = map[string][]string{}, map[string]bool{}
	for _, p := range a.info.Pictures {
		c := classOf(p)
		a.pictures[c], a.there[p] = append(a.pictures[c], p), true
	}
	a.empty = slices.DeleteFunc(a.empty, func(c string) bool { return len(a.pictures[c]) > 0 })
	// A class keeps its place while people work; new ones come behind.
	a.classes = slices.DeleteFunc(slices.Clone(before), func(c string) bool {
		return len(a.pictures[c]) == 0 && !slices.Contains(a.empty, c) && !slices.Contains(a.info.Classes, c)
	})
	for _, c := range slices.Concat(slices.Sorted(maps.Keys(a.pictures)), a.info.Classes, a.empty) {
		if !slices.Contains(a.classes, c) {
			a.classes = append(a.classes, c)
		}
	}
	maps.DeleteFunc(a.selected, func(p string, _ bool) bool { return !a.there[p] })
}

// classOf is the class of a picture's path; "": none yet.
func classOf(p string) string {
	class, _, ok := strings.Cut(p, "/")
	if !ok {
		return ""
	}
	return class
}

// className is what a class is called on the page.
func className(class string) string {
	if class == "" {
		return "Without a class"
	}
	return class
}

// count is the number of pictures.
func (a *album) count() int {
	if a.info == nil {
		return 0
	}
	return len(a.info.Pictures)
}

// run is the project's run of a kind as it lies on disk, or nil.
func (a *album) run(kind session.Kind) *session.RunInfo {
	if a.info == nil {
		return nil
	}
	for i := range a.info.Runs {
		if a.info.Runs[i].Kind == kind {
			return &a.info.Runs[i]
		}
	}
	return nil
}

// toggle selects a picture, or no longer.
func (a *album) toggle(p string) {
	if a.selected[p] {
		delete(a.selected, p)
	} else {
		a.selected[p] = true
	}
}

// selection is what is selected, in order.
func (a *album) selection() []string { return slices.Sorted(maps.Keys(a.selected)) }

// move brings pictures to a class.
func (a *album) move(paths []string, class string) []request {
	for _, p := range paths {
		delete(a.selected, p)
	}
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return classOf(p) == class && path.Dir(p) == class })
	if len(paths) == 0 {
		return nil
	}
	return []request{a.command(session.Command{Do: session.DoMove, Paths: paths, Class: class})}
}

// discard takes pictures out of the project.
func (a *album) discard(paths []string) []request {
	if len(paths) == 0 {
		return nil
	}
	return []request{a.command(session.Command{Do: session.DoRemove, Paths: paths})}
}
