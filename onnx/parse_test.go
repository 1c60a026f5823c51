package onnx

import (
	"encoding/binary"
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// fields is a message taken apart without a schema: numbers to their values.
type fields struct {
	ints  map[protowire.Number][]int64
	bytes map[protowire.Number][]string
	f32   map[protowire.Number][]float32
}

func parse(t *testing.T, b []byte) fields {
	t.Helper()
	f := fields{map[protowire.Number][]int64{}, map[protowire.Number][]string{}, map[protowire.Number][]float32{}}
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
		switch typ {
		case protowire.VarintType:
			var v uint64
			v, n = protowire.ConsumeVarint(b)
			f.ints[num] = append(f.ints[num], int64(v))
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.f32[num] = append(f.f32[num], math.Float32frombits(v))
		case protowire.BytesType:
			var v []byte
			v, n = protowire.ConsumeBytes(b)
			f.bytes[num] = append(f.bytes[num], string(v))
		default:
			t.Fatalf("field %d has wire type %d", num, typ)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
	}
	return f
}

func (f fields) int(num protowire.Number) int64 {
	if v := f.ints[num]; len(v) > 0 {
		return v[0]
	}
	return 0
}

func (f fields) text(num protowire.Number) string {
	if v := f.bytes[num]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// parsedNode is one operation of a file.
type parsedNode struct {
	name, op       string
	inputs         []string
	ints           map[string][]int64
	float          map[string]float32
	output         string
	extraneousOuts int
}

// parsedFile is what the tests look at.
type parsedFile struct {
	ir, opset int64
	meta      map[string]string
	nodes     []parsedNode
	constants map[string]array
	inputs    map[string][]any // a side is an int64 or, where it may vary, a string
	outputs   map[string][]any
}

func parseFile(t *testing.T, b []byte) parsedFile {
	t.Helper()
	m := parse(t, b)
	p := parsedFile{
		ir: m.int(modelIRVersion), opset: parse(t, []byte(m.text(modelOpset))).int(opsetVersion),
		meta: map[string]string{}, constants: map[string]array{},
	}
	for _, e := range m.bytes[modelMetadata] {
		entry := parse(t, []byte(e))
		p.meta[entry.text(entryKey)] = entry.text(entryValue)
	}
	g := parse(t, []byte(m.text(modelGraph)))
	p.inputs, p.outputs = values(t, g.bytes[graphInput]), values(t, g.bytes[graphOutput])
	for _, b := range g.bytes[graphNode] {
		f := parse(t, []byte(b))
		n := parsedNode{
			name: f.text(nodeName), op: f.text(nodeOp), inputs: f.bytes[nodeInput], output: f.text(nodeOutput),
			ints: map[string][]int64{}, float: map[string]float32{}, extraneousOuts: len(f.bytes[nodeOutput]) - 1,
		}
		for _, b := range f.bytes[nodeAttribute] {
			a := parse(t, []byte(b))
			name := a.text(attributeName)
			switch kind := a.int(attributeType); kind {
			case typeFloat:
				n.float[name] = a.f32[attributeFloat][0]
			case typeInt:
				n.ints[name] = a.ints[attributeInt]
			case typeInts:
				n.ints[name] = a.ints[attributeInts]
			default:
				t.Fatalf("%s: attribute %s has type %d", n.name, name, kind)
			}
		}
		p.nodes = append(p.nodes, n)
	}
	for _, b := range g.bytes[graphInitializer] {
		f := parse(t, []byte(b))
		a := array{}
		size := 1
		for _, d := range f.ints[tensorDims] {
			a.shape = append(a.shape, int(d))
			size *= int(d)
		}
		raw := []byte(f.text(tensorRaw))
		switch f.int(tensorType) {
		case elementFloat:
			for i := 0; i+4 <= len(raw); i += 4 {
				a.data = append(a.data, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[i:]))))
			}
		case elementInt64:
			for i := 0; i+8 <= len(raw); i += 8 {
				a.data = append(a.data, float64(int64(binary.LittleEndian.Uint64(raw[i:]))))
			}
		}
		if len(a.data) != size {
			t.Fatalf("%s: shape %v and %d values", f.text(tensorName), a.shape, len(a.data))
		}
		p.constants[f.text(tensorName)] = a
	}
	return p
}

func values(t *testing.T, infos []string) map[string][]any {
	out := map[string][]any{}
	for _, b := range infos {
		v := parse(t, []byte(b))
		tensor := parse(t, []byte(parse(t, []byte(v.text(valueType))).text(typeTensor)))
		if e := tensor.int(tensorElement); e != elementFloat {
			t.Errorf("%s: element type %d, want float", v.text(valueName), e)
		}
		var shape []any
		for _, b := range parse(t, []byte(tensor.text(tensorShape))).bytes[shapeDim] {
			d := parse(t, []byte(b))
			if name := d.text(dimName); name != "" {
				shape = append(shape, name)
			} else {
				shape = append(shape, d.int(dimValue))
			}
		}
		out[v.text(valueName)] = shape
	}
	return out
}
