package main

import (
	"os"
	"strings"
	"testing"

	"unmask/weights"
)

// repository makes a folder with a README and a pre-training result in it the
// working folder.
func repository(t *testing.T, meta map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.Mkdir("weights", 0o755); err != nil {
		t.Fatal(err)
	}
	f := &weights.File{Meta: meta, Tensors: []weights.Tensor{
		{Name: "downsample_layers.0.0.weight", Shape: []int{2, 1, 1, 1}, Data: []float32{1, 0.1}},
	}}
	if err := weights.WriteFile("from.safetensors", f, "f32"); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		readme:      "head\n" + begin + "old\n" + end + "tail\n",
		"log.jsonl": `{"seen": 12, "val224": 0.58543}` + "\n" + `{"seen": 13, "lr": 0.1}` + "\n" + `{"seen": 24, "val224": 0.5, "final": true}` + "\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestShip(t *testing.T) {
	t.Run("pretrain.py", func(t *testing.T) {
		ships(t, map[string]string{"images_seen": "24", "val224": "0.4999999", "target": "raw", "model": "atto"})
	})
	t.Run("its first form", func(t *testing.T) {
		ships(t, map[string]string{"seen": "24", "val224": "0.4999999", "pixels": "raw", "model": "atto"})
	})
}

func ships(t *testing.T, meta map[string]string) {
	repository(t, meta)
	if err := ship("from.safetensors", "log.jsonl"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	want := "head\n" + begin + "| images seen | masked MSE |\n|---:|---:|\n| 12 | 0.5854 |\n| 24 | 0.5000 |\n" + end + "tail\n"
	if string(text) != want {
		t.Errorf("README:\n%s\nwant:\n%s", text, want)
	}
	b, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(target, b)
	if err != nil {
		t.Fatal(err)
	}
	if f.Tensors[0].DType != "F16" || f.Meta[weights.MetaVal224] != "0.5000" || f.Meta[weights.MetaTarget] != "raw" || f.Meta[weights.MetaImagesSeen] != "24" {
		t.Errorf("%s with %v: want F16, val224 0.5000, target raw, 24 images seen", f.Tensors[0].DType, f.Meta)
	}
}

func TestShipRefusesAFileOfUnknownOrigin(t *testing.T) {
	repository(t, map[string]string{"seen": "24"})
	err := ship("from.safetensors", "")
	if err == nil || !strings.HasPrefix(err.Error(), "ship: metadata map[seen:24]: want images_seen, val224 and target") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(target); !os.IsNotExist(err) {
		t.Errorf("a file was written: %v", err)
	}
}
