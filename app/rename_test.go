package app

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// renamable is the view of models with two projects, the default one of them open.
func renamable(t *testing.T) (*modelsView, *testDesk) {
	t.Helper()
	a, d := openAlbum(t, pets(5))
	a.handle(session.Event{Kind: session.EvProjects, Projects: &session.ProjectList{
		Names:  []string{defaultProject, "Old"},
		Stored: []session.StoredProject{{Name: defaultProject, Bytes: 2_500_000, Pictures: 4}, {Name: "Old", Bytes: -1, Pictures: 7}},
	}})
	v := newModelsView(NewHome(nil), a)
	v.models.desk = d.desk
	return v, d
}

// rows is the list of projects as it is drawn.
func rows(v *modelsView) string {
	var b strings.Builder
	for i, name := range v.names {
		b.WriteString(ui.HTMLString(ui.Li().Body(v.projectRow(i, name)...)))
	}
	return b.String()
}

func TestProjectsTellWhatTheyHold(t *testing.T) {
	v, _ := renamable(t)
	v.names = append(v.names, "New")
	for name, want := range map[string]string{
		defaultProject: "10 pictures, 3 MB", // the open one as it is now
		"Old":          "7 pictures",
		"New":          "",
	} {
		if got := v.holds(name); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	v.stored["New"] = session.StoredProject{Name: "New", Bytes: 0, Pictures: 0}
	if got := v.holds("New"); got != "0 pictures, 0 MB" {
		t.Errorf("an empty one holds %q", got)
	}
}

// TestTheOpenProjectIsRenamed and stays what it is: pictures, selection, curves.
func TestTheOpenProjectIsRenamed(t *testing.T) {
	v, d := renamable(t)
	c := &classify{album: v.album, run: newRun(v.album, session.Finetune)}
	c.measured, c.run.logOf = v.number, v.number
	v.toggle("cat/0.jpg")
	v.rename(defaultProject)
	if page := rows(v); d.focused != idNewName || !strings.Contains(page, `value="My pictures"`) || !strings.Contains(page, `aria-label="New name of My pictures"`) {
		t.Fatalf("the focus is on %q in\n%s", d.focused, page)
	}
	v.renaming.typed = " Our pets "
	asked := v.saveName()
	wantActions(t, "save", asked, session.DoRename)
	if asked[0].Project != defaultProject || asked[0].Name != "Our pets" {
		t.Errorf("renames %q to %q", asked[0].Project, asked[0].Name)
	}
	if page := rows(v); !v.busy() || strings.Contains(page, `readonly="false"`) {
		t.Errorf("meanwhile busy is %v, and the list\n%s", v.busy(), page)
	}
	wantActions(t, "save again meanwhile", v.saveName())
	v.renaming.problem = nil

	wantActions(t, "the project", v.handle(projectEvent(asked[0].ID, "Our pets", pets(5))))
	wantActions(t, "the list", v.handle(session.Event{ID: asked[0].ID, Kind: session.EvProjects,
		Projects: &session.ProjectList{Names: []string{"Old", "Our pets"}, Stored: []session.StoredProject{{Name: "Old"}, {Name: "Our pets"}}}}))
	if v.busy() || v.renaming != (renaming{}) || d.focused != "rename-project-1" || d.project != "Our pets" {
		t.Errorf("afterwards busy is %v, %+v, the focus on %q, remembered is %q", v.busy(), v.renaming, d.focused, d.project)
	}
	if !v.selected["cat/0.jpg"] || c.measured != v.number || c.run.logOf != v.number {
		t.Error("it is taken for another project")
	}
	// The attributes of an element come in any order.
	chosen := regexp.MustCompile(`<option( selected| value="Our pets"){2}>`)
	if page := ui.HTMLString(v.projects.render()); !chosen.MatchString(page) || strings.Contains(page, defaultProject) {
		t.Errorf("the choice of projects is\n%s", page)
	}
	v.handle(projectEvent(99, "Old", pets(2)))
	if v.selected["cat/0.jpg"] || c.measured == v.number {
		t.Error("another project is taken for the same")
	}
}

func TestAnotherProjectIsRenamed(t *testing.T) {
	v, d := renamable(t)
	v.rename("Old")
	v.renaming.typed = "Ants"
	asked := v.saveName()
	wantActions(t, "the list", v.handle(session.Event{ID: asked[0].ID, Kind: session.EvProjects, Projects: &session.ProjectList{Names: []string{"Ants", defaultProject}}}))
	if v.info.Name != defaultProject || d.project != defaultProject || d.focused != "rename-project-0" || !slices.Equal(v.names, []string{"Ants", defaultProject}) {
		t.Errorf("open is %q, remembered %q, the focus on %q, listed are %q", v.info.Name, d.project, d.focused, v.names)
	}
}

func TestANameThatIsRefused(t *testing.T) {
	for _, code := range []string{"project", "training"} {
		v, d := renamable(t)
		v.rename("Old")
		v.renaming.typed = defaultProject
		asked := v.saveName()
		d.focused = ""
		v.handle(session.Event{ID: asked[0].ID, Kind: session.EvError, Error: &session.Problem{Text: "there is a project " + defaultProject + " already", Remedy: "choose another name", Code: code}})
		page := rows(v)
		for _, want := range []string{"There is a project My pictures already. Choose another name.", `value="My pictures"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is missing in\n%s", code, want, page)
			}
		}
		if strings.Contains(page, `aria-invalid="false"`) {
			t.Errorf("%s: the field is said to be right", code)
		}
		if v.busy() || d.problem != nil || d.focused != idNewName {
			t.Errorf("%s: busy %v, reported %+v, the focus on %q", code, v.busy(), d.problem, d.focused)
		}
		v.renaming.typed = "Ants"
		wantActions(t, "another name", v.saveName(), session.DoRename)
		if page := rows(v); strings.Contains(page, "already") {
			t.Error("what was wrong with the last name is still said")
		}
	}
	v, d := renamable(t)
	v.rename("Old")
	v.renaming.typed = "Ants"
	v.handle(failure(v.saveName()[0].ID, "internal"))
	if v.busy() || d.problem == nil || v.renaming.typed != "Ants" {
		t.Errorf("another error: busy %v, reported %+v, typed %q", v.busy(), d.problem, v.renaming.typed)
	}
}

func TestANameIsKept(t *testing.T) {
	v, d := renamable(t)
	v.rename("Old")
	v.renaming.typed = "Ants"
	v.keepName()
	if v.renaming != (renaming{}) || d.focused != "rename-project-1" || !strings.Contains(rows(v), `aria-label="Rename Old"`) {
		t.Errorf("cancelled: %+v, the focus on %q", v.renaming, d.focused)
	}
	v.rename("Old")
	wantActions(t, "the same name", v.saveName())
	if v.renaming != (renaming{}) {
		t.Error("the same name is not taken as it is")
	}
	v.rename("Old")
	v.renaming.typed, v.running = "Ants", session.Finetune
	wantActions(t, "while a training is under way", v.saveName())
	if page := rows(v); !strings.Contains(page, "A training is under way. Pause it. Then save the name.") {
		t.Errorf("it does not say why in\n%s", page)
	}
}

// TestARenamedProjectIsNotAskedForByItsOldName: the answer to that would be a new project.
func TestARenamedProjectIsNotAskedForByItsOldName(t *testing.T) {
	v, _ := renamable(t)
	if r := v.refresh(); len(r) != 1 || r[0].Project != defaultProject {
		t.Fatalf("at rest %+v is asked for", r)
	}
	v.rename(defaultProject)
	v.renaming.typed = "Cats"
	if r := v.saveName(); len(r) != 1 || r[0].Do != session.DoRename {
		t.Fatalf("saving sends %+v", r)
	}
	if r := v.refresh(); len(r) != 0 {
		t.Errorf("while the name changes %+v is asked for", r)
	}
}
