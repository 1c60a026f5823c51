package session

import (
	"context"
	"errors"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/testdevice"
	"unmask/shaders"
)

// TestEveryKernelAgreesWithTheReference is the shared test of all ops: every
// kernel of every op, on the GPU and on the CPU device.
func TestEveryKernelAgreesWithTheReference(t *testing.T) {
	testdevice.Each(t, func(t *testing.T, d device.Device) {
		tested := 0
		for _, op := range shaders.All() {
			for i := range op.Kernels {
				if !op.Kernels[i].RunsOn(d.Info().Features) {
					continue // browsertest has those that need one
				}
				r := testKernel(context.Background(), d, op, &op.Kernels[i])
				if !r.OK {
					t.Errorf("%s by %s: %s", r.Op, r.Kernel, r.Detail)
				}
				if r.Cases == 0 {
					t.Errorf("%s: no case fits kernel %s", op.Name, op.Kernels[i].Name)
				}
				tested += r.Cases
			}
		}
		t.Logf("%d runs", tested)
	})
}

// TestAWrongKernelFails is the control: the self-test sees one wrong operator.
func TestAWrongKernelFails(t *testing.T) {
	d := testdevice.GPU(t)
	wrong := shaders.ScaleAdd.Kernels[0]
	wrong.Name = "scale_add_wrong"
	text := strings.Replace(wrong.Source(), "residual[i]);", "residual[i] * 1.001);", 1)
	wrong.Source = func() string { return text }
	if text == shaders.ScaleAdd.Kernels[0].Source() {
		t.Fatal("the control changed nothing")
	}
	if r := testKernel(context.Background(), d, shaders.ScaleAdd, &wrong); r.OK {
		t.Error("a kernel that computes wrongly passed")
	}
}

func TestAKernelThatDoesNotCompileNamesItsLine(t *testing.T) {
	d := testdevice.GPU(t)
	bad := shaders.ScaleAdd.Kernels[0]
	bad.Name = "scale_add_bad"
	broken := strings.Replace(bad.Source(), "fma(gamma", "fma(gama", 1)
	bad.Source = func() string { return broken }
	r := testKernel(context.Background(), d, shaders.ScaleAdd, &bad)
	for _, want := range []string{"scale_add", "scale_add_bad does not compile", "> ", "y[i] = fma(gama["} {
		if !strings.Contains(r.Detail, want) {
			t.Errorf("%q is missing from:\n%s", want, r.Detail)
		}
	}
}

func TestALostDeviceIsOpenedAgain(t *testing.T) {
	testdevice.GPU(t)
	s := New(Options{})
	defer s.Close()
	if _, _, err := s.Open(context.Background(), "gpu"); err != nil {
		t.Fatal(err)
	}
	runs := 0
	note, err := s.recover(context.Background(), func() error {
		runs++
		if runs == 1 {
			return device.ErrLost
		}
		return nil
	})
	if err != nil || runs != 2 || !strings.Contains(note, "opened again") {
		t.Errorf("runs %d, note %q, error %v", runs, note, err)
	}
	other := errors.New("other")
	if _, err := s.recover(context.Background(), func() error { return other }); err != other {
		t.Errorf("an error that is no loss became %v", err)
	}
}

func TestContentOfAPositiveBufferIsNotNegative(t *testing.T) {
	for _, v := range content(shaders.GRNScale, shaders.GRNScale.Buffers[0], shaders.Case{}, 64).F {
		if v < 0 {
			t.Fatal("a negative sum of squares")
		}
	}
}
