package session

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"

	"unmask/train"
	"unmask/weights"
)

// TestARunsWeightsAnswerBesideTheLoadedOnes trains a classifier and asks it: the
// weights that were loaded stay, every export says the same, and a lost device
// changes nothing.
func TestARunsWeightsAnswerBesideTheLoadedOnes(t *testing.T) {
	s := withProject(t, newShelf(), nil, 6)
	if _, err := s.SetWeights("shapes", classifier(t, `["cat","dog","hen"]`)); err != nil {
		t.Fatal(err)
	}
	before := s.Weights()
	last(t, do(s, quick(train.Finetune, 2)), EvTrained)
	ask := Command{Do: DoClassify, Kind: train.Finetune, Name: "a.png", Blob: scene(64, 48, 3), TopK: 5}
	answer := one(t, s, ask, EvClasses)
	if len(answer.Classes) != 2 || len(answer.Blobs) != 1 {
		t.Fatalf("answers %+v with %d blobs", answer.Classes, len(answer.Blobs))
	}
	if s.Weights() != before || s.aside.net == nil {
		t.Errorf("the loaded weights became %+v", s.Weights())
	}
	logits := Floats(answer.Blobs[0])
	s.dev.Close()
	if _, _, err := s.Open(context.Background(), "gpu"); err != nil {
		t.Fatal(err)
	}
	if again := Floats(one(t, s, ask, EvClasses).Blobs[0]); !slices.Equal(again, logits) {
		t.Errorf("on a fresh device %v, want %v", again, logits)
	}
	scores := do(s, Command{ID: 7, Do: DoScores, Kind: train.Finetune})
	if r := last(t, scores, EvScores).Scores; r.Pictures != 4 {
		t.Errorf("scores of %d pictures", r.Pictures)
	}
	for format, name := range map[string]string{"official": "pets-official.safetensors", "timm": "pets-timm.safetensors"} {
		e := one(t, s, Command{Do: DoConvert, Kind: train.Finetune, Keys: format}, EvFile)
		if e.Note != name {
			t.Errorf("%s is called %q", format, e.Note)
		}
		other := opened(t, "gpu")
		if _, err := other.LoadWeights(name, e.Blobs[0]); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		got, _, err := other.Classify(context.Background(), "a.png", ask.Blob, 32)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if math.Abs(float64(v-logits[i])) > 1e-5 {
				t.Errorf("%s: logits %v, want %v", format, got, logits)
				break
			}
		}
	}
	if e := one(t, s, Command{Do: DoConvert, Kind: train.Finetune, Keys: KeysONNX}, EvFile); e.Note != "pets.onnx" || !bytes.Contains(e.Blobs[0], []byte("logits")) {
		t.Errorf("the ONNX file %q has %d bytes", e.Note, len(e.Blobs[0]))
	}
	if e := one(t, s, Command{Do: DoConvert, Kind: train.Finetune, Keys: "stone"}, EvError).Error; e.Code != "weights" {
		t.Errorf("an unknown format: %+v", e)
	}
	if lines := one(t, s, Command{Do: DoLog, Kind: train.Finetune}, EvLog).Lines; len(lines) != 2 || lines[1].TestAcc1 == nil {
		t.Errorf("the log is %+v", lines)
	}
	if e := one(t, s, Command{Do: DoClassify, Kind: train.Pretrain, Blob: ask.Blob}, EvError).Error; e.Code != "training" {
		t.Errorf("weights that are not there: %+v", e)
	}
}

// TestAPretrainingIsExported: ONNX gets the encoder's features.
func TestAPretrainingIsExported(t *testing.T) {
	s := withProject(t, newShelf(), nil, 6)
	last(t, do(s, quick(train.Pretrain, 1)), EvTrained)
	e := one(t, s, Command{Do: DoConvert, Kind: train.Pretrain, Keys: "official"}, EvFile)
	if f, err := weights.Read(e.Note, e.Blobs[0]); err != nil || f.Meta[weights.MetaModel] != "atto" {
		t.Errorf("reads as %v, %v", f, err)
	}
	if e := one(t, s, Command{Do: DoConvert, Kind: train.Pretrain, Keys: KeysONNX}, EvFile); !bytes.Contains(e.Blobs[0], []byte("features")) {
		t.Errorf("the ONNX file %q has no features", e.Note)
	}
}

// TestAQuickPlan is a run of the same pictures that costs less.
func TestAQuickPlan(t *testing.T) {
	s := withProject(t, newShelf(), nil, 6)
	for _, kind := range []train.Kind{train.Finetune, train.Pretrain} {
		long := one(t, s, Command{Do: DoPlan, Kind: kind, Plan: &TrainPlan{Scratch: true}}, EvRun).Run
		short := one(t, s, Command{Do: DoPlan, Kind: kind, Plan: &TrainPlan{Scratch: true, Quick: true}}, EvRun).Run
		if short.Total >= long.Total || short.Config.Size >= long.Config.Size || short.Config.Warmup > short.Config.Epochs {
			t.Errorf("%s: quick has %d steps at %d px, thorough %d at %d px", kind, short.Total, short.Config.Size, long.Total, long.Config.Size)
		}
	}
}
