package weights

import "fmt"

// Preprocessing is the MetaPreprocessing entry of a network that is evaluated
// on pictures of size x size pixels: the shorter side goes to size / crop, the
// centre is cut out, and pixels from 0 to 1 become (pixel - mean) / std.
// Reconstruction uses mean and std alone.
func Preprocessing(size int) string {
	return fmt.Sprintf(`{"size":%d,"crop":0.875,"interpolation":"bicubic","mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}`, size)
}
