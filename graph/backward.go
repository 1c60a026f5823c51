package graph

import (
	"fmt"

	"unmask/shaders"
)

// Zeros is a constant of n zeros.
func (g *Graph) Zeros(n int) Tensor {
	name := fmt.Sprintf("zeros %d", n)
	return g.named(value{name: name, kind: zeros, typ: shaders.F32, n: n})
}

// Backward appends the gradients of every parameter that trainable names, by
// reverse accumulation from result, whose own gradient is seed. It is called once,
// after the forward ops; the gradients are added to those that Params.Grads holds.
// It returns the gradient of every tensor that an op handed one to: of a
// parameter that only biases and weights of ops read, none.
func (g *Graph) Backward(result, seed Tensor, trainable func(param string) bool) map[Tensor]Tensor {
	if g.Len(result) != g.Len(seed) {
		panic(fmt.Sprintf("BUG: graph: a result of %d words with a gradient of %d", g.Len(result), g.Len(seed)))
	}
	b := &backward{Graph: g, needs: g.needs(trainable), grads: map[Tensor]Tensor{result: seed}, again: map[Tensor]Tensor{}}
	g.forward = len(g.nodes)
	b.producer = map[Tensor]int{}
	for i, n := range g.nodes {
		for _, t := range n.outs {
			b.producer[t] = i
		}
	}
	for i := g.forward - 1; i >= 0; i-- {
		n := g.nodes[i]
		grad, ok := b.grads[n.outs[0]]
		if !ok || !b.needs[n.outs[0]] {
			continue
		}
		if n.op.Backward == nil {
			panic(fmt.Sprintf("BUG: graph: %s: %s has no gradient: %s", n.label, n.op.Name, n.op.NoGrad))
		}
		n.op.Backward(&tape{b, n, grad})
	}
	return b.grads
}

// needs marks what depends on a trainable parameter.
func (g *Graph) needs(trainable func(string) bool) map[Tensor]bool {
	needs := map[Tensor]bool{}
	for i, v := range g.values {
		needs[Tensor{i + 1}] = v.kind == param && trainable(v.name)
	}
	for _, n := range g.nodes {
		for _, in := range n.in {
			for _, out := range n.outs {
				needs[out] = needs[out] || needs[in]
			}
		}
	}
	return needs
}

// backward is the state of one reverse pass.
type backward struct {
	*Graph
	producer map[Tensor]int
	needs    map[Tensor]bool
	grads    map[Tensor]Tensor
	again    map[Tensor]Tensor // recomputed activations
}

// kept returns a forward activation for use in the backward pass: t itself, or
// its recomputation where its op is cheap, so that t need not outlive its last
// forward reader.
func (b *backward) kept(t Tensor) Tensor {
	i, ok := b.producer[t]
	if !ok || !b.nodes[i].op.Recompute || b.isOutput(t) {
		return t
	}
	if _, done := b.again[t]; !done {
		n := b.nodes[i]
		in := make([]Tensor, len(n.in))
		for k, x := range n.in {
			in[k] = b.kept(x)
		}
		b.again[t] = b.ApplyAll(n.label+" again", n.op, n.args, in...)[0]
	}
	return b.again[t]
}

func (b *backward) isOutput(t Tensor) bool {
	for _, o := range b.outputs {
		if o == t {
			return true
		}
	}
	return false
}

// tape is shaders.Tape over one forward node.
type tape struct {
	b    *backward
	n    node
	grad Tensor // zero where it is not known
}

func (t *tape) Args() shaders.Args { return t.n.args }

// operand finds a forward operand by its buffer's name.
func (t *tape) operand(buffer string) Tensor {
	k := 0
	for _, b := range t.n.op.Buffers {
		if b.Mode == shaders.Write {
			continue
		}
		if b.Name == buffer {
			return t.n.in[k]
		}
		k++
	}
	panic(fmt.Sprintf("BUG: graph: %s: %s has no operand %q", t.n.label, t.n.op.Name, buffer))
}

func (t *tape) In(buffer string) shaders.Ref { return refOf(t.b.kept(t.operand(buffer))) }

func (t *tape) Grad() shaders.Ref {
	if t.grad.id == 0 {
		panic(fmt.Sprintf("BUG: graph: %s: the gradient is not known here", t.n.label))
	}
	return refOf(t.grad)
}

func (t *tape) Wants(buffer string) bool { return t.b.needs[t.operand(buffer)] }

func (t *tape) Give(buffer string, r shaders.Ref) {
	x, d := t.operand(buffer), tensor(r)
	if !t.b.needs[x] {
		return
	}
	if before, ok := t.b.grads[x]; ok {
		d = t.b.Apply(t.n.label+" gradients", shaders.Add, shaders.Args{"n": t.b.Len(d)}, before, d)
	}
	t.b.grads[x] = d
}

func (t *tape) Param(buffer string) shaders.Ref {
	v := t.b.values[t.operand(buffer).id-1]
	if v.kind != param {
		panic(fmt.Sprintf("BUG: graph: %s: operand %q is no parameter", t.n.label, buffer))
	}
	if !t.Wants(buffer) {
		panic(fmt.Sprintf("BUG: graph: %s: %q is frozen and what is trained with it is not", t.n.label, v.name))
	}
	for i, w := range t.b.values {
		if w.kind == gradient && w.name == v.name {
			return refOf(Tensor{i + 1})
		}
	}
	return refOf(t.b.add(value{name: v.name, kind: gradient, typ: shaders.F32, n: v.n}))
}

func (t *tape) Producer(buffer string) (*shaders.Op, shaders.Tape) {
	i, ok := t.b.producer[t.operand(buffer)]
	if !ok {
		return nil, nil
	}
	n := t.b.nodes[i]
	return n.op, &tape{b: t.b, n: n}
}

func (t *tape) Apply(op *shaders.Op, a shaders.Args, in ...shaders.Ref) []shaders.Ref {
	operands := make([]Tensor, len(in))
	for i, r := range in {
		operands[i] = tensor(r)
	}
	var out []shaders.Ref
	for _, o := range t.b.ApplyAll(t.n.label+" backward", op, a, operands...) {
		out = append(out, refOf(o))
	}
	return out
}

func (t *tape) Zeros(n int) shaders.Ref { return refOf(t.b.Zeros(n)) }

func refOf(t Tensor) shaders.Ref  { return shaders.Ref(t.id) }
func tensor(r shaders.Ref) Tensor { return Tensor{int(r)} }
