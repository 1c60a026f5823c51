package scenes

import "math"

// cleaned removes noise from a picture of which two independent halves of the
// samples are given: non-local means, its weights drawn from one half and put
// to the other (Rousselle, Knaus and Zwicker 2012). What differs by more than
// the halves differ from each other is detail and stays.
func cleaned(a, b *film) *film {
	va, vb := spread(a, b), spread(b, a)
	fa, fb := means(a, b, vb), means(b, a, va)
	const keep = 0.15 // of the noise: a picture without any looks painted
	out := &film{a.w, a.h, make([]vec, len(a.px))}
	for i := range out.px {
		out.px[i] = fa[i].add(fb[i]).scale(0.5).mix(a.px[i].add(b.px[i]).scale(0.5), keep)
	}
	return out
}

// squash keeps bright pixels from ruling the comparison.
func squash(c vec) vec {
	return vec{c.x / (1 + c.x), c.y / (1 + c.y), c.z / (1 + c.z)}
}

// spread estimates the variance of a's squashed pixels, smoothed.
func spread(a, b *film) []float64 {
	v := make([]vec, len(a.px))
	for i := range v {
		d := squash(a.px[i]).sub(squash(b.px[i]))
		v[i] = d.mul(d).scale(0.5)
	}
	v = box(box(v, a.w, a.h, 2), a.h, a.w, 2)
	out := make([]float64, len(v))
	for i := range v {
		out[i] = (v[i].x + v[i].y + v[i].z) / 3
	}
	return out
}

// means averages each pixel of f with those around it whose neighbourhoods look
// the same in guide.
func means(f, guide *film, variance []float64) []vec {
	const reach, patch, strength = 5, 2, 0.45
	w, h := f.w, f.h
	g := make([]vec, len(guide.px))
	for i := range g {
		g[i] = squash(guide.px[i])
	}
	sum, total := make([]vec, len(f.px)), make([]float64, len(f.px))
	dist := make([]vec, len(f.px))
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			for y := range h {
				for x := range w {
					i := y*w + x
					j := min(max(y+dy, 0), h-1)*w + min(max(x+dx, 0), w-1)
					d := g[i].sub(g[j])
					vi, vj := variance[i], min(variance[i], variance[j])
					e := (d.dot(d)/3 - (vi + vj)) / (1e-7 + strength*strength*(vi+variance[j]))
					dist[i].x = e
				}
			}
			near := box(box(dist, w, h, patch), h, w, patch)
			for y := range h {
				for x := range w {
					if y+dy < 0 || y+dy >= h || x+dx < 0 || x+dx >= w {
						continue
					}
					i := y*w + x
					k := math.Exp(-max(near[i].x, 0))
					total[i] += k
					sum[i] = sum[i].add(f.px[i+dy*w+dx].scale(k))
				}
			}
		}
	}
	for i := range sum {
		sum[i] = sum[i].scale(1 / total[i])
	}
	return sum
}
