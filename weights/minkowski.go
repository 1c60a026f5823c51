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
