package onnx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a protobuf message under construction: fields appended in order.
type message []byte

func (m *message) int(field protowire.Number, v int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendFixed32(protowire.AppendTag(*m, field, protowire.Fixed32Type), math.Float32bits(v))
}

func (m *message) string(field protowire.Number, s string) {
	*m = protowire.AppendString(protowire.AppendTag(*m, field, protowire.BytesType), s)
}

func (m *message) message(field protowire.Number, sub message) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), sub)
}

// open appends the head of a field of n bytes that the caller writes itself.
func (m *message) open(field protowire.Number, n int) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.BytesType), uint64(n))
}

// Field numbers and enumerations of onnx.proto (github.com/onnx/onnx), those
// that are used here.
const (
	modelIRVersion, modelProducer, modelProducerVersion = 1, 2, 3
	modelDoc, modelGraph, modelOpset, modelMetadata     = 6, 7, 8, 14

	opsetVersion         = 2 // its domain stays empty: ONNX's own operators
	entryKey, entryValue = 1, 2

	graphNode, graphName, graphInitializer = 1, 2, 5
	graphDoc, graphInput, graphOutput      = 10, 11, 12

	nodeInput, nodeOutput, nodeName, nodeOp, nodeAttribute = 1, 2, 3, 4, 5

	attributeName, attributeFloat, attributeInt, attributeInts = 1, 2, 3, 8
	attributeType                                              = 20
	typeFloat, typeInt, typeInts                               = 1, 2, 7 // of an attribute

	tensorDims, tensorType, tensorName, tensorRaw = 1, 2, 8, 9
	elementFloat, elementInt64                    = 1, 7 // of a tensor

	valueName, valueType, valueDoc = 1, 2, 3
	typeTensor                     = 1 // of a value
	tensorElement, tensorShape     = 1, 2
	shapeDim                       = 1
	dimValue, dimName              = 1, 2
)

const (
	opset     = 17 // the first with LayerNormalization
	irVersion = 8  // the format's version of that time
)

func attribute(kind int64, name string) message {
	var m message
	m.string(attributeName, name)
	m.int(attributeType, kind)
	return m
}

func floatAttribute(name string, v float32) message {
	m := attribute(typeFloat, name)
	m.float(attributeFloat, v)
	return m
}

func intAttribute(name string, v int64) message {
	m := attribute(typeInt, name)
	m.int(attributeInt, v)
	return m
}

func intsAttribute(name string, vs ...int64) message {
	m := attribute(typeInts, name)
	for _, v := range vs {
		m.int(attributeInts, v)
	}
	return m
}

// dim is one side of a shape: a number, or a name where it may vary.
type dim struct {
	n    int64
	name string
}

// value describes an input or output of the graph, float32.
func value(name, doc string, shape ...dim) message {
	var s message
	for _, d := range shape {
		var m message
		if d.name != "" {
			m.string(dimName, d.name)
		} else {
			m.int(dimValue, d.n)
		}
		s.message(shapeDim, m)
	}
	var tensor, typ, v message
	tensor.int(tensorElement, elementFloat)
	tensor.message(tensorShape, s)
	typ.message(typeTensor, tensor)
	v.string(valueName, name)
	v.message(valueType, typ)
	v.string(valueDoc, doc)
	return v
}
