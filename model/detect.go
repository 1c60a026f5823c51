package model

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Report says how the tensors of a file fit a configuration.
type Report struct {
	Matched int      // tensors used
	Missing []string // wanted by the configuration, absent from the file
	Extra   []string // in the file, used by nothing
}

// String is the report in one line: "148 tensors matched, 2 extra (head.weight, head.bias)".
func (r Report) String() string {
	s := fmt.Sprintf("%d tensors matched", r.Matched)
	for _, part := range []struct {
		what  string
		names []string
	}{{"missing", r.Missing}, {"extra", r.Extra}} {
		if n := len(part.names); n > 0 {
			show := part.names
			if n > 3 {
				show = append(slices.Clone(show[:3]), "...")
			}
			s += fmt.Sprintf(", %d %s (%s)", n, part.what, strings.Join(show, ", "))
		}
	}
	return s
}

// Detect finds the architecture of a file from its tensors' names (official
// ones) and shapes. A decoder or a head that is not complete is left out and
// reported; anything missing from the encoder is an error.
func Detect(shapes map[string][]int) (Config, Report, error) {
	c := Config{Name: "custom"}
	for s := 0; s < 4; s++ {
		name := fmt.Sprintf("downsample_layers.%d.1.weight", s)
		if s == 0 {
			name = "downsample_layers.0.0.weight"
		}
		shape, ok := shapes[name]
		if !ok || len(shape) != 4 {
			return c, Report{}, fmt.Errorf("model: no ConvNeXt encoder here: tensor %q is missing", name)
		}
		c.Dims[s] = shape[0]
		c.Depths[s] = count(shapes, fmt.Sprintf("stages.%d.%%d.dwconv.weight", s))
	}
	_, c.V1 = shapes["stages.0.0.gamma"]
	if shape := shapes["head.weight"]; len(shape) == 2 {
		c.Classes = shape[0]
	}
	if shape := shapes["proj.weight"]; len(shape) == 4 {
		c.DecoderWidth = shape[0]
		c.DecoderDepth = count(shapes, "decoder.%d.dwconv.weight")
	}
	for _, known := range sizes {
		if known.Depths == c.Depths && known.Dims == c.Dims {
			c.Name = known.Name
			if c.V1 {
				c.Name += "-v1"
			}
		}
	}
	if err := c.Check(); err != nil {
		return c, Report{}, err
	}
	r, err := match(&c, shapes)
	return c, r, err
}

// match compares c's parameters with the file's and drops incomplete parts from c.
func match(c *Config, shapes map[string][]int) (Report, error) {
	var r Report
	lacks := map[Part]bool{}
	for _, p := range c.Params() {
		got, ok := shapes[p.Name]
		if !ok {
			r.Missing = append(r.Missing, p.Name)
			lacks[p.Part] = true
			continue
		}
		if !slices.Equal(got, p.Shape) {
			return r, fmt.Errorf("model: tensor %q: want %v, file has %v", p.Name, p.Shape, got)
		}
	}
	if lacks[Encoder] {
		return r, fmt.Errorf("model: the file is not complete: %s", r)
	}
	if lacks[Head] {
		c.Classes = 0
	}
	if lacks[Decoder] {
		c.DecoderWidth, c.DecoderDepth = 0, 0
	}
	r.Matched = len(c.Params())
	wanted := map[string]bool{}
	for _, p := range c.Params() {
		wanted[p.Name] = true
	}
	for name := range shapes {
		if !wanted[name] {
			r.Extra = append(r.Extra, name)
		}
	}
	sort.Strings(r.Extra)
	return r, nil
}

func count(shapes map[string][]int, format string) int {
	n := 0
	for shapes[fmt.Sprintf(format, n)] != nil {
		n++
	}
	return n
}
