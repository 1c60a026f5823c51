package app

// reference is how the first weights of this project learnt: the masked MSE of
// normalised pixels on 426 photos set aside, by rounds through the 7,664 others, raw
// pixels, 128 px (weights/README.md). It shows what a long training with many photos
// comes to; with other photos and sizes the numbers are others.
var reference = []point{
	{1.54, 0.5854}, {3.11, 0.5507}, {4.66, 0.5342}, {6.22, 0.5245}, {7.75, 0.5135}, {9.32, 0.5108},
	{10.84, 0.5062}, {12.14, 0.4962}, {12.64, 0.4820}, {13.04, 0.4806},
}

// referenceWithin is the part of the reference that a chart up to x has room for.
func referenceWithin(x float64) []point {
	for i, p := range reference {
		if p.x > x {
			return reference[:i]
		}
	}
	return reference
}
