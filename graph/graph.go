// Package graph is a static graph over the ops of package shaders: shapes are
// known before anything runs, memory is planned from the lifetimes of the
// activations, and the whole is compiled into one recorded list of dispatches.
// It knows no model and no device beyond the contract of internal/device.
package graph

import (
	"fmt"

	"unmask/shaders"
)

// Tensor is a value of a Graph: an input, a parameter or the result of an op.
type Tensor struct {
	id int // index in Graph.values, from 1; 0 is no tensor
}

type kind uint8

const (
	input kind = iota
	param
	activation
	gradient // of the parameter of the same name
	zeros    // a constant
)

type value struct {
	name string
	kind kind
	typ  shaders.Type
	n    int
}

type node struct {
	label string
	op    *shaders.Op
	args  shaders.Args
	in    []Tensor // in the order of the op's Read, Accum and Update buffers
	outs  []Tensor // in the order of its Write buffers
}

// Graph is built once for fixed sizes, then compiled. Building it wrongly is
// our mistake, not a user's: it panics with the op and the lengths.
type Graph struct {
	values  []value
	nodes   []node
	forward int               // how many nodes were there before those of Backward
	names   map[string]Tensor // inputs and parameters by name
	outputs map[string]Tensor
}

// New returns an empty graph.
func New() *Graph {
	return &Graph{names: map[string]Tensor{}, outputs: map[string]Tensor{}}
}

// Input declares n words that are written before a run; the same name twice is
// the same tensor.
func (g *Graph) Input(name string, typ shaders.Type, n int) Tensor {
	return g.named(value{name: name, kind: input, typ: typ, n: n})
}

// Param declares a parameter of n values, named as in the checkpoint.
func (g *Graph) Param(name string, n int) Tensor {
	return g.named(value{name: name, kind: param, typ: shaders.F32, n: n})
}

func (g *Graph) named(v value) Tensor {
	if t, ok := g.names[v.name]; ok {
		if old := g.values[t.id-1]; old != v {
			panic(fmt.Sprintf("BUG: graph: %q declared as %+v and as %+v", v.name, old, v))
		}
		return t
	}
	t := g.add(v)
	g.names[v.name] = t
	return t
}

func (g *Graph) add(v value) Tensor {
	g.values = append(g.values, v)
	return Tensor{len(g.values)}
}

// Len is the number of words of t.
func (g *Graph) Len(t Tensor) int { return g.values[t.id-1].n }

// Apply appends an op with one result. in are the op's Read and Accum buffers in
// order. label says where in the network, for errors and profiles.
func (g *Graph) Apply(label string, op *shaders.Op, a shaders.Args, in ...Tensor) Tensor {
	outs := g.ApplyAll(label, op, a, in...)
	if len(outs) != 1 {
		panic(fmt.Sprintf("BUG: graph: %s: %s has %d results", label, op.Name, len(outs)))
	}
	return outs[0]
}

// ApplyAll appends an op and returns its Write buffers in order; see Apply.
func (g *Graph) ApplyAll(label string, op *shaders.Op, a shaders.Args, in ...Tensor) []Tensor {
	if err := op.Validate(a); err != nil {
		panic(fmt.Sprintf("BUG: graph: %s: %v", label, err))
	}
	var outs []Tensor
	next := 0
	for _, b := range op.Buffers {
		n := b.Len(a)
		if b.Mode == shaders.Write {
			outs = append(outs, g.add(value{name: label, kind: activation, typ: b.Type, n: n}))
			continue
		}
		if next >= len(in) {
			panic(fmt.Sprintf("BUG: graph: %s: %s has no tensor for buffer %q", label, op.Name, b.Name))
		}
		v := g.values[in[next].id-1]
		if v.n != n || v.typ != b.Type {
			panic(fmt.Sprintf("BUG: graph: %s: %s.%s wants %d words, %q has %d (%v)", label, op.Name, b.Name, n, v.name, v.n, a))
		}
		if b.Mode != shaders.Read && v.kind != gradient {
			panic(fmt.Sprintf("BUG: graph: %s: %s.%s is written in place: want a gradient, got %q", label, op.Name, b.Name, v.name))
		}
		next++
	}
	if next != len(in) {
		panic(fmt.Sprintf("BUG: graph: %s: %s was given %d tensors and uses %d", label, op.Name, len(in), next))
	}
	g.nodes = append(g.nodes, node{label, op, a, in, outs})
	return outs
}

// Output keeps t readable under a name after a run.
func (g *Graph) Output(name string, t Tensor) { g.outputs[name] = t }

// FLOPs is the work of one run: 2 x multiply-adds of convolutions and linear layers.
func (g *Graph) FLOPs() int64 {
	var sum int64
	for _, n := range g.nodes {
		if n.op.FLOPs != nil {
			sum += n.op.FLOPs(n.args)
		}
	}
	return sum
}

// Steps visits the ops in order: for reports of what a network runs.
func (g *Graph) Steps(visit func(label string, op *shaders.Op, a shaders.Args)) {
	for _, n := range g.nodes {
		visit(n.label, n.op, n.args)
	}
}
