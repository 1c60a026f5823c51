package ref

import (
	"fmt"

	"unmask/shaders"
)

// Data is one buffer of an op: F for float32 values, U for a table.
type Data struct {
	F []float32
	U []uint32
}

// call is an op's arguments with its buffers by name.
type call struct {
	args shaders.Args
	bufs map[string]Data
}

func (c call) f(name string) []float32 { return c.bufs[name].F }
func (c call) u(name string) []uint32  { return c.bufs[name].U }
func (c call) n(name string) int       { return c.args[name] }

// reference computes each op; the key is the op's name.
var reference = map[string]func(call){
	"linear":      refLinear,
	"linear_grn":  refLinearGRN,
	"layernorm":   refLayerNorm,
	"grn_sumsq":   refGRNSumSq,
	"grn_scale":   refGRNScale,
	"scale_add":   refScaleAdd,
	"patchify":    refPatchify,
	"depthwise":   refDepthwise,
	"fill_tokens": refFillTokens,
	"pool":        refPool,
	"patch_loss":  refPatchLoss,
	"fma_peak":    refFMAPeak,

	"transpose":          refTranspose,
	"linear_dw":          refLinearDW,
	"linear_dw_add":      refLinearDWAdd,
	"accumulate":         refAccumulate,
	"accumulate_one":     refAccumulateOne,
	"gelu":               refGELUOp,
	"gelu_sumsq":         refGELUSumSq,
	"gelu_dx":            refGELUDX,
	"add":                refAdd,
	"layernorm_dx":       refLayerNormDX,
	"layernorm_dw":       refLayerNormDW,
	"grn_dot":            refGRNDot,
	"grn_dstat":          refGRNDStat,
	"grn_dx":             refGRNDX,
	"scale_dx":           refScaleDX,
	"column_dot":         refColumnDot,
	"drop_path":          refDropPath,
	"drop_path_dx":       refDropPathDX,
	"flip_taps":          refFlipTaps,
	"depthwise_dw":       refDepthwiseDW,
	"fill_tokens_dx":     refFillTokensDX,
	"fill_tokens_dtoken": refFillTokensDToken,
	"pool_dx":            refPoolDX,
	"patch_loss_dx":      refPatchLossDX,
	"cross_entropy":      refCrossEntropy,
	"cross_entropy_dx":   refCrossEntropyDX,
	"sum_squares":        refSumSquares,
	"clip":               refClip,
	"adamw":              refAdamW,
	"ema":                refEMA,
}

// Has reports whether the reference knows the op.
func Has(op *shaders.Op) bool { return reference[op.Name] != nil }

// Run computes one op. bufs are in the order of the op's Buffers and hold at
// least the lengths that it declares.
func Run(op *shaders.Op, a shaders.Args, bufs []Data) error {
	c, err := check(op, a, bufs)
	if err != nil {
		return err
	}
	f := reference[op.Name]
	if f == nil {
		return fmt.Errorf("ref: no reference for op %s", op.Name)
	}
	f(c)
	return nil
}

func check(op *shaders.Op, a shaders.Args, bufs []Data) (call, error) {
	if err := op.Validate(a); err != nil {
		return call{}, fmt.Errorf("ref: %w", err)
	}
	if len(bufs) != len(op.Buffers) {
		panic(fmt.Sprintf("BUG: ref: %s has %d buffers, given %d", op.Name, len(op.Buffers), len(bufs)))
	}
	c := call{a, map[string]Data{}}
	for i, b := range op.Buffers {
		d, want := bufs[i], b.Len(a)
		got := len(d.F)
		if b.Type == shaders.U32 {
			got = len(d.U)
		}
		if got < want {
			return call{}, fmt.Errorf("ref: %s: buffer %q: want %d values, got %d", op.Name, b.Name, want, got)
		}
		c.bufs[b.Name] = d
	}
	return c, nil
}
