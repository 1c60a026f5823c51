package session

import (
	"bytes"
	"context"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"unmask/data"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/model"
	"unmask/weights"
)

// patchPixels returns the RGBA bytes of one patch of a picture that is w wide.
func patchPixels(rgba []byte, w, patch int) []byte {
	cols := w / model.Patch
	var out []byte
	for y := range model.Patch {
		at := ((patch/cols*model.Patch+y)*w + patch%cols*model.Patch) * 4
		out = append(out, rgba[at:at+4*model.Patch]...)
	}
	return out
}

// TestReconstructByCommands takes the way of the page: device, weights,
// picture, mask, answer.
func TestReconstructByCommands(t *testing.T) {
	answers := map[string]Event{}
	each(t, func(t *testing.T, s *Session) {
		w := one(t, s, Command{Do: DoWeights, Name: "fcmae.safetensors", Blob: fixture(t, "fcmae.safetensors")}, EvWeights).Weights
		want := WeightsInfo{Name: "fcmae.safetensors", Model: "custom", Params: 39368, HasDecoder: true, Report: "official keys, 71 tensors matched",
			Format: "safetensors", Keys: "official", DType: "F16", Bytes: len(fixture(t, "fcmae.safetensors"))}
		if *w != want {
			t.Errorf("weights\ngot  %+v\nwant %+v", *w, want)
		}
		// 200 x 130 pixels: the shorter side comes to 64, the longer to 98, cut to 96.
		p := one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 64, Blob: scene(200, 130, 1)}, EvPicture)
		if got, want := *p.Picture, (PictureInfo{"a.png", 96, 64, 2, 3}); got != want {
			t.Errorf("picture %+v, want %+v", got, want)
		}
		if len(p.Blobs) != 1 || len(p.Blobs[0]) != 96*64*4 {
			t.Fatalf("%d blobs", len(p.Blobs))
		}
		e := one(t, s, Command{Do: DoReconstruct, Hidden: "011010"}, EvReconstruction)
		r := e.Reconstruction
		if r.Patches != 6 || r.Masked != 3 || !slices.Equal(r.Visible, []int{0, 3, 5}) || r.Weights != "fcmae.safetensors" || r.Adapter != s.Device().Info().Name {
			t.Errorf("%+v", r)
		}
		again := one(t, s, Command{Do: DoReconstruct, Hidden: "110010"}, EvReconstruction).Reconstruction
		if first, second := r.MS["compile"], again.MS["compile"]; first <= 0 || second >= first {
			t.Errorf("compiling took %v ms, and %v ms again", first, second)
		}
		if r.MS["forward"] <= 0 || r.MS["total"] < r.MS["forward"]+r.MS["compile"] {
			t.Errorf("times %v", r.MS)
		}
		if len(e.Blobs) != 2 || len(e.Blobs[0]) != 96*64*4 || len(e.Blobs[1]) != 96*64*4 {
			t.Fatalf("%d blobs", len(e.Blobs))
		}
		for patch := range 6 {
			from := p.Blobs[0] // visible: the very pixels of the picture
			if !slices.Contains(r.Visible, patch) {
				from = e.Blobs[0] // hidden: what the network predicts
			}
			if got, want := patchPixels(e.Blobs[1], 96, patch), patchPixels(from, 96, patch); !bytes.Equal(got, want) {
				t.Errorf("patch %d of the composite is not what it should be", patch)
			}
		}
		if bytes.Equal(patchPixels(e.Blobs[0], 96, 1), patchPixels(p.Blobs[0], 96, 1)) {
			t.Error("the prediction is the hidden original")
		}
		answers[t.Name()] = e
	})
	var all []Event
	for _, e := range answers {
		all = append(all, e)
	}
	if len(all) == 2 {
		a, b := all[0].Reconstruction, all[1].Reconstruction
		numtest.Check(t, numtest.Network, "loss, PSNR, SSIM of GPU and CPU",
			[]float32{float32(a.Loss), float32(a.PSNR), float32(a.SSIM)}, []float32{float32(b.Loss), float32(b.PSNR), float32(b.SSIM)})
	}
}

// TestThePictureIsThePrediction holds pixels and loss of a reconstruction
// against the network's raw output by the formulas of FCMAE, for weights that
// predict raw and those that predict standardised patches.
func TestThePictureIsThePrediction(t *testing.T) {
	file, err := weights.Read("fcmae", fixture(t, "fcmae.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"raw", "norm"} {
		t.Run(target, func(t *testing.T) {
			s := opened(t, "cpu")
			file.Meta = map[string]string{weights.MetaTarget: target}
			if _, err := s.SetWeights("fcmae", file); err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.SetPicture("a.png", scene(96, 64, 2), 64); err != nil {
				t.Fatal(err)
			}
			m, err := data.ParseMask("011010", 2, 3)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Reconstruct(context.Background(), m)
			if err != nil {
				t.Fatal(err)
			}
			borrowed := strings.Contains(r.Note, "brightness and contrast of the hidden patches are borrowed")
			if borrowed != (target == "norm") {
				t.Errorf("note %q", r.Note)
			}
			layout, err := model.NewLayout(2, 3, [][]bool{m.Hidden})
			if err != nil {
				t.Fatal(err)
			}
			out, err := s.Network().Run(context.Background(), model.Reconstruct, s.pixels, layout, "pred")
			if err != nil {
				t.Fatal(err)
			}
			wantLoss, want := formulas(out[0], s.pixels, 96, m, target == "norm")
			numtest.Check(t, numtest.Network, "loss", []float32{float32(r.Loss)}, []float32{float32(wantLoss)})
			numtest.Check(t, numtest.Reduce, "pixels", r.Picture.Pix, want)
		})
	}
}

// formulas computes loss and picture from predicted patches (L, 32, 32, 3) and
// normalised pixels (H, W, 3), in float64.
func formulas(pred, pixels []float32, w int, m data.Mask, norm bool) (loss float64, picture []float32) {
	picture = make([]float32, len(pixels))
	for p, hidden := range m.Hidden {
		var at []int // where the patch's values lie in pixels
		for i := range model.PatchValues {
			y, x, c := i/96, i/3%32, i%3
			at = append(at, ((p/m.Cols*32+y)*w+p%m.Cols*32+x)*3+c)
		}
		mean, std := 0.0, 1.0
		if norm {
			for _, a := range at {
				mean += float64(pixels[a]) / model.PatchValues
			}
			variance := 0.0
			for _, a := range at {
				variance += (float64(pixels[a]) - mean) * (float64(pixels[a]) - mean) / (model.PatchValues - 1)
			}
			std = math.Sqrt(variance + 1e-6)
		}
		for i, a := range at {
			v := float64(pred[p*model.PatchValues+i])
			if d := v - (float64(pixels[a])-mean)/std; hidden {
				loss += d * d / model.PatchValues / float64(m.Count())
			}
			imagenetMean, imagenetStd := []float64{0.485, 0.456, 0.406}[i%3], []float64{0.229, 0.224, 0.225}[i%3]
			picture[a] = float32(min(max((v*std+mean)*imagenetStd+imagenetMean, 0), 1))
		}
	}
	return loss, picture
}

// TestDefaultWeightsSeeMore: the weights that ship beat the mean colour by far
// on a picture that is easy to go on with.
func TestDefaultWeightsSeeMore(t *testing.T) {
	testdevice.GPU(t)
	s := opened(t, "gpu")
	b, err := os.ReadFile("../weights/atto.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	info := one(t, s, Command{Do: DoWeights, Name: "atto", Blob: b}, EvWeights).Weights
	if info.Model != "atto" || !info.HasDecoder || info.Licence == "" || strings.Contains(info.Report, "missing") || strings.Contains(info.Report, "extra") {
		t.Errorf("%+v", info)
	}
	one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 128, Blob: scene(128, 128, 3)}, EvPicture)
	r := one(t, s, Command{Do: DoReconstruct, Hidden: data.Checkerboard(4, 4).Bits()}, EvReconstruction).Reconstruction
	variance := 0.0
	for _, v := range s.pixels {
		variance += float64(v) * float64(v) / float64(len(s.pixels))
	}
	if !(r.Loss > 0 && r.Loss < variance/4) {
		t.Errorf("loss %v where the picture's mean square is %v", r.Loss, variance)
	}
}

// TestAFailedLoadKeepsTheFormerWeights: after bad weights and a bad picture the
// session works on with what it had.
func TestAFailedLoadKeepsTheFormerWeights(t *testing.T) {
	s := opened(t, "cpu")
	one(t, s, Command{Do: DoWeights, Name: "fcmae", Blob: fixture(t, "fcmae.safetensors")}, EvWeights)
	one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 32, Blob: scene(64, 32, 1)}, EvPicture)
	want := one(t, s, Command{Do: DoReconstruct, Hidden: "01"}, EvReconstruction)
	one(t, s, Command{Do: DoWeights, Name: "cut", Blob: fixture(t, "timm.safetensors")[:5000]}, EvError)
	one(t, s, Command{Do: DoPicture, Name: "b.png", Blob: []byte("no picture")}, EvError)
	got := one(t, s, Command{Do: DoReconstruct, Hidden: "01"}, EvReconstruction)
	if !bytes.Equal(got.Blobs[1], want.Blobs[1]) || got.Reconstruction.Weights != "fcmae" || s.Weights().Name != "fcmae" {
		t.Errorf("after failures: %+v", got.Reconstruction)
	}
}
