package weights

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// maxOps bounds the opcodes of a pickle, and with them its memory: the training
// checkpoint of the largest model with its optimiser has about 50,000.
const maxOps = 1 << 19

// unpickle decodes the pickle at the start of b and returns its length too.
// load resolves persistent ids, which is how torch refers to storages.
func unpickle(b []byte, load func(id any) (any, error)) (value any, n int, err error) {
	if n, err = scan(b); err != nil {
		return nil, 0, fmt.Errorf("pickle: %w", err)
	}
	defer func() { // gopickle indexes what a malformed pickle left out
		if r := recover(); r != nil {
			value, err = nil, fmt.Errorf("pickle: malformed: %v", r)
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(b[:n]))
	u.FindClass = findGlobal
	u.PersistentLoad = load
	if value, err = u.Load(); err != nil {
		return nil, 0, fmt.Errorf("pickle: %w", err)
	}
	return value, n, nil
}

// argument says what follows an opcode.
type argument struct {
	kind byte // n: n bytes; s: a length of n bytes, then that many; l: n lines
	n    int
}

// opcodes are those a checkpoint may use: all but the extension registry and
// out-of-band buffers.
var opcodes = func() map[byte]argument {
	m := map[byte]argument{}
	for _, row := range []struct {
		ops string
		arg argument
	}{
		{"(.012NQRabd}el]ost)u\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94", argument{'n', 0}},
		{"Khq\x80", argument{'n', 1}},
		{"M", argument{'n', 2}},
		{"Jjr", argument{'n', 4}},
		{"G", argument{'n', 8}},
		{"FILSVgpP", argument{'l', 1}},
		{"ci", argument{'l', 2}},
		{"UC\x8a\x8c", argument{'s', 1}},
		{"TXB\x8b", argument{'s', 4}},
		{"\x8d\x8e\x96", argument{'s', 8}},
		{"\x95", argument{'f', 8}}, // frame: a length, and the opcodes of the frame follow
	} {
		for _, op := range []byte(row.ops) {
			m[op] = row.arg
		}
	}
	return m
}()

// scan walks the opcodes up to STOP without acting on them and returns their
// length. It refuses what the decoder would believe: the decoder allocates any
// length that the pickle states, and running out of memory cannot be recovered.
// Globals are checked here too, because the decoder resolves a few by itself.
func scan(b []byte) (int, error) {
	at := 0
	for ops := 0; ops < maxOps; ops++ {
		if at >= len(b) {
			return 0, fmt.Errorf("truncated at byte %d", at)
		}
		op := b[at]
		arg, ok := opcodes[op]
		if !ok {
			return 0, fmt.Errorf("opcode 0x%02x at byte %d is not one that a checkpoint uses: nothing was executed", op, at)
		}
		at++
		var lines []string
		size := arg.n
		switch arg.kind {
		case 'l':
			size = 0
			for range arg.n {
				i := bytes.IndexByte(b[at+size:], '\n')
				if i < 0 {
					return 0, fmt.Errorf("truncated at byte %d", len(b))
				}
				lines = append(lines, string(b[at+size:at+size+i]))
				size += i + 1
			}
		case 's', 'f':
			if size > len(b)-at {
				return 0, fmt.Errorf("truncated at byte %d", len(b))
			}
			var word [8]byte
			copy(word[:], b[at:at+size])
			length := binary.LittleEndian.Uint64(word[:])
			if length > uint64(len(b)-at-size) {
				return 0, fmt.Errorf("opcode 0x%02x at byte %d states %d bytes, %d are left", op, at-1, length, len(b)-at-size)
			}
			if arg.kind == 's' {
				size += int(length)
			}
		}
		if size > len(b)-at {
			return 0, fmt.Errorf("truncated at byte %d", len(b))
		}
		at += size
		if len(lines) == 2 {
			if _, err := findGlobal(lines[0], lines[1]); err != nil {
				return 0, err
			}
		}
		if op == stackGlobal {
			if name := decoderGlobal(b); name != "" {
				return 0, denied(name)
			}
		}
		if op == '.' {
			return at, nil
		}
	}
	return 0, fmt.Errorf("more than %d opcodes: no checkpoint of this kind has so many", maxOps)
}

// stackGlobal takes module and name from the stack, where scan cannot see them.
const stackGlobal = 0x93

// decoderGlobal returns a name in b that gopickle would resolve without asking
// findGlobal and that builds arrays of any size. A string of a pickle stands in
// one piece, so a stackGlobal cannot have it without b holding it.
func decoderGlobal(b []byte) string {
	for _, name := range []string{"_array_reconstructor", "_reconstructor"} {
		if bytes.Contains(b, []byte(name)) {
			return name
		}
	}
	return ""
}

func denied(global string) error {
	return fmt.Errorf("it asks for %q, which no checkpoint needs: nothing was executed", global)
}

// inert stands for a Python class or function that a checkpoint may name beside
// its tensors. Calling it gives another inert value, whatever the arguments.
type inert struct{}

func (inert) Call(...any) (any, error)  { return &inert{}, nil }
func (inert) PyNew(...any) (any, error) { return &inert{}, nil }
func (inert) PySetState(any) error      { return nil }
func (inert) Set(_, _ any)              {}
func (inert) Append(any)                {}

// namespace is argparse.Namespace: the arguments of a training run.
type namespace struct {
	inert
	values any // a dict
}

func (n *namespace) PySetState(state any) error {
	n.values = state
	return nil
}

// namespaceClass makes one; what it is called with does not matter.
type namespaceClass struct{ inert }

func (namespaceClass) PyNew(...any) (any, error) { return &namespace{}, nil }

// inertGlobals are what official training checkpoints carry beside weights:
// sizes and types, numpy scalars of the log.
var inertGlobals = map[string]bool{
	"pathlib.PosixPath":             true,
	"torch.Size":                    true,
	"torch.device":                  true,
	"numpy.core.multiarray.scalar":  true,
	"numpy._core.multiarray.scalar": true,
	"numpy.dtype":                   true,
	"_codecs.encode":                true, // how protocol 2 spells the bytes of a numpy scalar
	"torch.float32":                 true,
	"torch.float16":                 true,
	"torch.bfloat16":                true,
	"torch.float64":                 true,
	"torch.int64":                   true,
	"torch.int32":                   true,
	"torch.bool":                    true,
}

// storageTypes maps torch's storage classes to names of dtypes; only those that
// valueSize knows can be read, and the others may only sit beside the weights.
var storageTypes = map[string]string{
	"FloatStorage":    f32,
	"HalfStorage":     f16,
	"BFloat16Storage": bf16,
	"DoubleStorage":   "F64",
	"LongStorage":     "I64",
	"IntStorage":      "I32",
	"ShortStorage":    "I16",
	"CharStorage":     "I8",
	"ByteStorage":     "U8",
	"BoolStorage":     "BOOL",
}

// findGlobal is the allow-list: what a pickle may name.
func findGlobal(module, name string) (any, error) {
	global := module + "." + name
	switch {
	case global == "collections.OrderedDict":
		return &types.OrderedDictClass{}, nil
	case global == "torch._utils._rebuild_tensor_v2":
		return rebuildTensor{}, nil
	case global == "torch._utils._rebuild_parameter":
		return rebuildParameter{}, nil
	case global == "argparse.Namespace":
		return &namespaceClass{}, nil
	case inertGlobals[global]:
		return &inert{}, nil
	}
	if dtype, ok := storageTypes[name]; ok && module == "torch" {
		return storageType(dtype), nil
	}
	return nil, denied(global)
}
