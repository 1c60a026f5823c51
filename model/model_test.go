package model

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/shaders"
)

func TestParameterCountsOfAllSizes(t *testing.T) {
	b, err := os.ReadFile(numtest.GoldenPath(t, "param_counts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct{ Classifier, FCMAE int }
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(Sizes()) {
		t.Fatalf("the golden has %d sizes, we have %d", len(want), len(Sizes()))
	}
	for _, c := range Sizes() {
		if got := c.WithHead(1000).Count(); got != want[c.Name].Classifier {
			t.Errorf("%s classifier: %d parameters, want %d", c.Name, got, want[c.Name].Classifier)
		}
		if got := c.WithDecoder(1, 512).Count(); got != want[c.Name].FCMAE {
			t.Errorf("%s FCMAE: %d parameters, want %d", c.Name, got, want[c.Name].FCMAE)
		}
	}
}

// TestHiddenPixelsDoNotLeak: whatever the hidden pixels are, the encoder's
// output has the same bits.
func TestHiddenPixelsDoNotLeak(t *testing.T) {
	masks := [][]bool{
		{true, false, false, true, true, true},
		{false, true, true, false, false, true},
	}
	l := layout(t, 2, 3, masks)
	testdevice.Each(t, func(t *testing.T, d device.Device) {
		n := network(t, d, size(t, "atto"))
		run := func(images []float32) []float32 {
			out, err := n.Run(context.Background(), Encode, images, l, "features")
			if err != nil {
				t.Fatal(err)
			}
			return out[0]
		}
		images := numtest.SeededImages(2, 64, 96)
		want := run(images)
		changed := slices.Clone(images)
		for i := range changed {
			img, y, x := i/3/96/64, i/3/96%64, i/3%96
			if masks[img][y/32*3+x/32] {
				changed[i] = float32(math.Sin(float64(i))) * 1e6
			}
		}
		if got := run(changed); !slices.Equal(got, want) {
			t.Error("hidden pixels changed the encoder's output")
		}
		changed[0+32*3] += 1 // patch 1 of image 0 is visible: the control
		if got := run(changed); slices.Equal(got, want) {
			t.Error("a visible pixel did not change the encoder's output")
		}
	})
}

// TestABlockIsAtMostSixDispatches holds the fused block to its budget.
func TestABlockIsAtMostSixDispatches(t *testing.T) {
	for _, c := range []Config{size(t, "atto"), tinyV1} {
		blocks := 0
		for _, n := range c.Depths {
			blocks += n
		}
		perBlock := map[string]int{}
		g := Build(c, Encode, Geometry{1, 64, 64, 4})
		g.Steps(func(label string, _ *shaders.Op, _ shaders.Args) {
			if strings.HasPrefix(label, "stages.") {
				perBlock[strings.Join(strings.Split(label, ".")[:3], ".")]++
			}
		})
		if len(perBlock) != blocks {
			t.Fatalf("%d blocks, want %d", len(perBlock), blocks)
		}
		for name, n := range perBlock {
			if n > 6 {
				t.Errorf("%s takes %d dispatches", name, n)
			}
		}
	}
}

func TestLayoutErrors(t *testing.T) {
	for _, c := range []struct {
		masks [][]bool
		want  string
	}{
		{[][]bool{{false, true}, {true}}, "model: mask of image 1 has 1 patches, want 2 (1 rows x 2 columns)"},
		{[][]bool{{true, true}}, "model: every patch of image 0 is hidden: show at least one"},
	} {
		if _, err := NewLayout(1, 2, c.masks); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestDetectFindsEverySize(t *testing.T) {
	for _, want := range append(Sizes(), tinyV1) {
		want = want.WithDecoder(1, 512).WithHead(7)
		shapes := map[string][]int{"optimizer.step": {1}}
		for _, p := range want.Params() {
			shapes[p.Name] = p.Shape
		}
		got, r, err := Detect(shapes)
		if err != nil || got != want {
			t.Errorf("got %+v (%v), want %+v", got, err, want)
		}
		if r.Matched != len(want.Params()) || !slices.Equal(r.Extra, []string{"optimizer.step"}) || len(r.Missing) > 0 {
			t.Errorf("%s: report %+v", want.Name, r)
		}
	}
}

func TestDetectErrors(t *testing.T) {
	shapes := func(change func(map[string][]int)) map[string][]int {
		m := map[string][]int{}
		for _, p := range size(t, "atto").WithDecoder(1, 512).Params() {
			m[p.Name] = p.Shape
		}
		change(m)
		return m
	}
	for want, change := range map[string]func(map[string][]int){
		`model: tensor "stages.0.0.grn.gamma": want [1 1 1 160], file has [1 160]`:             func(m map[string][]int) { m["stages.0.0.grn.gamma"] = []int{1, 160} },
		`model: no ConvNeXt encoder here: tensor "downsample_layers.0.0.weight" is missing`:    func(m map[string][]int) { delete(m, "downsample_layers.0.0.weight") },
		`model: the file is not complete: 0 tensors matched, 1 missing (stages.3.1.norm.bias)`: func(m map[string][]int) { delete(m, "stages.3.1.norm.bias") },
	} {
		if _, _, err := Detect(shapes(change)); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	cfg, r, err := Detect(shapes(func(m map[string][]int) { delete(m, "pred.bias") }))
	if err != nil || cfg.DecoderWidth != 0 || !slices.Equal(r.Missing, []string{"pred.bias"}) {
		t.Errorf("an incomplete decoder: %+v, %+v, %v", cfg, r, err)
	}
}

func TestParamsThereAndBack(t *testing.T) {
	for _, p := range []Param{{Shape: []int{8, 3, 2, 2}}, {Shape: []int{5, 7}}, {Shape: []int{6, 1, 7, 7}}, {Shape: []int{1, 1, 1, 9}}, {Shape: []int{4}}} {
		v := numtest.Pattern("p", p.Len())
		if !slices.Equal(p.Checkpoint(p.Device(v)), v) {
			t.Errorf("%v does not come back", p.Shape)
		}
	}
}
