package onnx

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// graph collects the nodes of a network and the tensors that they name.
type graph struct {
	nodes    message // fields of GraphProto
	tensors  []tensor
	outputs  map[string]bool // names of nodes, which are those of their outputs
	constant map[string]bool // names of tensors
}

// tensor is a constant of the graph. Its values are asked for when they are
// written, so that a large network is not in memory twice.
type tensor struct {
	head   message // TensorProto up to the values
	bytes  int     // of the values
	floats func() []float32
	ints   []int64 // instead of floats
}

// node appends an operation and returns its output, which has the node's name.
func (g *graph) node(name, op string, inputs []string, attributes ...message) string {
	if g.outputs[name] {
		panic("BUG: onnx: two nodes are called " + name)
	}
	g.outputs[name] = true
	var m message
	for _, in := range inputs {
		if !g.outputs[in] && !g.constant[in] && in != inputName {
			panic(fmt.Sprintf("BUG: onnx: %s reads %s, which is not there yet", name, in))
		}
		m.string(nodeInput, in)
	}
	m.string(nodeOutput, name)
	m.string(nodeName, name)
	m.string(nodeOp, op)
	for _, a := range attributes {
		m.message(nodeAttribute, a)
	}
	g.nodes.message(graphNode, m)
	return name
}

func tensorHead(name string, element int64, shape []int) message {
	var m message
	for _, d := range shape {
		m.int(tensorDims, int64(d))
	}
	m.int(tensorType, element)
	m.string(tensorName, name)
	return m
}

// floats adds a constant; a name that is there already keeps its values.
func (g *graph) floats(name string, shape []int, values func() []float32) string {
	if !g.constant[name] {
		g.constant[name] = true
		n := 1
		for _, d := range shape {
			n *= d
		}
		g.tensors = append(g.tensors, tensor{head: tensorHead(name, elementFloat, shape), bytes: 4 * n, floats: values})
	}
	return name
}

func (g *graph) scalar(name string, v float32) string {
	return g.floats(name, nil, func() []float32 { return []float32{v} })
}

// indices is floats for a vector of integers.
func (g *graph) indices(name string, vs ...int64) string {
	if !g.constant[name] {
		g.constant[name] = true
		g.tensors = append(g.tensors, tensor{head: tensorHead(name, elementInt64, []int{len(vs)}), bytes: 8 * len(vs), ints: vs})
	}
	return name
}

// write writes a ModelProto: head, then the graph of nodes, rest and tensors.
func (g *graph) write(w io.Writer, head, rest message) error {
	heads := make([]message, len(g.tensors))
	size := len(g.nodes) + len(rest)
	for i, t := range g.tensors {
		inner := slices.Clone(t.head)
		inner.open(tensorRaw, t.bytes)
		heads[i].open(graphInitializer, len(inner)+t.bytes)
		heads[i] = append(heads[i], inner...)
		size += len(heads[i]) + t.bytes
	}
	if size+len(head) > math.MaxInt32-16 { // 16: the graph's own head
		return fmt.Errorf("onnx: the network takes %d MB, and an ONNX file of one part holds less than 2048", size>>20)
	}
	head.open(modelGraph, size)
	out := bufio.NewWriter(w)
	out.Write(head)
	out.Write(g.nodes)
	out.Write(rest)
	var word [8]byte
	for i, t := range g.tensors {
		out.Write(heads[i])
		if t.floats != nil {
			for _, v := range t.floats() {
				binary.LittleEndian.PutUint32(word[:], math.Float32bits(v))
				out.Write(word[:4])
			}
		}
		for _, v := range t.ints {
			binary.LittleEndian.PutUint64(word[:], uint64(v))
			out.Write(word[:])
		}
	}
	if err := out.Flush(); err != nil { // bufio keeps the first error
		return fmt.Errorf("onnx: %w", err)
	}
	return nil
}
