// Package testdevice gives tests the devices that everything must agree on.
package testdevice

import (
	"context"
	"os"
	"testing"

	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/ref"
)

// GPU opens the adapter at hand. Without one the test is skipped, on a laptop,
// or fails, under `make test`, which sets UNMASK_REQUIRE_GPU.
func GPU(t testing.TB) *gpu.Device {
	t.Helper()
	d, err := gpu.Open(context.Background(), gpu.Options{})
	if err != nil {
		if os.Getenv("UNMASK_REQUIRE_GPU") != "" {
			t.Fatal(err)
		}
		t.Skip("no GPU adapter: ", err)
	}
	t.Cleanup(d.Close)
	return d
}

// CPU opens the CPU device.
func CPU(t testing.TB) *ref.Device {
	d := ref.Open(ref.Options{})
	t.Cleanup(d.Close)
	return d
}

// Each runs a test on the GPU and on the CPU device.
func Each(t *testing.T, f func(t *testing.T, d device.Device)) {
	t.Run("gpu", func(t *testing.T) { f(t, GPU(t)) })
	t.Run("cpu", func(t *testing.T) { f(t, CPU(t)) })
}
