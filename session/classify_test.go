package session

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/model"
	"unmask/weights"
)

// TestTimmFilesGiveTimmsLogits goes all the way: a file that timm saved, read,
// its keys translated, computed; the logits that timm computed for one input.
func TestTimmFilesGiveTimmsLogits(t *testing.T) {
	for _, stem := range []string{"timm", "timm-v1"} {
		t.Run(stem, func(t *testing.T) {
			golden, err := weights.Read("logits", fixture(t, stem+"-logits.safetensors"))
			if err != nil {
				t.Fatal(err)
			}
			input, _ := golden.Tensor("input") // (1, 3, 32, 64)
			want, _ := golden.Tensor("logits")
			h, w := input.Shape[2], input.Shape[3]
			images := make([]float32, len(input.Data))
			for i := range images {
				images[i] = input.Data[i%3*h*w+i/3]
			}
			each(t, func(t *testing.T, s *Session) {
				if _, err := s.LoadWeights(stem, fixture(t, stem+".safetensors")); err != nil {
					t.Fatal(err)
				}
				got, err := s.Network().Run(context.Background(), model.Classify, images, model.Dense(1, h/32, w/32), "logits")
				if err != nil {
					t.Fatal(err)
				}
				numtest.Check(t, numtest.Network, "logits", got[0], want.Data)
			})
		})
	}
}

// classifier is timm's fixture with class names.
func classifier(t *testing.T, classes string) *weights.File {
	t.Helper()
	f, err := weights.Read("timm", fixture(t, "timm.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	f.Meta = map[string]string{weights.MetaClasses: classes}
	return f
}

func TestClassifyByCommand(t *testing.T) {
	file := scene(90, 70, 1)
	each(t, func(t *testing.T, s *Session) {
		if _, err := s.SetWeights("five", classifier(t, `["a","b","c","d","e"]`)); err != nil {
			t.Fatal(err)
		}
		p, _, err := data.Decode("a.png", file)
		if err != nil {
			t.Fatal(err)
		}
		images := p.Square(64).Normalized(nil)
		forward := one(t, s, Command{Do: DoForward, Batch: 1, Size: 64, Blob: device.Bytes(images)}, EvLogits)
		logits := Floats(forward.Blobs[0])
		if len(logits) != 5 {
			t.Fatalf("%d logits, want 5", len(logits))
		}
		classes := one(t, s, Command{Do: DoClassify, Name: "a.png", Blob: file, Size: 64, TopK: 9}, EvClasses).Classes
		sum := 0.0
		for i, c := range classes {
			odds := float64(logits[c.Index]) - float64(logits[classes[0].Index])
			if math.Abs(c.P/classes[0].P-math.Exp(odds)) > 1e-6 || c.Label != string(rune('a'+c.Index)) || i > 0 && c.P > classes[i-1].P {
				t.Errorf("rank %d: %+v, logits %v", i, c, logits)
			}
			sum += c.P
		}
		if len(classes) != 5 || math.Abs(sum-1) > 1e-9 {
			t.Errorf("%d classes, together %v", len(classes), sum)
		}
		if two := one(t, s, Command{Do: DoClassify, Name: "a.png", Blob: file, Size: 64, TopK: 2}, EvClasses).Classes; !slices.Equal(two, classes[:2]) {
			t.Errorf("the first two are %+v", two)
		}
		// A batch is its pictures one by one.
		second := slices.Clone(images)
		slices.Reverse(second)
		alone := one(t, s, Command{Do: DoForward, Batch: 1, Size: 64, Blob: device.Bytes(second)}, EvLogits)
		both := one(t, s, Command{Do: DoForward, Batch: 2, Size: 64, Blob: device.Bytes(append(slices.Clone(images), second...))}, EvLogits)
		numtest.Check(t, numtest.Network, "batch of two", Floats(both.Blobs[0]), append(slices.Clone(logits), Floats(alone.Blobs[0])...))
		if bytes.Equal(alone.Blobs[0], forward.Blobs[0]) {
			t.Error("two pictures have the same logits: the test shows nothing")
		}
	})
}

func TestClassNames(t *testing.T) {
	for names, want := range map[string]string{
		`["a","b","c","d","e"]`: "b",
		`["a","b"]`:             "class 1", // a list that does not fit the head
		`not JSON`:              "class 1",
		``:                      "class 1",
	} {
		s := opened(t, "cpu")
		if _, err := s.SetWeights("five", classifier(t, names)); err != nil {
			t.Fatal(err)
		}
		if got := s.TopK([]float32{0, 7, 1, 2, 3}, 0); len(got) != 1 || got[0].Label != want || got[0].Index != 1 {
			t.Errorf("classes %q: %+v, want one, %q", names, got, want)
		}
	}
}

// TestTensorsByCommand: raw tensors give the network that a file gives.
func TestTensorsByCommand(t *testing.T) {
	s := opened(t, "cpu")
	if _, err := s.LoadWeights("file", fixture(t, "f32.safetensors")); err != nil {
		t.Fatal(err)
	}
	images := device.Bytes(numtest.SeededImages(1, 32, 32))
	want := one(t, s, Command{Do: DoForward, Batch: 1, Size: 32, Blob: images}, EvLogits)
	c := Command{Do: DoTensors, Name: "raw"}
	for _, x := range s.file.Tensors {
		c.Tensors = append(c.Tensors, TensorSpec{x.Name, x.Shape})
		c.Blob = append(c.Blob, device.Bytes(x.Data)...)
	}
	info := one(t, s, c, EvWeights).Weights
	if info.Name != "raw" || info.Classes != 5 || info.Params != 17165 {
		t.Errorf("%+v", info)
	}
	got := one(t, s, Command{Do: DoForward, Batch: 1, Size: 32, Blob: images}, EvLogits)
	if !bytes.Equal(got.Blobs[0], want.Blobs[0]) {
		t.Error("raw tensors give other logits than the file")
	}
}
