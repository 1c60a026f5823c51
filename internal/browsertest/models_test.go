package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"unmask/weights"
)

// TestModelsView goes a person's way: weights of timm in, their report, official names
// out with the same values; an address of another site, which nothing is asked of; a
// project with an empty class across a reload, renamed, saved, deleted, and opened again.
func TestModelsView(t *testing.T) {
	b := open(t, setup{path: "#models", webgpu: true})
	b.wait("the page's weights", `testText("#weights-facts").includes("atto.safetensors")`)
	b.wait("the first reconstruction", idle)
	next := b.downloads()

	timm, err := filepath.Abs("../../weights/testdata/timm.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	b.upload("#models-weights", timm)
	b.wait("the report", `testText("#weights-facts").includes("timm keys, ")`)
	facts := b.text("#weights-facts")
	for _, want := range []string{"timm.safetensors", "F32 in safetensors", "tensors matched"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the facts are %q, want %q in them", facts, want)
		}
	}
	b.press("#models-export")
	b.sameTensors(next("timm-official.safetensors"), timm)
	b.press("#models-default")
	b.wait("the page's weights again", `testText("#weights-facts").includes("atto.safetensors")`)
	b.addresses(t)
	b.fitsNarrowScreens(t)

	files := folders(t, 9)
	b.goes("#classify")
	b.wait("two classes", `document.querySelectorAll(".class-name").length === 2`)
	b.names("#class-0", "across")
	b.names("#class-1", "along")
	b.press("#add-class")
	b.wait("a third class", `document.querySelectorAll(".class-name").length === 3`)
	b.upload("#add-0", files["across"]...)
	b.upload("#add-1", files["along"]...)
	b.wait("the pictures", `document.querySelectorAll(".thumbs img").length === 18`)
	classes := `[...document.querySelectorAll(".class-name")].map((e) => e.value).sort().join()`
	b.do(chromedp.Reload())
	b.wait("the classes, the empty one too", classes+` === "Class 3,across,along"`)

	b.goes("#models")
	b.wait("the pictures' number", `testText("#projects-part .kept").startsWith("18 pictures")`)
	b.wait("the room", `/MB are kept/.test(testText("#room-text"))`)
	b.renames(t)
	next = b.downloads()
	b.press("#pack")
	packed := write(t, "Pets.zip", next("Our pictures.zip"))
	b.press(`#project-list [aria-label="Delete Our pictures"]`)
	b.press(`#project-list .danger`)
	b.wait("a new project without pictures", `testText("#projects-part .kept").startsWith("0 pictures")`)
	b.upload("#unpack", packed)
	b.wait("the project of the file", `testText("#models-project option:checked") === "Pets" && testText("#projects-part .kept").startsWith("18 pictures")`)
	b.goes("#classify")
	b.wait("its classes", classes+` === "Class 3,across,along"`)
	b.wait("its pictures", `document.querySelectorAll(".thumbs img").length === 18`)
	b.noAlert()
	b.noErrors()
}

// renames gives the open project another name by the keyboard, and loads the page again.
func (b *tab) renames(t *testing.T) {
	t.Helper()
	const field = "#project-new-name"
	focused := func(what, label string) {
		t.Helper()
		b.wait(what, fmt.Sprintf(`document.activeElement.getAttribute("aria-label") === %q`, label))
	}
	types := func(name, key string) {
		t.Helper()
		eval[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q;
			e.dispatchEvent(new Event("input", { bubbles: true }));
			e.dispatchEvent(new KeyboardEvent("keydown", { key: %q, bubbles: true })); return true; })()`, field, name, key))
	}
	b.press(`#project-list [aria-label="Rename My pictures"]`)
	focused("the field", "New name of My pictures")
	types("Cats", "Escape")
	focused("the button after Escape", "Rename My pictures")
	b.press(`#project-list [aria-label="Rename My pictures"]`)
	focused("the field again", "New name of My pictures")
	types("cats/dogs", "Enter")
	b.wait("what is wrong with the name", `testText("#name-problem").startsWith('A project cannot be called "cats/dogs".')`)
	if typed := eval[string](b, fmt.Sprintf(`document.querySelector(%q).value`, field)); typed != "cats/dogs" {
		t.Errorf("after a refusal the field holds %q", typed)
	}
	b.fitsNarrowScreens(t)
	types("Our pictures", "Enter")
	focused("the button of the new name", "Rename Our pictures")

	const renamed = `testText("#models-project option:checked") === "Our pictures" &&
		/^Our pictures18 pictures, \d+ MB$/.test(testText("#project-list .stored"))`
	b.wait("the new name and what it holds", renamed)
	b.do(chromedp.Reload())
	b.wait("the new name after a reload", renamed)
	b.goes("#classify")
	b.wait("the new name in Classify", `testText("#classify-project option:checked") === "Our pictures" && document.querySelectorAll(".thumbs img").length === 18`)
	b.goes("#models")
	b.wait("the projects again", renamed)
}

// goes follows a link of the navigation.
func (b *tab) goes(address string) {
	b.t.Helper()
	b.press(fmt.Sprintf(`.views a[href=%q]`, address))
}

// addresses types addresses of weights: one of another site, one of this.
func (b *tab) addresses(t *testing.T) {
	look := func(address string) {
		eval[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector("#weights-address"); e.value = %q;
			e.dispatchEvent(new Event("input", { bubbles: true })); return true; })()`, address))
		b.press("#load-address")
	}
	const foreign = "https://models.example/atto.safetensors"
	look(foreign)
	b.wait("the other site's name", `testText("#foreign strong") === "models.example"`)
	if href := eval[string](b, `document.querySelector("#foreign a").href`); href != foreign {
		t.Errorf("the link leads to %s", href)
	}
	look("notes.txt")
	b.dismisses("notes.txt")
	look("web/weights/atto.safetensors")
	b.wait("weights of this site", `document.querySelector("#foreign") === null && !document.querySelector("#models-default").disabled && `+idle)
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.requests, func(r string) bool { return strings.Contains(r, "models.example") }); i >= 0 {
		t.Errorf("the page asked for %s", b.requests[i])
	}
}

// sameTensors compares an exported file with the one that it came from.
func (b *tab) sameTensors(exported []byte, from string) {
	b.t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		b.t.Fatal(err)
	}
	read := func(name string, content []byte) *weights.File {
		f, err := weights.Read(name, content)
		if err == nil {
			f, _, err = weights.Official(f)
		}
		if err != nil {
			b.t.Fatal(err)
		}
		return f
	}
	got, want := read("exported", exported), read(from, content)
	if len(got.Tensors) != len(want.Tensors) {
		b.t.Errorf("%d tensors, want %d", len(got.Tensors), len(want.Tensors))
	}
	for _, w := range want.Tensors {
		if g, ok := got.Tensor(w.Name); !ok || !slices.Equal(g.Data, w.Data) || !slices.Equal(g.Shape, w.Shape) {
			b.t.Errorf("%s has other values", w.Name)
		}
	}
}
