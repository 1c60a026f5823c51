package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"unmask/internal/gpu"
	"unmask/internal/tune"
)

// tuned is where the choice of kernels is kept: nil where the system has no folder for
// such things.
func tuned() tune.Store {
	folder, err := tune.UserFolder()
	if err != nil {
		return nil
	}
	return folder
}

// choiceOf is what was measured on an adapter, nil where nothing of use was.
func (a *app) choiceOf(adapter string) *tune.Choice {
	store := tuned()
	if store == nil {
		return nil
	}
	c, err := tune.Load(store, adapter)
	if err != nil {
		a.note(err.Error() + "; it is ignored: unmask devices --tune measures again")
	}
	return c
}

// tune measures the kernels of the adapter at hand and remembers the fastest.
func (a *app) tune(ctx context.Context) error {
	if a.device == "cpu" {
		return usageError{errors.New("devices --tune: the CPU device has no kernels to choose from")}
	}
	folder, err := tune.UserFolder()
	if err != nil {
		return err
	}
	dev, err := gpu.Open(ctx, gpu.Options{})
	if err != nil {
		return err
	}
	defer dev.Close()
	c, err := tune.Measure(ctx, dev, func() bool { return true })
	if err != nil {
		return err
	}
	if err := c.Save(folder); err != nil {
		return err
	}
	return a.print(c, func(w io.Writer) { fmt.Fprintf(w, "%s: %s\n", c.Adapter, strings.Join(c.Fastest(), ", ")) })
}
