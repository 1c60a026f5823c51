package main

import (
	"github.com/spf13/cobra"

	"unmask/train"
)

func (a *app) pretrain() *cobra.Command {
	f := trainFlags{kind: train.Pretrain}
	c := &cobra.Command{
		Use:   "pretrain DATA --out RUN",
		Short: "Train a masked autoencoder on photos, without labels",
		Long: "Train a masked autoencoder on a folder or zip of photos, without labels. Values that are not\n" +
			"given come from a preset that suits the number of pictures; config.json in RUN holds them all.",
		Args: args(cobra.ExactArgs(1), "one DATA folder or zip"),
		RunE: func(c *cobra.Command, args []string) error { return a.runTraining(c, args[0], f) },
	}
	f.register(c)
	c.Flags().StringVar(&f.from, "from", "", "weights to begin with: a file, or default for those that ship with unmask (default: scratch)")
	c.Flags().Float64Var(&f.ratio, "ratio", 0, "share of the patches to hide")
	c.Flags().BoolVar(&f.norm, "norm-pix", false, "predict standardised patches")
	return c
}
