package data

import (
	"math"
	"slices"
	"testing"
)

func TestMixupByHand(t *testing.T) {
	v := []float32{1, 2, 10, 20, 5, 7}
	blendPairs(v, 3, 0.75)
	if want := []float32{2, 3.25, 10, 20, 4, 5.75}; !slices.Equal(v, want) {
		t.Errorf("%v, want %v", v, want)
	}
}

// colours are n pictures of size x size, picture i all of value i+1, and their
// one-hot targets.
func colours(n, size int) (images, targets []float32) {
	images, targets = make([]float32, n*size*size*3), make([]float32, n*n)
	for i := range images {
		images[i] = float32(i/(size*size*3) + 1)
	}
	for i := range n {
		targets[i*n+i] = 1
	}
	return images, targets
}

// The share that a picture keeps and the one of its target are the same, for
// both ways of mixing, and partners are mirror images in the batch.
func TestMixKeepsPicturesAndTargetsTogether(t *testing.T) {
	const n, size = 5, 16
	ways := map[string]int{}
	for seed := range uint64(400) {
		images, targets := colours(n, size)
		Mix{Mixup: 0.8, Cutmix: 1, Prob: 0.9, Switch: 0.5}.apply(images, targets, n, size, testRand(seed))
		per := size * size * 3
		for i := range n {
			own, other := float64(i+1), float64(n-i)
			keep := float64(targets[i*n+i])
			sum := 0.0
			for _, v := range targets[i*n : (i+1)*n] {
				sum += float64(v)
			}
			if math.Abs(sum-1) > 1e-6 {
				t.Fatalf("seed %d: target %d adds up to %v", seed, i, sum)
			}
			mean, cut := 0.0, true
			for _, v := range images[i*per : (i+1)*per] {
				mean += float64(v) / float64(per)
				cut = cut && (float64(v) == own || float64(v) == other)
			}
			if want := keep*own + (1-keep)*other; math.Abs(mean-want) > 1e-5 {
				t.Fatalf("seed %d: picture %d has mean %v, its target says %v", seed, i, mean, want)
			}
			if i == 0 {
				switch {
				case keep == 1:
					ways["none"]++
				case cut:
					ways["cutmix"]++
				default:
					ways["mixup"]++
				}
			}
		}
	}
	for way, bounds := range map[string][2]int{"mixup": {130, 230}, "cutmix": {130, 230}, "none": {15, 75}} {
		if k := ways[way]; k < bounds[0] || k > bounds[1] {
			t.Errorf("%s comes %d times of 400, want %d to %d", way, k, bounds[0], bounds[1])
		}
	}
}

func TestBetaMoments(t *testing.T) {
	const n = 20000
	for _, alpha := range []float64{0.2, 0.8, 1, 3} {
		r := testRand(7)
		sum, squares := 0.0, 0.0
		for range n {
			v := beta(alpha, r)
			if v < 0 || v > 1 {
				t.Fatalf("Beta(%v) draws %v", alpha, v)
			}
			sum += v
			squares += (v - 0.5) * (v - 0.5)
		}
		variance := 1 / (4 * (2*alpha + 1))
		wantMean(t, "beta", sum, n, 0.5, math.Sqrt(variance))
		wantMean(t, "squared distance", squares, n, variance, 0.13)
	}
	for range 100 {
		if v := beta(1e-4, testRand(8)); v != 0 && v != 1 && !(v > 0 && v < 1) {
			t.Fatalf("Beta(1e-4) draws %v", v)
		}
	}
}

func TestMixErrors(t *testing.T) {
	for want, m := range map[string]Mix{
		"data: mixup alpha is -1, want 0 to 100":        {Mixup: -1},
		"data: cutmix alpha is NaN, want 0 to 100":      {Cutmix: math.NaN()},
		"data: mix probability is 2, want 0 to 1":       {Prob: 2},
		"data: switch probability is -0.5, want 0 to 1": {Switch: -0.5},
	} {
		wantError(t, "mix", m.Check(), want)
	}
}
