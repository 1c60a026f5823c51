package app

import (
	"fmt"
	"slices"
	"strings"

	"unmask/data"
	"unmask/session"
)

// checkClass is the problem with a new class's name, nil where there is none.
func (a *album) checkClass(name string) *session.Problem {
	bad := func(text, remedy string) *session.Problem {
		return &session.Problem{Text: text, Remedy: remedy, Code: "project"}
	}
	switch {
	case name == "":
		return bad("A class needs a name.", "Write what its pictures show.")
	case data.CheckClass(name) != nil:
		return bad(fmt.Sprintf("A class cannot be called %q.", name),
			`Choose a short name without / \ : and without a dot at the start. Train, val and test are no classes: folders of these names divide the pictures.`)
	}
	for _, c := range a.classes {
		if strings.EqualFold(c, name) {
			return bad(fmt.Sprintf("There is a class %q already.", c), "Choose another name, or move the pictures there.")
		}
	}
	return nil
}

// addClass makes a class without pictures, named until someone renames it.
func (a *album) addClass() string {
	for n := len(a.classes) + 1; ; n++ {
		name := fmt.Sprintf("Class %d", n)
		if a.checkClass(name) == nil {
			a.empty, a.classes = append(a.empty, name), append(a.classes, name)
			return name
		}
	}
}

// newClass is addClass for someone who asked for one: it is kept.
func (a *album) newClass() []request { return a.keepClass(a.addClass()) }

func (a *album) keepClass(class string) []request {
	return []request{a.command(session.Command{Do: session.DoKeepClass, Class: class})}
}

// dropClass keeps a class no longer; more of the same change may follow.
func (a *album) dropClass(class string, more bool) []request {
	return []request{a.command(session.Command{Do: session.DoDropClass, Class: class, More: more})}
}

// atLeast makes classes until there are n.
func (a *album) atLeast(n int) {
	for len(a.named()) < n {
		a.addClass()
	}
}

// named are the classes, without the pictures that have none.
func (a *album) named() []string {
	return slices.DeleteFunc(slices.Clone(a.classes), func(c string) bool { return c == "" })
}

// rename gives a class another name: its pictures move there.
func (a *album) rename(class, name string) []request {
	name = strings.TrimSpace(name)
	if name == class {
		return nil
	}
	if p := a.checkClass(name); p != nil {
		a.report(p)
		return nil
	}
	i := slices.Index(a.classes, class)
	if i < 0 {
		return nil
	}
	a.classes[i] = name
	requests := a.dropClass(class, true)
	if k := slices.Index(a.empty, class); len(a.pictures[class]) == 0 {
		if k >= 0 {
			a.empty[k] = name
		} else {
			a.empty = append(a.empty, name) // a class of an earlier visit
		}
		return append(requests, a.keepClass(name)...)
	}
	// Until the answer comes, the class has its pictures under the new name.
	a.empty = append(a.empty, name)
	paths := a.pictures[class]
	delete(a.pictures, class)
	return append(append(requests, a.move(paths, name)...), a.keepClass(name)...)
}

// removeClass takes a class out with its pictures.
func (a *album) removeClass(class string) []request {
	a.empty = slices.DeleteFunc(a.empty, func(c string) bool { return c == class })
	paths := a.pictures[class]
	if len(paths) == 0 {
		a.classes = slices.DeleteFunc(a.classes, func(c string) bool { return c == class })
	}
	return append(a.dropClass(class, len(paths) > 0), a.discard(paths)...)
}

// balance says in plain words whether the classes are of a size, "" where they are.
func (a *album) balance() string {
	small, large := "", ""
	for _, c := range a.named() {
		n := len(a.pictures[c])
		if n == 0 {
			continue
		}
		if small == "" || n < len(a.pictures[small]) {
			small = c
		}
		if large == "" || n > len(a.pictures[large]) {
			large = c
		}
	}
	if small == large {
		return ""
	}
	few, many := len(a.pictures[small]), len(a.pictures[large])
	if many < 2*few {
		return ""
	}
	return fmt.Sprintf("%s has %d pictures for every one of %s. The network will lean towards it: add pictures to %s, or expect more mistakes there.",
		large, (many+few/2)/few, small, small)
}

// missing says what the classes lack to be told apart, "" where nothing.
func (a *album) missing() string {
	if n := len(a.pictures[""]); n > 0 {
		return fmt.Sprintf("%s no class. Move %s into one, or remove %s.", plural(n, "picture has", "pictures have"), them(n), them(n))
	}
	filled := 0
	for _, c := range a.named() {
		n := len(a.pictures[c])
		if n > 0 {
			filled++
		}
		if n > 0 && n < minPictures {
			return fmt.Sprintf("%s has %s. Give every class %d at least, better 20 or more.", c, plural(n, "picture", "pictures"), minPictures)
		}
	}
	if filled < 2 {
		return "Give at least two classes pictures: what should be told apart?"
	}
	return ""
}

// minPictures is the least that leaves some to learn from and one to test with.
const minPictures = 4

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// plural counts things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
