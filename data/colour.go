package data

// The operations on colours are those of PIL's ImageOps and ImageEnhance on
// 8-bit pictures, to the last bit. They work in place.

// table8 maps the values of one channel.
type table8 [256]uint8

// mapped replaces every value by its entry in one table.
func (m *Bitmap) mapped(t *table8) {
	for i, v := range m.Pix {
		m.Pix[i] = t[v]
	}
}

// mappedEach has a table for each channel.
func (m *Bitmap) mappedEach(t *[3]table8) {
	for p := m.Pix; len(p) >= 3; p = p[3:] {
		p[0], p[1], p[2] = t[0][p[0]], t[1][p[1]], t[2][p[2]]
	}
}

// histograms counts the values of each channel.
func (m *Bitmap) histograms() (h [3][256]int) {
	for p := m.Pix; len(p) >= 3; p = p[3:] {
		h[0][p[0]]++
		h[1][p[1]]++
		h[2][p[2]]++
	}
	return h
}

// autoContrast stretches each channel to 0..255.
func (m *Bitmap) autoContrast() {
	var t [3]table8
	for c, h := range m.histograms() {
		lo, hi := 0, 255
		for lo < 255 && h[lo] == 0 {
			lo++
		}
		for hi > 0 && h[hi] == 0 {
			hi--
		}
		for v := range t[c] {
			t[c][v] = uint8(v)
			if hi > lo {
				scale := 255 / float64(hi-lo)
				t[c][v] = clamp8(int32(float64(float64(v)*scale) - float64(float64(lo)*scale)))
			}
		}
	}
	m.mappedEach(&t)
}

// equalize spreads the values of each channel evenly over 0..255.
func (m *Bitmap) equalize() {
	var t [3]table8
	for c, h := range m.histograms() {
		sum, last, different := 0, 0, 0
		for _, n := range h {
			if n > 0 {
				sum, last = sum+n, n
				different++
			}
		}
		step := (sum - last) / 255
		n := step / 2
		for v := range t[c] {
			t[c][v] = uint8(v)
			if different > 1 && step > 0 {
				t[c][v] = clamp8(int32(n / step))
			}
			n += h[v]
		}
	}
	m.mappedEach(&t)
}

func (m *Bitmap) invert() {
	for i, v := range m.Pix {
		m.Pix[i] = 255 - v
	}
}

// posterize keeps the upper bits of each value; at 0 bits all is black.
func (m *Bitmap) posterize(bits int) {
	if bits >= 8 {
		return
	}
	mask := uint8(0xff << (8 - bits))
	for i := range m.Pix {
		m.Pix[i] &= mask
	}
}

// solarize inverts the values from threshold on, 0..256.
func (m *Bitmap) solarize(threshold int) {
	for i, v := range m.Pix {
		if int(v) >= threshold {
			m.Pix[i] = 255 - v
		}
	}
}

// solarizeAdd adds to the values under 128.
func (m *Bitmap) solarizeAdd(add int) {
	for i, v := range m.Pix {
		if v < 128 {
			m.Pix[i] = uint8(min(int(v)+add, 255))
		}
	}
}

// blend returns a + factor·(b - a), cut to 8 bits without rounding. Factors
// beyond 0..1 leave the line between a and b; then it is clamped.
func blend(a, b uint8, factor float32) uint8 {
	v := float32(a) + float32(factor*float32(int(b)-int(a)))
	if v <= 0 {
		return 0
	}
	if v >= 255 {
		return 255
	}
	return uint8(v)
}

// luma returns the grey of a colour, ITU-R BT.601 as PIL rounds it.
func luma(p []uint8) uint8 {
	return uint8((int(p[0])*19595 + int(p[1])*38470 + int(p[2])*7471 + 0x8000) >> 16)
}

// saturate blends with the picture's own grey: at 0 it is grey, at 1 it stays.
func (m *Bitmap) saturate(factor float64) {
	for p := m.Pix; len(p) >= 3; p = p[3:] {
		grey := luma(p)
		for c := range 3 {
			p[c] = blend(grey, p[c], float32(factor))
		}
	}
}

// contrast blends with the mean grey.
func (m *Bitmap) contrast(factor float64) {
	sum := 0
	for p := m.Pix; len(p) >= 3; p = p[3:] {
		sum += int(luma(p))
	}
	m.blendWith(uint8(float64(sum)/float64(m.W*m.H)+0.5), factor)
}

// brighten blends with black.
func (m *Bitmap) brighten(factor float64) { m.blendWith(0, factor) }

func (m *Bitmap) blendWith(grey uint8, factor float64) {
	var t table8
	for v := range t {
		t[v] = blend(grey, uint8(v), float32(factor))
	}
	m.mapped(&t)
}

// sharpen writes m blended with its smoothed self to dst: at 0 it is smooth, at
// 1 it stays, beyond it is sharper. Smooth is the mean of 3 x 3 pixels of which
// the middle one counts five times; the pixels of the rim stay.
func (m *Bitmap) sharpen(dst *Bitmap, factor float64) {
	dst.sized(m.W, m.H)
	copy(dst.Pix, m.Pix)
	stride := 3 * m.W
	for y := 1; y < m.H-1; y++ {
		above, line, below := m.row(y-1), m.row(y), m.row(y+1)
		out := dst.row(y)
		for i := 3; i < stride-3; i++ {
			sum := int(above[i-3]) + int(above[i]) + int(above[i+3]) +
				int(line[i-3]) + 5*int(line[i]) + int(line[i+3]) +
				int(below[i-3]) + int(below[i]) + int(below[i+3])
			smooth := uint8((2*sum + 13) / 26)
			out[i] = blend(smooth, line[i], float32(factor))
		}
	}
}
