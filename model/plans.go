package model

import "unmask/graph"

// plans keeps compiled plans by what they were compiled for. The one that was not
// used for longest makes room for a new one.
type plans[K comparable] struct {
	max  int
	kept []keptPlan[K] // most recently used last
}

type keptPlan[K comparable] struct {
	key  K
	plan *graph.Plan
}

// get finds the plan of a key or compiles it; room is made before, since a plan
// holds device memory.
func (p *plans[K]) get(key K, compile func() (*graph.Plan, error)) (*graph.Plan, error) {
	for i, k := range p.kept {
		if k.key == key {
			p.kept = append(append(p.kept[:i], p.kept[i+1:]...), k)
			return k.plan, nil
		}
	}
	if len(p.kept) == p.max {
		p.kept[0].plan.Release()
		p.kept = p.kept[1:]
	}
	plan, err := compile()
	if err != nil {
		return nil, err
	}
	p.kept = append(p.kept, keptPlan[K]{key, plan})
	return plan, nil
}

// release frees all plans.
func (p *plans[K]) release() {
	for _, k := range p.kept {
		k.plan.Release()
	}
	p.kept = nil
}
