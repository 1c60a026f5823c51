package data

import (
	"fmt"
	"image"
	"testing"
)

// photo is a 224 x 224 picture of smooth parts and edges.
func photo() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 224, 224))
	for i := range m.Pix {
		x, y := i/4%224, i/4/224
		m.Pix[i] = uint8(x*y/200 + x/2 + (i%4)*20)
	}
	return m
}

// One core, of a picture that is decoded already.
func BenchmarkAugment(b *testing.B) {
	src := FromImage(photo()).Bitmap()
	for _, tc := range []struct {
		name string
		a    Augment
		size int
	}{
		{"pretrain 224 to 128", PretrainAugment(), 128},
		{"pretrain 224 to 224", PretrainAugment(), 224},
		{"finetune 224 to 96", FinetuneAugment(), 96},
		{"finetune 224 to 128", FinetuneAugment(), 128},
		{"finetune 224 to 224", FinetuneAugment(), 224},
	} {
		b.Run(tc.name, func(b *testing.B) {
			var g augmenter
			dst := make([]float32, tc.size*tc.size*3)
			for n := 0; b.Loop(); n++ {
				g.augment(dst, src, tc.size, &tc.a, newRand(1, forAugment, uint64(n)))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

func BenchmarkDecodeBitmap(b *testing.B) {
	file := jpegFile(b, photo())
	for b.Loop() {
		if _, err := DecodeBitmap("x", file); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
}

func BenchmarkSquare(b *testing.B) {
	src := FromImage(photo()).Bitmap()
	for b.Loop() {
		src.Square(128)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
}

// The whole way, with as many goroutines as the machine runs.
func BenchmarkLoader(b *testing.B) {
	file := jpegFile(b, photo())
	var files []File
	for i := range 64 {
		files = append(files, File{fmt.Sprintf("%02d.jpg", i), file})
	}
	d, err := FileDataset("bench", files, DatasetOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for name, bytes := range map[string]int64{"cached": 1 << 30, "decoding": 0} {
		b.Run(name, func(b *testing.B) {
			l, err := NewTrainLoader(b.Context(), NewCache(d, bytes, 0), d.Train, 0, LoaderOptions{
				Size: 128, Batch: 16, Augment: PretrainAugment(), MaskRatio: 0.6,
			})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			for b.Loop() {
				if _, err := l.Next(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(16*float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
