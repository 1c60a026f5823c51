package app

import (
	"math"

	"unmask/data"
)

// heatStops are matplotlib's colour map "inferno" (N. Smith, S. van der Walt, E.
// Firing; CC0) at ten even steps. Its lightness grows evenly, so that it reads the
// same in grey and with any colour vision.
var heatStops = [10][3]float64{
	{0, 0, 4}, {27, 12, 65}, {74, 12, 107}, {120, 28, 109}, {165, 44, 96},
	{207, 68, 70}, {237, 105, 37}, {251, 155, 6}, {247, 209, 61}, {252, 255, 164},
}

// heatMost is the error, in levels of 255, that has the map's last colour. It is
// fixed, so that maps of different masks and pictures can be compared.
const heatMost = 96

// heatColours holds the colour of each whole level.
var heatColours = heatTable(heatMost + 1)

// heatTable is the map in n even steps.
func heatTable(n int) [][3]byte {
	table := make([][3]byte, n)
	for i := range table {
		at := float64(i) / float64(n-1) * float64(len(heatStops)-1)
		k := min(int(at), len(heatStops)-2)
		for channel := range 3 {
			a, b := heatStops[k][channel], heatStops[k+1][channel]
			table[i][channel] = byte(math.Round(a + (at-float64(k))*(b-a)))
		}
	}
	return table
}

// heatMap paints each hidden pixel in the colour of its error, the root mean square
// of the differences in red, green and blue. Visible patches are quiet. The second
// result is the root mean square over all hidden pixels, in levels.
func heatMap(original, composite []byte, m data.Mask) ([]byte, float64) {
	out := maskedPixels(original, m.Invert())
	width, sum, n := m.Cols*data.Patch, 0, 0
	for y := range m.Rows * data.Patch {
		for col := range m.Cols {
			if !m.Hidden[y/data.Patch*m.Cols+col] {
				continue
			}
			first := 4 * (y*width + col*data.Patch)
			for i := first; i < first+4*data.Patch; i += 4 {
				square := 0
				for c := range 3 {
					d := int(original[i+c]) - int(composite[i+c])
					square += d * d
				}
				copy(out[i:i+3], heatColours[heatLevels[min(square, len(heatLevels)-1)]][:])
				sum += square
				n += 3
			}
		}
	}
	if n == 0 {
		return out, 0
	}
	return out, math.Sqrt(float64(sum) / float64(n))
}

// heatLevels holds the whole level of a sum of three squares: a root for each pixel
// would take most of the time.
var heatLevels = func() (t [3*heatMost*heatMost + 1]uint8) {
	for square := range t {
		t[square] = uint8(math.Round(math.Sqrt(float64(square) / 3)))
	}
	return t
}()
