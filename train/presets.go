package train

import (
	"math"

	"unmask/data"
	"unmask/model"
)

// PretrainPreset suits FCMAE to an amount of pictures. The recipe is the official
// one (arXiv 2301.00808, appendix A: AdamW, betas 0.9 and 0.95, decay 0.05, cosine)
// scaled to what one machine can pay.
func PretrainPreset(m model.Config, pictures int) Config {
	batch := batchFor(pictures, 32)
	return Config{
		Kind: Pretrain, Model: m.WithDecoder(1, 512), Size: 224, Batch: batch, Micro: batch, Ratio: 0.6, Val: 0.05,
		// A masked autoencoder does not overfit soon: the masks and crops differ each
		// time. A few pictures want many epochs to give as many steps.
		Epochs: epochsFor(pictures, batch, 20000, 800),
		Warmup: 1, Every: 1,
		// The official rate is 1.5e-4 at a batch of 4096; small batches take more steps
		// from noisier gradients and stand a larger base rate, with clipping.
		BLR: 4e-3, WeightDecay: 0.05, Betas: [2]float64{0.9, 0.95}, Eps: 1e-8, Clip: 3,
		// Short runs gain more from an average of the weights than from a longer tail.
		EMA:     0.999,
		Augment: data.PretrainAugment(),
	}
}

// FinetunePreset suits fine-tuning to an amount of pictures. scratch is true where
// no pre-trained weights are loaded.
func FinetunePreset(m model.Config, pictures int, mode Mode, scratch bool) Config {
	batch := batchFor(pictures, 32)
	c := Config{
		Kind: Finetune, Model: m, Mode: mode, Size: 224, Batch: batch, Micro: batch, Val: 0.15, Every: 1,
		Epochs: epochsFor(pictures, batch, 2500, 100), Warmup: 1,
		// The official rate for Atto is 2e-4 at a batch of 1024 over 600 epochs; a run
		// of a few thousand steps needs a larger one.
		BLR: 4e-3, MinLR: 1e-6, WeightDecay: 0.05, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8, Clip: 5,
		EMA: 0.998,
		// Small networks are starved rather than overfitted: mild augmentation. The
		// official 0.3 of Atto's weight decay and RandAugment pay over hundreds of epochs.
		Smoothing: 0.1, HeadInit: 0.001,
		Augment: data.Augment{Scale: [2]float64{0.35, 1}, Ratio: [2]float64{3. / 4, 4. / 3}, Flip: 0.5,
			Jitter: data.ColourJitter{Brightness: 0.3, Contrast: 0.3, Saturation: 0.3}},
	}
	switch {
	case mode == Linear:
		// Only norm and head learn: a larger rate and nothing that regularises.
		c.BLR, c.WeightDecay, c.Smoothing, c.EMA = 4e-2, 0, 0, 0
	case scratch:
		// Nothing to preserve: all layers alike, a longer warm-up.
		c.Warmup, c.DropPath = 2, 0.05
	default:
		// Lower layers hold what pre-training learnt: they move less. The official value
		// for Atto is 0.9, one layer a block.
		c.LayerDecay, c.LayerDecayType = 0.9, SingleDecay
	}
	c.Warmup = min(c.Warmup, c.Epochs/4)
	return c
}

// Quick is the run with smaller pictures and a tenth of the steps: a first answer,
// not the best one.
func (c Config) Quick(pictures int) Config {
	steps := 250
	if c.Kind == Pretrain {
		steps = 2000
	}
	c.Size = 128
	c.Epochs = epochsFor(pictures, c.Batch, steps, max(5, c.Epochs/4))
	c.Warmup = min(c.Warmup, c.Epochs/4)
	return c
}

// batchFor is a batch of which an epoch has a few at least.
func batchFor(pictures, most int) int {
	b := most
	for b > 4 && pictures < 4*b {
		b /= 2
	}
	return max(1, min(b, pictures))
}

// epochsFor gives about so many steps, in whole epochs up to a limit.
func epochsFor(pictures, batch, steps int, most float64) float64 {
	return min(most, max(5, math.Round(float64(steps)*float64(batch)/float64(max(1, pictures)))))
}
