package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"unmask/session"
)

// testDesk is a desk that counts addresses; problem holds what was reported.
type testDesk struct {
	*desk
	live     map[string]bool // addresses in use
	saved    []string
	project  string
	used     string // weights handed to the page
	focused  string // the id of an element
	numbered int
}

func newTestDesk() *testDesk {
	t := &testDesk{live: map[string]bool{}}
	t.desk = &desk{
		studio: newStudio(),
		object: func([]byte, string) string {
			t.numbered++
			url := fmt.Sprintf("blob:%d", t.numbered)
			t.live[url] = true
			return url
		},
		revoke:     func(url string) { delete(t.live, url) },
		save:       func(_ []byte, name string) { t.saved = append(t.saved, name) },
		remembered: func() string { return t.project },
		remember:   func(p string) { t.project = p },
		focus:      func(id string) { t.focused = id },
		useWeights: func(_ []byte, name string) { t.used = name },
	}
	t.weights, t.ready = &session.WeightsInfo{Name: "atto", HasDecoder: true}, true
	return t
}

// projectEvent answers a request with a project of pictures.
func projectEvent(id int, name string, pictures []string, runs ...session.RunInfo) session.Event {
	return session.Event{ID: id, Kind: session.EvProject, Project: &session.ProjectInfo{Name: name, Pictures: pictures, Runs: runs}}
}

// pets are n pictures of each of two classes.
func pets(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("cat/%d.jpg", i), fmt.Sprintf("dog/%d.jpg", i))
	}
	return out
}

// openAlbum is an album whose project is open.
func openAlbum(t *testing.T, pictures []string) (*album, *testDesk) {
	t.Helper()
	d := newTestDesk()
	a := newAlbum(d.desk)
	asked := a.enter()
	wantActions(t, "enter", asked, session.DoProjects)
	opened, ok := a.handle(session.Event{ID: asked[0].ID, Kind: session.EvProjects, Projects: &session.ProjectList{}})
	wantActions(t, "without projects", opened, session.DoProject)
	if !ok || opened[0].Project != defaultProject {
		t.Fatalf("opens %q, want the default project", opened[0].Project)
	}
	a.handle(projectEvent(opened[0].ID, defaultProject, pictures))
	return a, d
}

func TestTheProjectOfLastTimeIsOpened(t *testing.T) {
	d := newTestDesk()
	d.project = "birds"
	a := newAlbum(d.desk)
	a.enter()
	opened, _ := a.handle(session.Event{Kind: session.EvProjects, Projects: &session.ProjectList{Names: []string{"ants", "birds"}}})
	if opened[0].Project != "birds" {
		t.Errorf("opens %q", opened[0].Project)
	}
	wantActions(t, "enter again", a.enter())
	a.handle(projectEvent(9, "birds", nil))
	again := a.begin() // a new engine
	wantActions(t, "a new engine", again, session.DoProjects)
	d.project = ""
	opened, _ = a.handle(session.Event{Kind: session.EvProjects, Projects: &session.ProjectList{Names: []string{"ants", "birds"}}})
	wantActions(t, "a new engine's list", opened, session.DoProject)
	if opened[0].Project != "birds" {
		t.Errorf("the new engine opens %q", opened[0].Project)
	}
}

func TestAProjectThatIsDeleted(t *testing.T) {
	a, d := openAlbum(t, pets(3))
	wantActions(t, "delete", a.remove(), session.DoDelete)
	opened, _ := a.handle(session.Event{Kind: session.EvProjects, Projects: &session.ProjectList{Names: []string{"ants"}}})
	wantActions(t, "the next one", opened, session.DoProject)
	if opened[0].Project != "ants" || a.info != nil || len(a.classes) != 0 || len(d.live) != 0 {
		t.Errorf("opens %q; kept %v, %v", opened[0].Project, a.classes, d.live)
	}
	a.running = session.Finetune
	a.info = &session.ProjectInfo{Name: "ants"}
	wantActions(t, "delete while it trains", a.remove())
}

func TestALockedProjectIsExplained(t *testing.T) {
	d := newTestDesk()
	a := newAlbum(d.desk)
	a.enter()
	a.handle(session.Event{Kind: session.EvProjects, Projects: &session.ProjectList{Names: []string{"ants"}}})
	if _, ok := a.handle(session.Event{ID: 2, Kind: session.EvError, Error: &session.Problem{Text: "open in another tab", Code: "project"}}); !ok {
		t.Error("the error is nobody's")
	}
	if d.problem == nil || a.opening != "" {
		t.Errorf("reported %+v, opening %q", d.problem, a.opening)
	}
}

func TestPicturesComeByPortions(t *testing.T) {
	a, d := openAlbum(t, nil)
	var files []picked
	opened := 0
	for i := range portionFiles + 5 {
		files = append(files, picked{path: fmt.Sprintf("cat/%d.jpg", i), size: 1000, open: func() string { opened++; return d.object(nil, "") }})
	}
	files = append(files, picked{path: "huge.zip", size: maxZipBytes + 1})
	first := a.add(files)
	wantActions(t, "the first portion", first, session.DoAdd)
	if len(first[0].Paths) != portionFiles || len(first[0].urls) != portionFiles || opened != portionFiles {
		t.Fatalf("the first portion has %d paths, %d addresses; %d files were opened", len(first[0].Paths), len(first[0].urls), opened)
	}
	e := projectEvent(first[0].ID, defaultProject, first[0].Paths)
	e.Project.Refused = []session.Refusal{{Path: "cat/1.jpg", Why: "no picture"}}
	second, _ := a.handle(e)
	if second[0].Do != session.DoAdd || len(second[0].Paths) != 5 {
		t.Fatalf("then sends %q with %d paths", second[0].Do, len(second[0].Paths))
	}
	a.handle(projectEvent(second[0].ID, defaultProject, first[0].Paths))
	if a.intake.busy() || a.intake.done != portionFiles+5 || len(a.intake.refused) != 2 {
		t.Errorf("at the end: %+v", a.intake)
	}
	if len(d.live) != 0 {
		t.Errorf("addresses are left: %v", d.live)
	}
}

// TestFilesThatComeBeforeTheProject: whoever is quick drops files while it is still
// being opened.
func TestFilesThatComeBeforeTheProject(t *testing.T) {
	d := newTestDesk()
	a := newAlbum(d.desk)
	asked := a.enter()
	a.intake.reading++ // a folder that is still being looked at
	wantActions(t, "early files", a.add([]picked{{path: "a.jpg", open: func() string { return "blob:a" }}}))
	opened, _ := a.handle(session.Event{ID: asked[0].ID, Kind: session.EvProjects, Projects: &session.ProjectList{}})
	sent, _ := a.handle(projectEvent(opened[0].ID, defaultProject, nil))
	wantActions(t, "the project is there", sent, session.DoAdd)
	if !slices.Equal(sent[0].Paths, []string{"a.jpg"}) || !a.intake.busy() {
		t.Errorf("sent %q", sent[0].Paths)
	}
	other, _ := a.handle(projectEvent(99, "another", nil))
	if wantActions(t, "another project", other); len(a.intake.sent)+len(a.intake.queue) > 0 {
		t.Errorf("%d files went on into another project", len(a.intake.sent)+len(a.intake.queue))
	}
}

func TestAPortionThatFails(t *testing.T) {
	a, d := openAlbum(t, nil)
	file := func(size int64) picked {
		return picked{path: "cat/a.jpg", size: size, open: func() string { return d.object(nil, "") }}
	}
	first := a.add([]picked{file(portionBytes), file(portionBytes), file(portionBytes)})
	next, ok := a.handle(session.Event{ID: first[0].ID, Kind: session.EvError, Error: &session.Problem{Text: "gone", Code: "picture"}})
	if !ok || d.problem == nil || actions(next)[0] != session.DoAdd {
		t.Errorf("after one that cannot be read: %q, reported %+v", actions(next), d.problem)
	}
	next, _ = a.handle(session.Event{ID: next[0].ID, Kind: session.EvError, Error: &session.Problem{Text: "the disk is full", Code: "project"}})
	wantActions(t, "after a full disk", next, session.DoProject)
	if a.intake.busy() {
		t.Error("files are still on their way")
	}
	next, _ = a.handle(projectEvent(next[0].ID, defaultProject, []string{"cat/a.jpg"}))
	if a.count() != 1 || slices.Contains(actions(next), session.DoAdd) {
		t.Errorf("shows %d pictures, then sends %q", a.count(), actions(next))
	}
	a.add([]picked{file(1)})
	a.begin()
	if len(a.intake.queue) != 1 {
		t.Errorf("a new engine gets %d files, want the one that the old one had", len(a.intake.queue))
	}
}

func TestClassesAreMadeRenamedAndRemoved(t *testing.T) {
	a, d := openAlbum(t, pets(5))
	if got := a.addClass(); got != "Class 3" {
		t.Errorf("a third class is called %q", got)
	}
	wantActions(t, "an empty class gets a name", a.rename("Class 3", "hen"), session.DoDropClass, session.DoKeepClass)
	wantActions(t, "a class gets a name", a.rename("cat", " tiger "), session.DoDropClass, session.DoMove, session.DoKeepClass)
	if !slices.Equal(a.classes, []string{"tiger", "dog", "hen"}) {
		t.Errorf("the classes are %q", a.classes)
	}
	for _, name := range []string{"", "a/b", ".hidden", "Train", "DOG", strings.Repeat("x", 61)} {
		d.problem = nil
		wantActions(t, name, a.rename("tiger", name))
		if d.problem == nil || d.problem.Remedy == "" {
			t.Errorf("a class may be called %q: %+v", name, d.problem)
		}
	}
	wantActions(t, "an empty class goes", a.removeClass("hen"), session.DoDropClass)
	gone := a.removeClass("dog")
	wantActions(t, "a class goes", gone, session.DoDropClass, session.DoRemove)
	if len(gone[1].Paths) != 5 || slices.Contains(a.classes, "hen") {
		t.Errorf("removes %d pictures; the classes are %q", len(gone[1].Paths), a.classes)
	}
}

// TestKeptClassesOfAnEarlierVisit are shown, can be renamed, and stay away once they
// were dropped.
func TestKeptClassesOfAnEarlierVisit(t *testing.T) {
	a, _ := openAlbum(t, pets(5))
	e := projectEvent(0, defaultProject, pets(5))
	e.Project.Classes = []string{"hen", "cat"}
	a.handle(e)
	if !slices.Equal(a.classes, []string{"cat", "dog", "hen"}) {
		t.Fatalf("the classes are %q", a.classes)
	}
	requests := a.rename("hen", "goose")
	wantActions(t, "rename", requests, session.DoDropClass, session.DoKeepClass)
	if !requests[0].More || requests[0].Class != "hen" || requests[1].Class != "goose" {
		t.Errorf("asks %+v", requests)
	}
	short := session.Event{ID: requests[0].ID, Kind: session.EvProject, Project: &session.ProjectInfo{Name: defaultProject, More: true}}
	a.handle(short)
	e.Project.Classes = []string{"cat", "goose"}
	a.handle(e)
	if !slices.Equal(a.classes, []string{"cat", "dog", "goose"}) || a.count() != 10 {
		t.Errorf("afterwards they are %q, with %d pictures", a.classes, a.count())
	}
	e.Project.Classes = []string{"cat"}
	a.removeClass("goose")
	a.handle(e)
	if !slices.Equal(a.classes, []string{"cat", "dog"}) {
		t.Errorf("after one was removed they are %q", a.classes)
	}
}

// TestManyPicturesAreTreatedInBulk: of later portions the engine tells little.
func TestManyPicturesAreTreatedInBulk(t *testing.T) {
	a, d := openAlbum(t, pets(200))
	var files []picked
	for i := range 3 * portionFiles {
		files = append(files, picked{path: fmt.Sprintf("cat/%d.png", i), size: 1, open: func() string { return d.object(nil, "") }})
	}
	r := a.add(files)
	for portion := range 3 {
		if len(r) != 1 || r[0].More != (portion < 2) {
			t.Fatalf("portion %d: %+v", portion, r)
		}
		r, _ = a.handle(session.Event{ID: r[0].ID, Kind: session.EvProject, Project: &session.ProjectInfo{Name: defaultProject, More: portion < 2}})
	}
	if a.intake.done != len(files) || a.intake.busy() {
		t.Errorf("%d of %d have arrived", a.intake.done, len(files))
	}
}

func TestSelectedPicturesMove(t *testing.T) {
	a, _ := openAlbum(t, pets(5))
	a.toggle("cat/1.jpg")
	a.toggle("cat/2.jpg")
	a.toggle("cat/2.jpg")
	moved := a.move(a.selection(), "dog")
	wantActions(t, "move", moved, session.DoMove)
	if !slices.Equal(moved[0].Paths, []string{"cat/1.jpg"}) || moved[0].Class != "dog" || len(a.selected) != 0 {
		t.Errorf("moves %q to %q, selected %v", moved[0].Paths, moved[0].Class, a.selected)
	}
	wantActions(t, "to where it is", a.move([]string{"dog/1.jpg"}, "dog"))
	a.toggle("cat/3.jpg")
	a.handle(projectEvent(0, defaultProject, []string{"cat/1.jpg"}))
	if len(a.selected) != 0 {
		t.Errorf("a picture that is gone is selected: %v", a.selected)
	}
}

func TestThumbnailsOfWhatIsShown(t *testing.T) {
	a, d := openAlbum(t, pets(200))
	asked := a.thumbs.asked
	count := 0
	for id, paths := range asked {
		count += len(paths)
		e := session.Event{ID: id, Kind: session.EvThumbs, Blobs: make([][]byte, len(paths))}
		for i := range paths[1:] { // one cannot be read
			e.Blobs[i+1] = make([]byte, 4*thumbSize*thumbSize)
		}
		if len(paths) > thumbBatch {
			t.Errorf("%d thumbnails at once", len(paths))
		}
		a.handle(e)
	}
	if want := 2 * first(2); count != want || len(a.thumbs.urls) != want {
		t.Fatalf("%d thumbnails were asked for, %d are there, want %d", count, len(a.thumbs.urls), want)
	}
	live := len(d.live)
	more := a.thumbs.more(a, "cat")
	if n := len(a.thumbs.of(a, "cat")); n != first(2)+showMore || len(more) != showMore/thumbBatch {
		t.Errorf("shows %d, asks %d times", n, len(more))
	}
	a.handle(projectEvent(0, defaultProject, nil))
	if len(d.live) != 0 || live == 0 {
		t.Errorf("%d of %d addresses are left", len(d.live), live)
	}
}

func TestWhatClassesLack(t *testing.T) {
	for _, c := range []struct {
		pictures []string
		want     string
	}{
		{nil, "at least two classes"},
		{[]string{"a.jpg"}, "1 picture has no class"},
		{pets(2), "cat has 2 pictures"},
		{pets(4), ""},
	} {
		a, _ := openAlbum(t, c.pictures)
		if got := a.missing(); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%v lack %q, want %q", c.pictures, got, c.want)
		}
	}
	a, _ := openAlbum(t, append(pets(4), "cat/x.jpg", "cat/y.jpg", "cat/z.jpg", "cat/u.jpg", "cat/v.jpg", "cat/w.jpg", "cat/t.jpg", "cat/s.jpg"))
	if got := a.balance(); !strings.HasPrefix(got, "cat has 3 pictures for every one of dog.") {
		t.Errorf("the balance is %q", got)
	}
}

func TestABitmapFile(t *testing.T) {
	b := bitmapFile([]byte{1, 2, 3, 255, 4, 5, 6, 255}, 1, 2)
	if len(b) != 62 || string(b[:2]) != "BM" || !slices.Equal(b[54:62], []byte{3, 2, 1, 0, 6, 5, 4, 0}) || int32(b[22])|int32(b[25])<<24 >= 0 {
		t.Errorf("the file is % x", b)
	}
}
