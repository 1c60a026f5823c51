package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/testdevice"
	"unmask/weights"
)

// small is a session on the CPU with weights and a picture of 1 x 2 patches.
func small(t *testing.T, file string) *Session {
	t.Helper()
	s := opened(t, "cpu")
	one(t, s, Command{Do: DoWeights, Name: file, Blob: fixture(t, file+".safetensors")}, EvWeights)
	one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 32, Blob: scene(64, 32, 1)}, EvPicture)
	return s
}

func noWeights(t *testing.T) *Session {
	s := opened(t, "cpu")
	one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 32, Blob: scene(64, 32, 1)}, EvPicture)
	return s
}

func noPicture(t *testing.T) *Session {
	s := opened(t, "cpu")
	one(t, s, Command{Do: DoWeights, Name: "fcmae", Blob: fixture(t, "fcmae.safetensors")}, EvWeights)
	return s
}

func saved(t *testing.T, change func(f *weights.File)) []byte {
	t.Helper()
	f, err := weights.Read("fcmae", fixture(t, "fcmae.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	var b strings.Builder
	if err := weights.WriteSafetensors(&b, f, "f32"); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

// nan is the fixture with one value that is no number: written by hand, because
// our writer refuses it.
func nan(t *testing.T) []byte {
	b := saved(t, func(*weights.File) {})
	copy(b[len(b)-4:], device.Bytes([]float32{float32(math.NaN())}))
	return b
}

const (
	anyWeights = "choose a .safetensors, .pt or .pth file of ConvNeXt V1, V2 or FCMAE"
	inspect    = "unmask inspect FILE lists what it holds"
	formats    = "JPEG, PNG, GIF, WebP, BMP or TIFF"
)

func TestErrorEvents(t *testing.T) {
	fcmae := func(t *testing.T) *Session { return small(t, "fcmae") }
	timm := func(t *testing.T) *Session { return small(t, "timm") }
	fresh := func(t *testing.T) *Session { return opened(t, "cpu") }
	for _, c := range []struct {
		name    string
		session func(*testing.T) *Session
		command Command
		want    Problem
	}{
		{"no picture", noPicture, Command{Do: DoReconstruct, Hidden: "01"}, Problem{"there is no picture yet", "choose one first", "picture"}},
		{"no weights", noWeights, Command{Do: DoReconstruct, Hidden: "01"}, Problem{"there are no weights yet", "load some first", "weights"}},
		{"no weights to classify", noWeights, Command{Do: DoClassify, Blob: scene(32, 32, 1)}, Problem{"there are no weights yet", "load some first", "weights"}},
		{"no weights for a forward pass", noWeights, Command{Do: DoForward, Batch: 1, Size: 32}, Problem{"there are no weights yet", "load some first", "weights"}},
		{"no decoder", timm, Command{Do: DoReconstruct, Hidden: "01"}, Problem{"timm has no decoder, so it cannot reconstruct", "load weights that were pre-trained as a masked autoencoder with their decoder, such as the default ones", "weights"}},
		{"no head", fcmae, Command{Do: DoClassify, Blob: scene(32, 32, 1)}, Problem{"fcmae has no classifier head", "load weights of a fine-tuned classifier", "weights"}},
		{"no head for a forward pass", fcmae, Command{Do: DoForward, Batch: 1, Size: 32, Blob: make([]byte, 32*32*12)}, Problem{"fcmae has no classifier head", "load weights of a fine-tuned classifier", "weights"}},

		{"mask too short", fcmae, Command{Do: DoReconstruct, Hidden: "0"}, Problem{"mask has 1 bits, want 2 (1 rows x 2 columns)", "", "mask"}},
		{"mask of other signs", fcmae, Command{Do: DoReconstruct, Hidden: "0x"}, Problem{`mask has 'x' at position 2, want only 0 (shown) and 1 (hidden)`, "", "mask"}},
		{"all hidden", fcmae, Command{Do: DoReconstruct, Hidden: "11"}, Problem{"every patch is hidden: show at least one", "", "mask"}},
		{"none hidden", fcmae, Command{Do: DoReconstruct, Hidden: "00"}, Problem{"no patch is hidden: hide at least one", "", "mask"}},

		{"empty picture", fresh, Command{Do: DoPicture, Name: "a.jpg"}, Problem{"a.jpg: an empty file", "want a picture: " + formats, "picture"}},
		{"text as picture", fresh, Command{Do: DoPicture, Name: "a.jpg", Blob: []byte("hello there")}, Problem{`a.jpg: text ("hello there")`, "want a picture: " + formats, "picture"}},
		{"cut picture", fresh, Command{Do: DoPicture, Name: "a.png", Blob: scene(64, 64, 1)[:300]}, Problem{"a.png: a PNG file that is cut off before its end", "fetch or copy it again; want a whole " + formats, "picture"}},
		{"small size", fresh, Command{Do: DoPicture, Size: 31, Blob: scene(64, 64, 1)}, Problem{"size 31: want 32 to 1024 pixels", "", "picture"}},
		{"large size", fresh, Command{Do: DoPicture, Size: 1025, Blob: scene(64, 64, 1)}, Problem{"size 1025: want 32 to 1024 pixels", "", "picture"}},
		{"bad picture to classify", timm, Command{Do: DoClassify, Name: "a.jpg", Size: 32}, Problem{"a.jpg: an empty file", "want a picture: " + formats, "picture"}},
		{"odd size to classify", timm, Command{Do: DoClassify, Size: 100, Blob: scene(64, 64, 1)}, Problem{"size 100: want a multiple of 32, such as 96 or 128", "", "picture"}},
		{"small size to classify", timm, Command{Do: DoClassify, Size: -32, Blob: scene(64, 64, 1)}, Problem{"size -32: want 32 to 1024 pixels", "", "picture"}},
		{"huge size to classify", timm, Command{Do: DoClassify, Size: 1 << 20, Blob: scene(64, 64, 1)}, Problem{"size 1048576: want 32 to 1024 pixels", "", "picture"}},
		{"odd size for a forward pass", timm, Command{Do: DoForward, Batch: 1, Size: 33}, Problem{"size 33: want a multiple of 32, such as 32 or 64", "", "picture"}},
		{"no batch", timm, Command{Do: DoForward, Size: 32}, Problem{"0 pictures of 32 x 32 pixels: want 0 values, got 0", "", "picture"}},
		{"values short", timm, Command{Do: DoForward, Batch: 2, Size: 32, Blob: make([]byte, 32*32*12)}, Problem{"2 pictures of 32 x 32 pixels: want 6144 values, got 3072", "", "picture"}},

		{"empty weights", fresh, Command{Do: DoWeights, Name: "w"}, Problem{"w: the file is empty", anyWeights, "weights"}},
		{"page as weights", fresh, Command{Do: DoWeights, Name: "w", Blob: []byte("<!doctype html>")}, Problem{`w: not a checkpoint: want safetensors or a .pt/.pth file of PyTorch, the file starts with "<!doctype ht"`, anyWeights, "weights"}},
		{"hostile weights", fresh, Command{Do: DoWeights, Name: "w", Blob: fixture(t, "hostile.pt")}, Problem{`w: pytorch: pickle: it asks for "posix.system", which no checkpoint needs: nothing was executed`, anyWeights, "weights"}},
		{"NaN weights", fresh, Command{Do: DoWeights, Name: "w", Blob: nan(t)}, Problem{`w: tensor "stages.3.0.pwconv2.weight": value 1023 of 1024 is NaN: want finite values only`, anyWeights, "weights"}},
		{"another network", fresh, Command{Do: DoWeights, Name: "w", Blob: saved(t, func(f *weights.File) {
			f.Tensors = f.Tensors[len(f.Tensors)-1:]
		})}, Problem{`w: no ConvNeXt here: want downsample_layers.0.0.weight (official), stem.0.weight (timm) or embeddings.patch_embeddings.weight (Hugging Face); the file starts with "stages.3.0.pwconv2.weight"`, inspect, "weights"}},
		{"a tensor of another shape", fresh, Command{Do: DoWeights, Name: "w", Blob: saved(t, func(f *weights.File) {
			for i := range f.Tensors {
				if x := &f.Tensors[i]; x.Name == "stages.2.0.norm.bias" {
					x.Shape, x.Data = []int{17}, make([]float32, 17)
				}
			}
		})}, Problem{`w: tensor "stages.2.0.norm.bias": want [16], file has [17]`, inspect, "weights"}},
		{"a missing tensor", fresh, Command{Do: DoWeights, Name: "w", Blob: saved(t, func(f *weights.File) {
			for i := range f.Tensors {
				if x := &f.Tensors[i]; x.Name == "stages.2.0.norm.bias" {
					x.Name = "stages.2.0.normal.bias"
				}
			}
		})}, Problem{`w: the file is not complete: 0 tensors matched, 1 missing (stages.2.0.norm.bias)`, inspect, "weights"}},

		{"tensors larger than the blob", fresh, Command{Do: DoTensors, Tensors: []TensorSpec{{"a", []int{2, 3}}}, Blob: make([]byte, 20)}, Problem{`tensor "a": shape [2 3] does not fit the 5 values that are left`, "", "weights"}},
		{"tensors that overflow", fresh, Command{Do: DoTensors, Tensors: []TensorSpec{{"a", []int{1 << 62, 4}}}, Blob: make([]byte, 4)}, Problem{`tensor "a": shape [4611686018427387904 4] does not fit the 1 values that are left`, "", "weights"}},
		{"negative tensors", fresh, Command{Do: DoTensors, Tensors: []TensorSpec{{"a", []int{-1, -1}}}, Blob: make([]byte, 4)}, Problem{`tensor "a": shape [-1 -1] does not fit the 1 values that are left`, "", "weights"}},
		{"values behind the tensors", fresh, Command{Do: DoTensors, Tensors: []TensorSpec{{"a", []int{1}}}, Blob: make([]byte, 8)}, Problem{`1 values behind the last tensor belong to none`, "", "weights"}},
		{"NaN tensors", fresh, Command{Do: DoTensors, Tensors: []TensorSpec{{"a", []int{2}}}, Blob: device.Bytes([]float32{0, float32(math.Inf(1))})}, Problem{`tensor "a": value 1 of 2 is +Inf: want finite values only`, "", "weights"}},

		{"no such device", fresh, Command{Do: DoOpen, Prefer: "tpu"}, Problem{`no device "tpu"`, "choose auto, gpu or cpu", "device"}},
		{"no GPU to lose", fresh, Command{Do: DoLose}, Problem{"there is no GPU device to lose", "", "device"}},
		{"no device to test", func(*testing.T) *Session { return New(Options{}) }, Command{Do: DoSelfTest}, Problem{"no device is open", "", "device"}},
		{"no such command", fresh, Command{Do: "dance"}, Problem{`no command "dance"`, "", "internal"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := one(t, c.session(t), c.command, EvError).Error; *got != c.want {
				t.Errorf("\ngot  %+v\nwant %+v", *got, c.want)
			}
		})
	}
}

// TestAMaskOfAnotherPicture cannot come by a command, which brings bits only.
func TestAMaskOfAnotherPicture(t *testing.T) {
	s := small(t, "fcmae")
	m, err := data.ParseMask("010101", 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := Problem{"the mask has 2 x 3 patches, the picture 1 x 2", "", "mask"}
	if _, err := s.Reconstruct(context.Background(), m); err == nil || *Explain(err) != want {
		t.Errorf("reconstruct: %v", err)
	}
	if _, err := s.Features(context.Background(), m); err == nil || *Explain(err) != want {
		t.Errorf("features: %v", err)
	}
	if _, err := noWeights(t).Features(context.Background(), m); err == nil || Explain(err).Text != "there are no weights yet" {
		t.Errorf("features without weights: %v", err)
	}
	if _, err := noPicture(t).Features(context.Background(), m); err == nil || Explain(err).Text != "there is no picture yet" {
		t.Errorf("features without a picture: %v", err)
	}
}

// TestAnswersThatAreNoNumbers: weights that are finite but overflow on the way
// are an error, not a picture, a class or JSON that cannot be written.
func TestAnswersThatAreNoNumbers(t *testing.T) {
	s := small(t, "fcmae")
	for _, value := range []float32{3e38, 1e25} { // the second overflows in the loss only
		large := saved(t, func(f *weights.File) {
			for i := range f.Tensors {
				if strings.HasPrefix(f.Tensors[i].Name, "pred.") {
					for k := range f.Tensors[i].Data {
						f.Tensors[i].Data[k] = value
					}
				}
			}
		})
		one(t, s, Command{Do: DoWeights, Name: "large", Blob: large}, EvWeights)
		got := one(t, s, Command{Do: DoReconstruct, Hidden: "01"}, EvError).Error
		if !strings.HasPrefix(got.Text, "the network answered ") || got.Code != "internal" ||
			got.Remedy != "check the weights; run the self-test, since a driver may compute wrongly: then choose the CPU" {
			t.Errorf("%v: %+v", value, got)
		}
	}
}

func TestExplain(t *testing.T) {
	lost := fmt.Errorf("model: graph: gpu: %w: it was unplugged", device.ErrLost)
	for _, c := range []struct {
		err  error
		want Problem
	}{
		{lost, Problem{"the GPU device was lost: it was unplugged", "start the engine again; if it happens often, choose a smaller picture or the CPU", "device"}},
		{errors.New("strange: data: x"), Problem{"strange: data: x", "", "internal"}},
		{fmt.Errorf("bench: %w", problem("mask", errors.New("data: x"), "y")), Problem{"x", "y", "mask"}},
	} {
		if got := Explain(c.err); *got != c.want {
			t.Errorf("got  %+v\nwant %+v", *got, c.want)
		}
	}
	if got, want := problem("mask", errors.New("session: x"), "y").Error(), "session: x; y"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAKernelThatDoesNotCompile tells what its user can do about it.
func TestAKernelThatDoesNotCompile(t *testing.T) {
	err := fmt.Errorf("gpu: step 0: %w", &device.KernelError{Kernel: "patchify", Err: errors.New("no such function")})
	if p := Explain(err); p.Text != "step 0: kernel patchify does not compile: no such function" || !strings.Contains(p.Remedy, "driver") {
		t.Errorf("%+v", p)
	}
}

// TestMemoryThatTheDeviceDoesNotGive has a code and a remedy of its own, whatever
// else is said of it on the way.
func TestMemoryThatTheDeviceDoesNotGive(t *testing.T) {
	err := problem("weights", fmt.Errorf("session: x: %w", &device.MemoryError{Text: "gpu: stages.0: 5 bytes are more than this adapter gives one buffer"}), "")
	if p := Explain(err); p.Code != "memory" || !strings.Contains(p.Text, "5 bytes") || !strings.Contains(p.Remedy, "smaller picture") {
		t.Errorf("%+v", p)
	}
	if p := Explain(&device.MemoryError{Text: "gpu: no memory", Err: device.ErrLost}); p.Code != "device" {
		t.Errorf("of a lost device: %+v", p)
	}
}

// TestMemoryOfAPictureThatIsTooLarge asks a real adapter for more than it gives.
func TestMemoryOfAPictureThatIsTooLarge(t *testing.T) {
	testdevice.GPU(t)
	s := withPicture(t, opened(t, "gpu"))
	limit := s.dev.Info().Limits["maxStorageBufferBindingSize"]
	if limit > 1<<30 {
		t.Skipf("this adapter gives %d bytes", limit)
	}
	_, err := s.dev.Alloc("activations", int(limit/4)+1)
	if p := Explain(err); p.Code != "memory" || p.Remedy == "" {
		t.Errorf("%+v", p)
	}
}
