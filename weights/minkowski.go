package weights

import (
	"fmt"
	"strings"
)

// fromMinkowski brings a tensor of an official pre-training run to its official
// name and layout. The encoder of such a run is built of MinkowskiEngine's
// layers (facebookresearch/ConvNeXt-V2 models/convnextv2_sparse.py); what the
// dense model loads is stated by remap_checkpoint_keys of the same repository:
//
//	weight[o, i, y, x] = kernel[x*k + y, i, o]    convolution, kernel (k*k, in, out)
//	weight[c, 0, y, x] = kernel[x*k + y, c]       depthwise, kernel (k*k, C)
//
// The spatial axes swap because MinkowskiEngine counts the first axis of a
// kernel fastest.
func fromMinkowski(t *Tensor) error {
	t.Name = strings.TrimPrefix(t.Name, "encoder.")
	for _, part := range []string{".ln.", ".linear."} {
		t.Name = strings.Replace(t.Name, part, ".", 1)
	}
	base, ok := strings.CutSuffix(t.Name, ".kernel")
	if !ok {
		return nil
	}
	in, out := 1, 0
	switch len(t.Shape) {
	case 2:
		out = t.Shape[1]
	case 3:
		in, out = t.Shape[1], t.Shape[2]
	default:
		return fmt.Errorf("want a kernel (k*k, C) or (k*k, in, out), file has %v", t.Shape)
	}
	k := 1
	for k*k < t.Shape[0] {
		k++
	}
	if k*k != t.Shape[0] {
		return fmt.Errorf("want a square kernel, file has %v", t.Shape)
	}
	data := make([]float32, len(t.Data))
	for o := range out {
		for i := range in {
			for y := range k {
				for x := range k {
					data[((o*in+i)*k+y)*k+x] = t.Data[((x*k+y)*in+i)*out+o]
				}
			}
		}
	}
	t.Name, t.Shape, t.Data = base+".weight", []int{out, in, k, k}, data
	return nil
}

// toMinkowski is the inverse. It returns an error for what such a run has not.
func toMinkowski(t *Tensor) error {
	if _, ok := match("stages.#.#.gamma", t.Name); ok {
		return fmt.Errorf("the official pre-training code has no LayerScale, which is ConvNeXt V1's: want a V2 model")
	}
	if !strings.HasPrefix(t.Name, "downsample_layers.") && !strings.HasPrefix(t.Name, "stages.") {
		return nil // decoder, norm and head
	}
	owner, leaf := t.Name[:strings.LastIndex(t.Name, ".")], t.Name[strings.LastIndex(t.Name, "."):]
	t.Name = "encoder." + t.Name
	switch n := len(t.Data); {
	case strings.HasPrefix(owner, "downsample_layers.0."): // a dense layer there too
	case strings.HasSuffix(owner, ".grn"):
		t.Shape = []int{1, n}
	case strings.HasSuffix(owner, ".pwconv1"), strings.HasSuffix(owner, ".pwconv2"):
		t.Name = "encoder." + owner + ".linear" + leaf
	case strings.HasSuffix(owner, ".norm"), strings.HasPrefix(owner, "downsample_layers.") && strings.HasSuffix(owner, ".0"):
		t.Name = "encoder." + owner + ".ln" + leaf
	case leaf == ".bias":
		t.Shape = []int{1, n}
	default:
		return toKernel(t, owner)
	}
	return nil
}

// toKernel turns a convolution's weight into a kernel.
func toKernel(t *Tensor, owner string) error {
	if len(t.Shape) != 4 || t.Shape[2] != t.Shape[3] {
		return fmt.Errorf("want (out, in, k, k), file has %v", t.Shape)
	}
	out, in, k := t.Shape[0], t.Shape[1], t.Shape[2]
	data := make([]float32, len(t.Data))
	for o := range out {
		for i := range in {
			for y := range k {
				for x := range k {
					data[((x*k+y)*in+i)*out+o] = t.Data[((o*in+i)*k+y)*k+x]
				}
			}
		}
	}
	t.Name, t.Shape, t.Data = "encoder."+owner+".kernel", []int{k * k, in, out}, data
	if strings.HasSuffix(owner, ".dwconv") {
		t.Shape = []int{k * k, out}
	}
	return nil
}
