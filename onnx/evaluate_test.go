package onnx

import (
	"fmt"
	"math"
	"slices"
)

// array is a tensor of the evaluator, row-major.
type array struct {
	shape []int
	data  []float64
}

func newArray(shape ...int) array {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return array{shape, make([]float64, n)}
}

// strides of a's axes when it is broadcast to a shape of rank axes.
func (a array) strides(rank int) []int {
	s := make([]int, rank)
	step := 1
	for i := len(a.shape) - 1; i >= 0; i-- {
		if a.shape[i] > 1 {
			s[rank-len(a.shape)+i] = step
		}
		step *= a.shape[i]
	}
	return s
}

// walk calls f with the flat index of each position of shape and the offsets
// that the strides give it.
func walk(shape []int, f func(at int, offsets []int), strides ...[]int) {
	index, offsets := make([]int, len(shape)), make([]int, len(strides))
	total := newArray(shape...)
	for at := range total.data {
		f(at, offsets)
		for d := len(shape) - 1; d >= 0; d-- {
			index[d]++
			for i, s := range strides {
				offsets[i] += s[d]
			}
			if index[d] < shape[d] {
				break
			}
			for i, s := range strides {
				offsets[i] -= s[d] * index[d]
			}
			index[d] = 0
		}
	}
}

func binary2(a, b array, f func(x, y float64) float64) array {
	rank := max(len(a.shape), len(b.shape))
	shape := make([]int, rank)
	for i := range shape {
		shape[i] = 1
		for _, s := range [][]int{a.shape, b.shape} {
			if j := i - rank + len(s); j >= 0 && s[j] != 1 {
				if shape[i] != 1 && shape[i] != s[j] {
					panic(fmt.Sprintf("shapes %v and %v do not broadcast", a.shape, b.shape))
				}
				shape[i] = s[j]
			}
		}
	}
	out := newArray(shape...)
	walk(shape, func(at int, o []int) { out.data[at] = f(a.data[o[0]], b.data[o[1]]) }, a.strides(rank), b.strides(rank))
	return out
}

// reduce sums f(x) over axes; keep leaves them with length 1. It returns the
// number of values in each sum too.
func reduce(x array, axes []int64, keep bool, f func(float64) float64) (array, int) {
	kept := slices.Clone(x.shape)
	n := 1
	for _, a := range axes {
		a = (a + int64(len(kept))) % int64(len(kept))
		n *= x.shape[a]
		kept[a] = 1
	}
	out := newArray(kept...)
	walk(x.shape, func(at int, o []int) { out.data[o[0]] += f(x.data[at]) }, out.strides(len(kept)))
	if !keep {
		var short []int
		for i, d := range kept {
			reduced := slices.ContainsFunc(axes, func(a int64) bool { return int(a+int64(len(kept)))%len(kept) == i })
			if !reduced {
				short = append(short, d)
			}
		}
		out.shape = short
	}
	return out, n
}

func transpose(x array, perm []int64) array {
	shape, strides, from := make([]int, len(perm)), make([]int, len(perm)), make([]int, len(perm))
	step := 1
	for i := len(perm) - 1; i >= 0; i-- {
		from[i] = step
		step *= x.shape[i]
	}
	for i, p := range perm {
		shape[i], strides[i] = x.shape[p], from[p]
	}
	out := newArray(shape...)
	walk(shape, func(at int, o []int) { out.data[at] = x.data[o[0]] }, strides)
	return out
}

// conv is the textbook convolution, (N, C, H, W) with w (out, in/groups, k, k).
func conv(x, w, bias array, strides, pads []int64, groups int) array {
	n, ci, h, wd := x.shape[0], x.shape[1], x.shape[2], x.shape[3]
	co, cg, kh, kw := w.shape[0], w.shape[1], w.shape[2], w.shape[3]
	if cg*groups != ci || co%groups != 0 {
		panic(fmt.Sprintf("convolution of %v with %v in %d groups", x.shape, w.shape, groups))
	}
	oh := (h+int(pads[0]+pads[2])-kh)/int(strides[0]) + 1
	ow := (wd+int(pads[1]+pads[3])-kw)/int(strides[1]) + 1
	out := newArray(n, co, oh, ow)
	at := 0
	for b := range n {
		for o := range co {
			first := o / (co / groups) * cg
			for y := range oh {
				for z := range ow {
					sum := bias.data[o]
					for i := range cg {
						for dy := range kh {
							sy := y*int(strides[0]) - int(pads[0]) + dy
							if sy < 0 || sy >= h {
								continue
							}
							for dx := range kw {
								sx := z*int(strides[1]) - int(pads[1]) + dx
								if sx < 0 || sx >= wd {
									continue
								}
								sum += x.data[((b*ci+first+i)*h+sy)*wd+sx] * w.data[((o*cg+i)*kh+dy)*kw+dx]
							}
						}
					}
					out.data[at] = sum
					at++
				}
			}
		}
	}
	return out
}

// matmul is x (..., K) times w (K, M).
func matmul(x, w array) array {
	k, m := w.shape[0], w.shape[1]
	if x.shape[len(x.shape)-1] != k {
		panic(fmt.Sprintf("product of %v and %v", x.shape, w.shape))
	}
	out := newArray(append(slices.Clone(x.shape[:len(x.shape)-1]), m)...)
	for row := range len(x.data) / k {
		y := out.data[row*m:][:m]
		for i, v := range x.data[row*k:][:k] {
			for j, u := range w.data[i*m:][:m] {
				y[j] += v * u
			}
		}
	}
	return out
}

func layerNorm(x, scale, bias array, epsilon float64) array {
	c := x.shape[len(x.shape)-1]
	out := newArray(x.shape...)
	for at := 0; at < len(x.data); at += c {
		mean, square := 0.0, 0.0
		for _, v := range x.data[at : at+c] {
			mean += v / float64(c)
		}
		for _, v := range x.data[at : at+c] {
			square += (v - mean) * (v - mean) / float64(c)
		}
		for i, v := range x.data[at : at+c] {
			out.data[at+i] = (v-mean)/math.Sqrt(square+epsilon)*scale.data[i] + bias.data[i]
		}
	}
	return out
}

// evaluate computes a file's output by the definitions of ONNX's operators at
// opset 17, in float64: an independent reading of what the file says. What the
// network must compute is known from PyTorch's goldens.
func evaluate(p parsedFile, output string, image array) array {
	all := map[string]array{inputName: image}
	for name, a := range p.constants {
		all[name] = a
	}
	for _, n := range p.nodes {
		in := make([]array, len(n.inputs))
		for i, name := range n.inputs {
			a, ok := all[name]
			if !ok {
				panic(n.name + " reads " + name + ", which nothing has computed yet")
			}
			in[i] = a
		}
		keep := len(n.ints["keepdims"]) == 0 || n.ints["keepdims"][0] == 1
		var y array
		count := 0
		switch n.op {
		case "Conv":
			y = conv(in[0], in[1], in[2], n.ints["strides"], n.ints["pads"], int(n.ints["group"][0]))
		case "Transpose":
			y = transpose(in[0], n.ints["perm"])
		case "LayerNormalization":
			y = layerNorm(in[0], in[1], in[2], float64(n.float["epsilon"]))
		case "MatMul":
			y = matmul(in[0], in[1])
		case "Gemm":
			if n.ints["transB"][0] != 1 {
				panic("Gemm without transB")
			}
			y = binary2(matmul(in[0], transpose(in[1], []int64{1, 0})), in[2], func(a, b float64) float64 { return a + b })
		case "Add":
			y = binary2(in[0], in[1], func(a, b float64) float64 { return a + b })
		case "Mul":
			y = binary2(in[0], in[1], func(a, b float64) float64 { return a * b })
		case "Div":
			y = binary2(in[0], in[1], func(a, b float64) float64 { return a / b })
		case "Erf":
			y = binary2(in[0], array{nil, []float64{0}}, func(a, _ float64) float64 { return math.Erf(a) })
		case "Identity":
			y = in[0]
		case "ReduceL2":
			y, _ = reduce(in[0], n.ints["axes"], keep, func(v float64) float64 { return v * v })
			for i, v := range y.data {
				y.data[i] = math.Sqrt(v)
			}
		case "ReduceMean":
			y, count = reduce(in[0], n.ints["axes"], keep, func(v float64) float64 { return v })
			for i := range y.data {
				y.data[i] /= float64(count)
			}
		case "ReduceSum":
			axes := make([]int64, len(in[1].data))
			for i, v := range in[1].data {
				axes[i] = int64(v)
			}
			y, _ = reduce(in[0], axes, keep, func(v float64) float64 { return v })
		default:
			panic("no operator " + n.op)
		}
		all[n.output] = y
	}
	return all[output]
}
