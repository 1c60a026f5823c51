package app

import (
	"regexp"
	"strings"
	"testing"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// factsText is what the view says of weights.
func factsText(m *models) string {
	var b strings.Builder
	for _, f := range m.weightsFacts() {
		b.WriteString(f[0] + ": " + f[1] + "\n")
	}
	return b.String()
}

func TestFactsOfWeights(t *testing.T) {
	a, _ := openAlbum(t, nil)
	m := newModels(a)
	m.weights = nil
	if got := factsText(m); got != "" {
		t.Errorf("without weights there are facts: %s", got)
	}
	m.weights = &session.WeightsInfo{Name: "pets.safetensors", Model: "atto", Params: 3391400, Classes: 3, Labels: "cat, dog, hen", Format: "safetensors", DType: "F32",
		Keys: "timm", Report: "timm keys, 124 tensors matched", Check: true, Bytes: 13_600_000,
		Prepares: `{"size":64,"crop":0.875,"interpolation":"bicubic","mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}`}
	got := factsText(m)
	for _, want := range []string{"F32 in safetensors, 14 MB", "3 classes, such as cat, dog, hen\n", "no decoder", "to a picture that anyone can make",
		"Pictures: the shorter side to 73 px, the middle 64 px, bicubic, ImageNet's mean and spread\n", "3\u202f391\u202f400"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing from\n%s", want, got)
		}
	}
	for meta, want := range map[string]string{
		`{"size":224}`: "224 px",
		`{"size":224,"crop":1,"mean":[0.5,0.5,0.5],"std":[0.25,0.25,0.25]}`: "the shorter side to 224 px, the middle 224 px, mean [0.5 0.5 0.5] and spread [0.25 0.25 0.25]",
		`{"size":-1,"crop":0.5}`: "",
		`size`:                   "",
	} {
		if got := prepares(meta); got != want {
			t.Errorf("%s is told as %q, want %q", meta, got, want)
		}
	}
}

func TestAddressesOfWeights(t *testing.T) {
	a, d := openAlbum(t, nil)
	m := newModels(a)
	const page = "http://127.0.0.1:8080/some/#models"
	m.typed = " web/weights/atto.safetensors "
	r := m.address(page)
	if len(r) != 1 || len(r[0].urls) != 1 || r[0].urls[0] != "http://127.0.0.1:8080/some/web/weights/atto.safetensors" {
		t.Errorf("of this site: %+v", r)
	}
	m.typed = "https://models.example/x/atto.pth?download=true"
	if r := m.address(page); len(r) != 0 || host(m.foreign) != "models.example" {
		t.Errorf("of another site: asks %+v, names %q", r, m.foreign)
	}
	for _, bad := range []string{"notes.txt", "ftp://models.example/a.pth", "https://models.example/", "http://[::1"} {
		d.problem, m.typed = nil, bad
		if r := m.address(page); len(r) != 0 || d.problem == nil || d.problem.Remedy == "" || m.foreign != "" {
			t.Errorf("%s: asks %+v, says %+v, names %q", bad, r, d.problem, m.foreign)
		}
	}
}

func TestProjectFiles(t *testing.T) {
	a, d := openAlbum(t, pets(5))
	m := newModels(a)
	asked := m.pack()
	wantActions(t, "save", asked, session.DoPack)
	wantActions(t, "save again meanwhile", m.pack())
	m.handle(session.Event{ID: asked[0].ID, Kind: session.EvError, Error: &session.Problem{Text: "no room", Code: "project"}})
	if m.busy() || d.problem == nil {
		t.Errorf("after a failure: busy %v, said %+v", m.busy(), d.problem)
	}
	opened := m.unpack("blob:file", "Pets.zip")
	wantActions(t, "open", opened, session.DoUnpack)
	e := projectEvent(opened[0].ID, "Pets", pets(2))
	wantActions(t, "it came", m.handle(e), session.DoThumbs, session.DoProjects)
	if m.busy() || m.info.Name != "Pets" {
		t.Errorf("busy %v, open is %s", m.busy(), m.info.Name)
	}
	wantActions(t, "no second file while one is being opened", append(m.unpack("blob:a", "A.zip"), m.unpack("blob:b", "B.zip")...), session.DoUnpack)
	m.begin()
	m.running = session.Finetune
	wantActions(t, "open while a training is under way", m.unpack("blob:file", "Pets.zip"))
	wantActions(t, "delete while a training is under way", m.deleteProject("Pets"))
}

// TestAnotherProjectIsDeleted and the open one stays.
func TestAnotherProjectIsDeleted(t *testing.T) {
	a, _ := openAlbum(t, pets(5))
	m := newModels(a)
	a.names = append(a.names, "Old")
	r := m.deleteProject("Old")
	wantActions(t, "delete", r, session.DoDelete)
	wantActions(t, "it is gone", m.handle(session.Event{ID: r[0].ID, Kind: session.EvProjects, Projects: &session.ProjectList{Names: []string{defaultProject}}}))
	if a.info == nil || a.info.Name != defaultProject || a.count() != 10 {
		t.Errorf("the open project is %+v", a.info)
	}
}

// TestNoProjectFileBetweenPictures: those still to come would go into its project.
func TestNoProjectFileBetweenPictures(t *testing.T) {
	h := NewHome(nil)
	v := h.views[3].(*modelsView)
	v.album.intake.reading = 1
	d := newTestDesk()
	v.models.desk.revoke = d.revoke
	d.live["blob:file"] = true
	wantActions(t, "a project file meanwhile", v.unpack("blob:file", "Pets.zip"))
	if h.problem == nil || h.problem.Text != "Pictures are being added." || len(d.live) != 0 {
		t.Errorf("reported %+v; addresses in use: %v", h.problem, d.live)
	}
	disabled := func() bool {
		input := regexp.MustCompile(`<input[^>]*id="unpack"[^>]*>`).FindString(ui.HTMLString(v.render()))
		return regexp.MustCompile(`disabled[ >]`).MatchString(input)
	}
	if !disabled() {
		t.Error("the button takes one all the same")
	}
	v.album.intake.reading = 0
	if disabled() {
		t.Error("the button is off with nothing under way")
	}
}

// TestOtherFilesDoNotEndTheSaving of a project.
func TestOtherFilesDoNotEndTheSaving(t *testing.T) {
	a, _ := openAlbum(t, pets(5))
	m := newModels(a)
	m.pack()
	other := m.export("timm")
	m.handle(session.Event{ID: other[0].ID, Kind: session.EvFile, Note: "a.safetensors", Blobs: [][]byte{{1}}})
	if !m.busy() {
		t.Error("with other weights saved, the project is said to be saved")
	}
}

// TestProjectsHaveIDs without the spaces of their names.
func TestProjectsHaveIDs(t *testing.T) {
	v := NewHome(nil).views[3].(*modelsView)
	v.names, v.asking = []string{"My pictures", "Old ones"}, "Old ones"
	page := ui.HTMLString(v.render())
	for _, id := range []string{"open-project-0", "delete-project-0", "delete-1-yes", "delete-1-no"} {
		if !strings.Contains(page, `id="`+id+`"`) {
			t.Errorf("nothing is called %s", id)
		}
	}
	if bad := regexp.MustCompile(` id="[^"]* [^"]*"`).FindString(page); bad != "" {
		t.Errorf("there is%s", bad)
	}
}
