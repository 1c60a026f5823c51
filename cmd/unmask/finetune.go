package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"unmask/train"
)

func (a *app) finetune() *cobra.Command {
	f := trainFlags{kind: train.Finetune}
	c := &cobra.Command{
		Use:   "finetune DATA --out RUN",
		Short: "Train a classifier on class folders of photos",
		Long: "Train a classifier on a folder or zip of class folders, with or without train, val and test above\n" +
			"them. Values that are not given come from a preset that suits the number of pictures and the start;\n" +
			"config.json in RUN holds them all.",
		Args: args(cobra.ExactArgs(1), "one DATA folder or zip"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.mode != string(train.Full) && f.mode != string(train.Linear) {
				return usageError{fmt.Errorf("--mode %q: want full or linear", f.mode)}
			}
			return a.runTraining(c, args[0], f)
		},
	}
	f.register(c)
	fl := c.Flags()
	fl.StringVar(&f.from, "from", "default", "weights to begin with: a file, default for those that ship with unmask, or none for scratch")
	fl.StringVar(&f.mode, "mode", "full", "what learns: full (everything) or linear (norm and head on frozen features)")
	fl.StringVar(&f.augment, "augment", "", "none, flip, crop, official, or a RandAugment policy such as rand-m9-mstd0.5-inc1")
	fl.Float64Var(&f.layer, "layer-decay", 0, "factor of the learning rate from layer to layer; 1: none")
	fl.StringVar(&f.layerType, "layer-decay-type", "", "what a layer is: single (a block) or group (twelve groups)")
	fl.Float64Var(&f.drop, "drop-path", 0, "rate of stochastic depth of the last block")
	fl.Float64Var(&f.smooth, "smoothing", 0, "label smoothing")
	fl.Float64Var(&f.mixup, "mixup", 0, "alpha of mixup; 0: none")
	fl.Float64Var(&f.cut, "cutmix", 0, "alpha of cutmix; 0: none")
	fl.Float64Var(&f.levels, "balance", 0, "how far unequal classes are levelled out: 0 not, 1 wholly")
	return c
}
