package graph

import (
	"slices"
	"sort"
)

// block is one buffer of the memory plan; activations whose lifetimes do not
// overlap take turns in it.
type block struct{ words int }

// planMemory assigns each activation a block. An activation lives from the op
// that writes it to the last op that reads it; an output lives to the end. An
// op's result never shares a block with its operands: WebGPU refuses a buffer
// that is bound for reading and writing in one dispatch.
func (g *Graph) planMemory() (blocks []block, where map[Tensor]int) {
	last := g.lastUse()
	where = map[Tensor]int{}
	var free []int // block indices
	for i, n := range g.nodes {
		for _, t := range n.outs {
			where[t] = g.take(&blocks, &free, g.Len(t))
		}
		for _, t := range slices.Concat(n.outs, n.in) {
			if last[t] != i || g.values[t.id-1].kind != activation {
				continue
			}
			if b := where[t]; !slices.Contains(free, b) {
				free = append(free, b)
			}
		}
	}
	return blocks, where
}

// lastUse is the index of the last node that writes or reads each tensor; one
// past the end for outputs.
func (g *Graph) lastUse() map[Tensor]int {
	last := map[Tensor]int{}
	for i, n := range g.nodes {
		for _, t := range slices.Concat(n.outs, n.in) {
			last[t] = i
		}
	}
	for _, t := range g.outputs {
		last[t] = len(g.nodes)
	}
	return last
}

// take returns the smallest free block that holds n words, else it grows the
// largest free one, else it adds one.
func (g *Graph) take(blocks *[]block, free *[]int, n int) int {
	sort.Slice(*free, func(i, j int) bool {
		a, b := (*free)[i], (*free)[j]
		if (*blocks)[a].words != (*blocks)[b].words {
			return (*blocks)[a].words < (*blocks)[b].words
		}
		return a < b
	})
	for i, b := range *free {
		if (*blocks)[b].words >= n {
			*free = append((*free)[:i], (*free)[i+1:]...)
			return b
		}
	}
	if k := len(*free); k > 0 {
		b := (*free)[k-1]
		*free = (*free)[:k-1]
		(*blocks)[b].words = n
		return b
	}
	*blocks = append(*blocks, block{n})
	return len(*blocks) - 1
}

// Memory is what a compiled graph allocates beside its parameters.
type Memory struct {
	Activations int // bytes of all blocks
	Inputs      int // bytes of inputs and constants
	Largest     int // bytes of the largest buffer, which a device's binding limit bounds
}

// Total is the sum in bytes.
func (m Memory) Total() int { return m.Activations + m.Inputs }

// Memory plans the graph's memory without a device.
func (g *Graph) Memory() Memory {
	var m Memory
	add := func(to *int, words int) {
		*to += 4 * words
		m.Largest = max(m.Largest, 4*words)
	}
	blocks, _ := g.planMemory()
	for _, b := range blocks {
		add(&m.Activations, b.words)
	}
	for _, v := range g.values {
		if v.kind == input || v.kind == zeros {
			add(&m.Inputs, v.n)
		}
	}
	return m
}
