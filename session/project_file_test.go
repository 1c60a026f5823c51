package session

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"unmask/train"
)

// TestAProjectFileGoesOnElsewhere: a run that was stopped in the middle and packed
// ends in another place with the losses of one that was left alone.
func TestAProjectFileGoesOnElsewhere(t *testing.T) {
	want := losses(do(withProject(t, newShelf(), nil, 6), quick(train.Finetune, 3)))
	var queue []Command
	s := withProject(t, newShelf(), waiting(&queue), 6)
	got := map[int]float64{}
	s.Do(t.Context(), quick(train.Finetune, 3), func(e Event) {
		if e.Step != nil {
			if got[e.Step.Step] = e.Step.Loss; e.Step.Step == 2 {
				queue = append(queue, Command{Do: DoStop})
			}
		}
	})
	one(t, s, Command{Do: DoKeepClass, Class: "hen"}, EvProject)
	if p := one(t, s, Command{Do: DoDropClass, Class: "none", More: true}, EvProject).Project; !p.More || p.Pictures != nil {
		t.Errorf("a change that others follow answers %+v", p)
	}
	packed := one(t, s, Command{Do: DoPack}, EvFile)
	if packed.Note != "pets.zip" {
		t.Errorf("it is called %q", packed.Note)
	}

	place := newShelf()
	other := New(Options{Place: place})
	t.Cleanup(other.Close)
	one(t, other, Command{Do: DoProject, Project: "pets"}, EvProject)
	p := one(t, other, Command{Do: DoUnpack, Name: packed.Note, Blob: packed.Blobs[0]}, EvProject).Project
	if p.Name != "pets 2" || len(p.Pictures) != 12 || !slices.Contains(p.Pictures, "cat/0.png") || len(p.Runs) != 1 || p.Runs[0].Step != 2 || !slices.Equal(p.Classes, []string{"hen"}) {
		t.Fatalf("unpacked as %+v", p)
	}
	rest := do(other, Command{ID: 7, Do: DoResume, Kind: train.Finetune})
	last(t, rest, EvTrained)
	if slices.ContainsFunc(rest, func(e Event) bool { return e.Kind == EvNote }) {
		t.Errorf("the pictures are said to have changed: %s", describe(rest))
	}
	for step, loss := range losses(rest) {
		got[step] = loss
	}
	for step, loss := range want {
		if got[step] != loss {
			t.Errorf("step %d: loss %v, want %v", step, got[step], loss)
		}
	}
}

func TestBrokenProjectFilesLeaveNothingBehind(t *testing.T) {
	archive := func(files map[string]string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, content := range files {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"text":         {[]byte("hello"), "is no project file"},
		"another zip":  {archive(map[string]string{"cat/1.png": "x"}), "is no project file"},
		"a way out":    {archive(map[string]string{"pictures/../../1.png": string(scene(8, 8, 1))}), "leads out"},
		"no pictures":  {archive(map[string]string{"pictures/cat/1.png": "hello"}), "text"},
		"cut off":      {archive(map[string]string{"pictures/cat/1.png": string(scene(8, 8, 1))})[:60], "is no project file"},
		"other things": {archive(map[string]string{"pictures/cat/1.png": string(scene(8, 8, 1)), "evil/x": "y", "finetune/x.exe": "y"}), ""},
		"odd folders": {archive(map[string]string{"pictures/cat/1.png": string(scene(8, 8, 1)), "pictures/": "", "pictures/./": "", "pictures/../": "", "pictures/a:b/": "", `pictures/a\b/`: "",
			"pictures/a/b/": "", "pictures/.git/": "", "pictures/__x/": "", "pictures/train/": "", "pictures/hen/": ""}), ""},
	} {
		place := newShelf()
		s := New(Options{Place: place})
		t.Cleanup(s.Close)
		e := do(s, Command{Do: DoUnpack, Name: "a.zip", Blob: c.file})
		if c.want == "" {
			if e[0].Kind != EvProject || len(place.projects["a"].files) != 2 {
				t.Fatalf("%s: %s, holding %d files", name, describe(e), len(place.projects["a"].files))
			}
			if p := e[0].Project; !slices.Equal(p.Pictures, []string{"cat/1.png"}) || name == "odd folders" && !slices.Equal(p.Classes, []string{"hen"}) {
				t.Errorf("%s: holds %q, keeps the classes %q", name, p.Pictures, p.Classes)
			}
			continue
		}
		if e[0].Error == nil || !strings.Contains(e[0].Error.Text, c.want) || len(place.projects) != 0 {
			t.Errorf("%s: %s, and %d projects", name, describe(e), len(place.projects))
		}
	}
}

func TestConvertLoadedWeights(t *testing.T) {
	s := opened(t, "cpu")
	before := one(t, s, Command{Do: DoWeights, Name: "a.safetensors", Blob: fixture(t, "timm.safetensors")}, EvWeights).Weights
	for _, keys := range []string{"official", "timm", "hf"} {
		f := one(t, s, Command{Do: DoConvert, Keys: keys}, EvFile)
		after := one(t, s, Command{Do: DoWeights, Name: "a.safetensors", Blob: f.Blobs[0]}, EvWeights).Weights
		if f.Note != "a-"+keys+".safetensors" || after.Params != before.Params || !strings.HasPrefix(after.Report, keys) {
			t.Errorf("%s: %s reads as %+v", keys, f.Note, after)
		}
	}
	if e := one(t, s, Command{Do: DoConvert, Keys: "keras"}, EvError).Error; e.Code != "weights" {
		t.Errorf("an unknown style: %+v", e)
	}
}
