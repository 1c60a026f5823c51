package app

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"unmask/data"
	"unmask/session"
)

// models is the state of the view of weights and projects.
type models struct {
	*album
	exports exports

	keys  string // of an export
	half  bool   // f16
	typed string // an address of weights
	// foreign is an address of another site that was typed: this page fetches nothing
	// from there, so that people follow it themselves.
	foreign string

	asking   string // the project that is about to be deleted
	renaming renaming
	packID   int    // of the project file on its way out, or 0
	unpackID int    // of the one on its way in, or 0
	unpacked string // the address of the project file on its way

	persisted *bool // whether the browser promised to keep the files; nil: unknown
}

func newModels(a *album) *models {
	m := &models{album: a, keys: "official"}
	m.exports.desk = a.desk
	return m
}

// keyStyles are what an export's names may be.
var keyStyles = []struct{ style, name, title string }{
	{"official", "Official", "The names of the official PyTorch code"},
	{"timm", "timm", "The names of timm, which loads them with strict=True"},
	{"hf", "HF", "The names of Hugging Face's transformers"},
}

// begin forgets what an earlier engine was doing; the album is greeted by another view.
func (m *models) begin() { m.packID, m.unpackID, m.renameID, m.exports.asked = 0, 0, 0, nil }

// export saves the weights in force.
func (m *models) export(keys string) []request {
	c := session.Command{Do: session.DoConvert, Keys: keys}
	if m.half && keys != session.KeysONNX {
		c.DType = "f16"
	}
	return m.exports.ask(c, func(e session.Event) { m.save(e.Blobs[0], e.Note) })
}

// runFiles are the files of a run that people may want.
var runFiles = []string{"config.json", "log.jsonl", "best.safetensors", "last.safetensors"}

// runFile saves a file of a run.
func (m *models) runFile(kind session.Kind, name string) []request {
	return m.exports.ask(session.Command{Do: session.DoRunFile, Kind: kind, Name: name},
		func(e session.Event) { m.save(e.Blobs[0], fmt.Sprintf("%s-%s-%s", m.info.Name, kind, name)) })
}

// pack saves the open project as one file.
func (m *models) pack() []request {
	if m.info == nil || m.busy() {
		return nil
	}
	r := m.exports.ask(session.Command{Do: session.DoPack}, func(e session.Event) { m.save(e.Blobs[0], e.Note) })
	m.packID = r[0].ID
	return r
}

// unpack opens a project file at an address.
func (m *models) unpack(url, name string) []request {
	if why, remedy := m.hindrance(); why != "" {
		m.revoke(url)
		m.report(&session.Problem{Text: why, Remedy: remedy + " Then open the project file.", Code: "project"})
		return nil
	}
	r := m.command(session.Command{Do: session.DoUnpack, Name: name}, url)
	m.unpackID, m.unpacked = r.ID, url
	return []request{r}
}

// hindrance says why projects are to be left alone, "" where nothing is in the way, and
// what to do about it.
func (m *models) hindrance() (why, remedy string) {
	switch {
	case m.desk.stopped:
		return "The engine has stopped.", "Start it again."
	case m.running != "":
		return "A training is under way.", "Pause it."
	case m.intake.busy():
		return "Pictures are being added.", "Wait until they are there."
	case m.packID != 0:
		return "A project is being saved as a file.", "Wait until it is saved."
	case m.unpackID != 0:
		return "A project file is being opened.", "Wait until it is open."
	case m.renameID != 0:
		return "A project is being renamed.", "Wait until it is done."
	}
	return "", ""
}

func (m *models) busy() bool {
	why, _ := m.hindrance()
	return why != ""
}

// handle takes an event that answers a request of this view.
func (m *models) handle(e session.Event) []request {
	if e.ID == m.unpackID && (e.Kind == session.EvError || e.Kind == session.EvProject) {
		m.revoke(m.unpacked)
		m.unpackID, m.unpacked = 0, ""
	}
	if m.exports.handle(e) {
		if e.ID == m.packID {
			m.packID = 0
		}
		return nil
	}
	if e.ID == m.renameID && m.renameID != 0 && e.Kind == session.EvError {
		m.notRenamed(e.Error)
		return nil
	}
	if requests, ok := m.album.handle(e); ok {
		switch {
		case e.ID == m.renameID && m.renameID != 0: // the list follows the project by itself
			if e.Kind == session.EvProjects {
				m.renamed()
			}
		case e.Kind == session.EvProject && e.Project != nil && !e.Project.More:
			requests = append(requests, m.measure()...)
		}
		return requests
	}
	if e.Kind == session.EvError {
		m.report(e.Error)
	}
	return nil
}

// measure asks how much room all projects take.
func (m *models) measure() []request {
	if !m.entered || m.desk.stopped {
		return nil
	}
	return []request{m.command(session.Command{Do: session.DoProjects})}
}

// deleteProject deletes a project for good.
func (m *models) deleteProject(name string) []request {
	m.asking = ""
	if m.busy() {
		return nil
	}
	m.deleting = name
	return []request{m.command(session.Command{Do: session.DoDelete, Project: name})}
}

// address takes what people typed as the place of weights: those of this site are
// loaded, others named.
func (m *models) address(page string) []request {
	m.foreign = ""
	bad := func(remedy string) []request {
		m.report(&session.Problem{Text: fmt.Sprintf("%q is no address of a weights file.", m.typed), Remedy: remedy, Code: "weights"})
		return nil
	}
	base, err := url.Parse(page)
	if err != nil {
		return bad("Load the page again.")
	}
	u, err := base.Parse(strings.TrimSpace(m.typed))
	switch {
	case strings.TrimSpace(m.typed) == "":
		return nil
	case err != nil || u.Scheme != "http" && u.Scheme != "https":
		return bad("It begins with https://.")
	case !session.IsWeights(path.Base(u.Path)):
		return bad("It ends in " + strings.Join(session.WeightsTypes, ", ") + ".")
	case u.Scheme != base.Scheme || u.Host != base.Host:
		m.foreign = u.String()
		return nil
	}
	return m.load(source{u.String(), path.Base(u.Path)})
}

// host is where a foreign address leads.
func host(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return ""
}

// weightsFacts describe the weights in force.
func (m *models) weightsFacts() [][2]string {
	w := m.weights
	if w == nil {
		return nil
	}
	target := "none: it has no decoder, so it cannot reconstruct"
	if w.HasDecoder {
		target = "raw pixels"
		if w.NormPix {
			target = "pixels in units of each patch's own mean and spread"
		}
	}
	classes := "none: it is no classifier"
	if w.Classes > 0 {
		classes = plural(w.Classes, "class", "classes")
		if w.Labels != "" {
			classes += ", such as " + w.Labels
		}
	}
	check := "no check values in the file"
	if w.Check {
		check = "the file carries what it answers to a picture that anyone can make"
	}
	out := [][2]string{{"File", w.Name}, {"Network", w.Title()}, {"Values", grouped(w.Params)},
		{"Stored as", strings.TrimSpace(w.DType + " in " + w.Format)}, {"Names", w.Keys}, {"What matched", w.Report},
		{"Reconstructs", target}, {"Tells apart", classes}, {"Check", check}}
	if w.Bytes > 0 {
		out[3][1] += ", " + megabytes(float64(w.Bytes))
	}
	if text := prepares(w.Prepares); text != "" {
		out = append(out, [2]string{"Pictures", text})
	}
	if w.Licence != "" {
		out = append(out, [2]string{"Licence", w.Licence})
	}
	return out
}

// prepares tells how pictures become a network's input, as its file says in JSON; "" where
// that is not known.
func prepares(meta string) string {
	var p struct {
		Size          int
		Crop          float64
		Interpolation string
		Mean, Std     []float32
	}
	if json.Unmarshal([]byte(meta), &p) != nil || p.Size <= 0 {
		return ""
	}
	text := fmt.Sprintf("%d px", p.Size)
	if p.Crop > 0 {
		text = fmt.Sprintf("the shorter side to %.0f px, the middle %d px", float64(p.Size)/p.Crop, p.Size)
	}
	if p.Interpolation != "" {
		text += ", " + p.Interpolation
	}
	switch {
	case len(p.Mean) == 0 || len(p.Std) == 0:
	case slices.Equal(p.Mean, data.Mean[:]) && slices.Equal(p.Std, data.Std[:]):
		text += ", ImageNet's mean and spread"
	default:
		text += fmt.Sprintf(", mean %.4g and spread %.4g", p.Mean, p.Std)
	}
	return text
}

// grouped writes a count with its thousands apart.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}
