package session

import (
	"archive/zip"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"unmask/metrics"
)

// pictures writes files into a new folder.
func pictures(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func evaluator(t *testing.T, prefer string) *Session {
	t.Helper()
	s := opened(t, prefer)
	if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEvalOfAFolder(t *testing.T) {
	files := map[string][]byte{"a.png": scene(64, 96, 1), "b.jpg": []byte("no picture"), "c.png": scene(96, 64, 2), "d.png": scene(64, 64, 3)}
	dir := pictures(t, files)
	o := EvalOptions{Size: 64, Ratio: 0.6, Seed: 5}
	s := evaluator(t, "cpu")
	var steps []int
	r, err := s.Eval(context.Background(), dir, o, func(done, total int) {
		if total != 4 {
			t.Errorf("%d of %d", done, total)
		}
		steps = append(steps, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(steps, []int{1, 2, 3, 4}) {
		t.Errorf("progress %v", steps)
	}
	if r.Pictures != 3 || r.Ratio != 0.6 || r.Seed != 5 || r.Weights != "fcmae" || !slices.Equal(r.Skipped, []string{`b.jpg: text ("no picture")`}) {
		t.Errorf("%+v", r)
	}
	names := []string{"ConvNeXt V2 custom"}
	for _, b := range metrics.Baselines {
		names = append(names, b.Name)
	}
	if len(r.Rows) != len(names) || r.Loss <= 0 {
		t.Fatalf("%+v", r)
	}
	for i, row := range r.Rows {
		if row.Name != names[i] || row.MSE <= 0 || row.PSNR <= 0 || row.PSNR >= metrics.MaxPSNR || row.SSIM <= -1 || row.SSIM >= 1 {
			t.Errorf("row %d: %+v, want %s", i, row, names[i])
		}
	}
	if last := r.Rows[len(r.Rows)-1]; last.MSE > r.Rows[1].MSE {
		t.Errorf("on smooth pictures %+v is worse than %+v", last, r.Rows[1])
	}

	// Each picture's mask depends on its own place only: the mean of the first
	// two is that of each alone.
	one := func(limit int) float64 {
		o := o
		o.Limit = limit
		r, err := s.Eval(context.Background(), dir, o, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		return r.Rows[0].MSE * float64(r.Pictures)
	}
	if one(4) != r.Rows[0].MSE*3 || one(0) != one(4) || one(3) <= one(1) {
		t.Errorf("sums over the first pictures: %v %v %v", one(1), one(3), one(4))
	}
}

// TestEvalMasksDiffer: picture i is masked with Seed + i.
func TestEvalMasksDiffer(t *testing.T) {
	s := evaluator(t, "cpu")
	loss := func(seed uint64, files map[string][]byte) float64 {
		r, err := s.Eval(context.Background(), pictures(t, files), EvalOptions{Size: 96, Ratio: 0.6, Seed: seed}, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		return r.Loss * float64(r.Pictures)
	}
	a, b := scene(96, 96, 1), scene(96, 96, 2)
	first, second := loss(5, map[string][]byte{"a.png": a}), loss(6, map[string][]byte{"b.png": b})
	both := loss(5, map[string][]byte{"a.png": a, "b.png": b})
	if math.Abs(both-first-second) > 1e-9*both || second == loss(5, map[string][]byte{"b.png": b}) {
		t.Errorf("two pictures have %v, alone %v and %v", both, first, second)
	}
}

func TestEvalOfAZip(t *testing.T) {
	dir := pictures(t, map[string][]byte{"a.png": scene(64, 64, 1)})
	path := filepath.Join(t.TempDir(), "a.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	s := evaluator(t, "cpu")
	var reports []*EvalReport
	for _, p := range []string{dir, path} {
		r, err := s.Eval(context.Background(), p, EvalOptions{Size: 64, Ratio: 0.5}, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	if !slices.Equal(reports[0].Rows, reports[1].Rows) {
		t.Errorf("folder %+v\nzip    %+v", reports[0].Rows, reports[1].Rows)
	}
}

func TestEvalErrors(t *testing.T) {
	s := evaluator(t, "cpu")
	bad := pictures(t, map[string][]byte{"a.png": nil, "b.png": []byte("text")})
	good := pictures(t, map[string][]byte{"a.png": scene(64, 64, 1)})
	for _, c := range []struct {
		name, path string
		o          EvalOptions
		want       Problem
	}{
		{"no such folder", "nowhere", EvalOptions{Ratio: 0.6}, Problem{"there is no folder or zip file nowhere", "check the name", "picture"}},
		{"size", good, EvalOptions{Ratio: 0.6, Size: 16}, Problem{"size 16: want 32 to 1024 pixels", "", "picture"}},
		{"ratio", good, EvalOptions{Ratio: 1}, Problem{"mask ratio is 1, want at least 0 and under 1", "", "mask"}},
		{"nothing hidden", good, EvalOptions{Ratio: 0.6, Size: 32}, Problem{"ratio 0.6 hides no patch of a.png", "choose a larger ratio or size", "mask"}},
		{"no picture", bad, EvalOptions{Ratio: 0.6}, Problem{bad + ": none of 2 pictures could be read; the first: a.png: an empty file", "", "picture"}},
	} {
		_, err := s.Eval(context.Background(), c.path, c.o, func(int, int) {})
		if err == nil || *Explain(err) != c.want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.name, Explain(err), c.want)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, err := s.Eval(ctx, good, EvalOptions{Ratio: 0.6}, func(int, int) {})
	if want := "session: stopped after 0 pictures: context canceled"; !errors.Is(err, context.Canceled) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := s.LoadWeights("timm", fixture(t, "timm.safetensors")); err != nil {
		t.Fatal(err)
	}
	_, err = s.Eval(context.Background(), good, EvalOptions{Ratio: 0.6}, func(int, int) {})
	if err == nil || Explain(err).Text != "timm has no decoder, so it cannot reconstruct" {
		t.Errorf("weights without a decoder: %v", err)
	}
}
