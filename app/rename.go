package app

import (
	"slices"
	"strconv"
	"strings"

	"unmask/session"
)

// renaming is the change of a project's name.
type renaming struct {
	project string // "": none
	typed   string
	problem *session.Problem // why the last try failed
}

// idNewName is the field of the new name.
const idNewName = "project-new-name"

// rename turns a project's name into a field.
func (m *models) rename(project string) {
	m.renaming = renaming{project: project, typed: project}
	m.focus(idNewName)
}

// keepName leaves a project's name as it is.
func (m *models) keepName() { m.endRenaming(m.renaming.project) }

// endRenaming shows the list again, with the focus on the button of the project.
func (m *models) endRenaming(name string) {
	m.renaming = renaming{}
	if i := slices.Index(m.names, name); i >= 0 {
		m.focus(idRename(i))
	}
}

func idRename(row int) string { return "rename-project-" + strconv.Itoa(row) }

// saveName gives the project the name in the field.
func (m *models) saveName() []request {
	r := &m.renaming
	name := r.name()
	if name == r.project {
		m.keepName()
		return nil
	}
	if why, remedy := m.hindrance(); why != "" {
		r.problem = &session.Problem{Text: why, Remedy: remedy + " Then save the name."}
		return nil
	}
	r.problem = nil
	c := m.command(session.Command{Do: session.DoRename, Project: r.project, Name: name})
	m.renameID = c.ID
	return []request{c}
}

// name is the new one.
func (r *renaming) name() string { return strings.TrimSpace(r.typed) }

// renamed ends the change once the list has the new name.
func (m *models) renamed() {
	m.renameID = 0
	m.endRenaming(m.renaming.name())
}

// notRenamed says at the field why not; what was typed stays.
func (m *models) notRenamed(p *session.Problem) {
	m.renameID = 0
	if p == nil || p.Code != "project" && p.Code != "training" || !slices.Contains(m.names, m.renaming.project) {
		m.report(p)
		return
	}
	m.renaming.problem = p
	m.focus(idNewName)
}

// holds says what a project of the list holds, as far as that is known.
func (m *models) holds(name string) string {
	p, known := m.stored[name]
	if !known {
		return ""
	}
	if m.info != nil && m.info.Name == name {
		p.Pictures = m.count() // the list may be older
	}
	var parts []string
	if p.Pictures >= 0 {
		parts = append(parts, plural(p.Pictures, "picture", "pictures"))
	}
	if p.Bytes >= 0 {
		parts = append(parts, megabytes(float64(p.Bytes)))
	}
	return strings.Join(parts, ", ")
}
