package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/tune"
	"unmask/shaders"
)

// choicesFolder is where the choice of kernels is remembered.
func choicesFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for what is measured: %w", err)
	}
	return filepath.Join(cache, "unmask"), nil
}

// choiceOf is what was measured on an adapter, nil where nothing of use was.
func (a *app) choiceOf(adapter string) *tune.Choice {
	if c, read := a.measured[adapter]; read {
		return c
	}
	var c *tune.Choice
	if folder, err := choicesFolder(); err == nil {
		if c, err = tune.Load(folder, adapter); err != nil {
			a.note(err.Error() + "; it is ignored: unmask devices --tune measures again")
		}
	}
	a.measured[adapter] = c
	return c
}

// choose is session.Options.Choose.
func (a *app) choose(i device.Info) func(*shaders.Op, shaders.Args) *shaders.Kernel {
	if c := a.choiceOf(i.Name); c != nil {
		return c.Kernel
	}
	return nil
}

// tune measures the kernels of the adapter at hand and remembers the fastest.
func (a *app) tune(ctx context.Context) error {
	if a.device == "cpu" {
		return usageError{errors.New("devices --tune: the CPU device has no kernels to choose from")}
	}
	folder, err := choicesFolder()
	if err != nil {
		return err
	}
	dev, err := gpu.Open(ctx, gpu.Options{})
	if err != nil {
		return err
	}
	defer dev.Close()
	c, err := tune.Measure(ctx, dev)
	if err != nil {
		return err
	}
	if err := c.Save(folder); err != nil {
		return err
	}
	return a.print(c, func(w io.Writer) { fmt.Fprintf(w, "%s: %s\n", c.Adapter, inOrder(c)) })
}

// inOrder names the fastest kernel of each op.
func inOrder(c *tune.Choice) string {
	var parts []string
	for _, op := range slices.Sorted(maps.Keys(c.Order)) {
		if names := c.Order[op]; len(names) > 0 {
			parts = append(parts, names[0])
		}
	}
	return strings.Join(parts, ", ")
}
