//go:build !js

package weights

import _ "embed"

// The browser fetches the file beside the engine instead of carrying it inside,
// so this half has no twin.
//
//go:embed atto.safetensors
var atto []byte

// Default returns the weights that come with Unmask and their name.
func Default() (name string, b []byte, err error) {
	return "atto.safetensors", atto, nil
}
