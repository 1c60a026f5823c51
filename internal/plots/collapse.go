package plots

import (
	"fmt"
	"image"
	"slices"
)

// Distances is one line of Collapse: a value by layer.
type Distances struct {
	Name   string
	Values []float64 // one a layer
}

// Collapse draws the mean cosine distance between channels by layer (arXiv
// 2301.00808, fig. 3). Layers are named as the taps of package model are.
func Collapse(layers []string, series []Distances, title string, dark bool) image.Image {
	const width, height, left, right = 860.0, 420.0, 58.0, 190.0
	s := newSheet(width, height, dark)
	s.title(title)
	s.text(s.body(), margin, 56, "0: all channels see the same (collapsed)    higher: more diverse")
	p := &panel{sheet: s, x: left, y: 104, w: width - left - right, h: height - 104 - 64, x0: -0.5, x1: max(0.5, float64(len(layers))-0.5), y1: 0.1}
	for _, d := range series {
		if len(d.Values) > 0 {
			p.y1 = max(p.y1, 1.08*slices.Max(d.Values))
		}
	}
	p.stages(layers)
	p.frame("Mean cosine distance between the channels of each block's expansion", 5)
	colours := []curve{{color: s.first}, {color: s.second}, {color: s.third}}
	var cs []curve
	for i, d := range series {
		c := curve{color: colours[i%len(colours)].color, width: 2, dots: true}
		sum := 0.0
		for k, v := range d.Values {
			c.points = append(c.points, xy{float64(k), v})
			sum += v
		}
		c.name = fmt.Sprintf("%s  mean %.2f", d.Name, sum/float64(max(1, len(d.Values))))
		cs = append(cs, c)
	}
	p.curves(cs...)
	return s.image()
}

// stages marks the network's stages and names the layers below the axis: "↓" for
// what begins a stage, then its blocks by number.
func (p *panel) stages(layers []string) {
	base := p.y + p.h
	p.line(p.quiet, 1, nil, p.x, base, p.x+p.w, base)
	every := int(16/(p.w/float64(max(1, len(layers))))) + 1
	begin := 0
	for i, name := range layers {
		stage, words := layerMark(name)
		if i%every == 0 {
			p.text(p.body().centred(), p.px(float64(i)), base+12, words)
		}
		if i+1 < len(layers) {
			if next, _ := layerMark(layers[i+1]); next == stage {
				continue
			}
			edge := p.px(float64(i) + 0.5)
			p.line(p.grid, 1, nil, edge, p.y, edge, base+38)
		}
		p.text(p.body().strong().centred(), (p.px(float64(begin)-0.5)+p.px(float64(i)+0.5))/2, base+31, fmt.Sprintf("stage %d", stage+1))
		begin = i + 1
	}
}

// layerMark is a layer's stage, from 0, and a short sign of it.
func layerMark(name string) (stage int, words string) {
	var block int
	if _, err := fmt.Sscanf(name, "stages.%d.%d", &stage, &block); err == nil {
		return stage, fmt.Sprint(block + 1)
	}
	if _, err := fmt.Sscanf(name, "downsample_layers.%d", &stage); err != nil || stage == 0 {
		return stage, "stem"
	}
	return stage, "↓"
}
