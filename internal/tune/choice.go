// Package tune measures which kernel of an op is the fastest on the adapter at
// hand, and remembers the answer in a file. It chooses only among kernels that the
// shared tests hold to one tolerance, and never by itself: measuring compiles every
// kernel, which takes longer than a first picture may.
package tune

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"unmask/internal/atomicfile"
	"unmask/shaders"
)

// Choice is what was measured on one adapter.
type Choice struct {
	Adapter string              `json:"adapter"`
	Kernels string              `json:"kernels"` // Version when it was measured
	Order   map[string][]string `json:"order"`   // op -> its kernels, the fastest first
}

// Kernel is the fastest kernel that fits; nil for an op that was not measured.
func (c *Choice) Kernel(op *shaders.Op, a shaders.Args) *shaders.Kernel {
	for _, name := range c.Order[op.Name] {
		for _, k := range op.Fit(a) {
			if k.Name == name {
				return k
			}
		}
	}
	return nil
}

// Version names the kernels of this build by their text: what was measured with
// others says nothing.
func Version() string {
	h := sha256.New()
	for _, s := range samples {
		for _, k := range s.op.Kernels {
			fmt.Fprintf(h, "%s\n%s\n", k.Name, k.Source)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Load reads what was measured on an adapter: nil where nothing was. An error says
// why a file is of no use; the caller goes on without it.
func Load(folder, adapter string) (*Choice, error) {
	b, err := os.ReadFile(path(folder, adapter))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("tune: %w", err)
	}
	var c Choice
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("tune: %s: %w", path(folder, adapter), err)
	}
	if c.Adapter != adapter {
		return nil, fmt.Errorf("tune: %s was measured on %q: want %q", path(folder, adapter), c.Adapter, adapter)
	}
	if c.Kernels != Version() {
		return nil, fmt.Errorf("tune: %s was measured with other kernels than this version's", path(folder, adapter))
	}
	return &c, nil
}

// Save remembers the choice in a folder, which it makes.
func (c *Choice) Save(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	err := atomicfile.Write(path(folder, c.Adapter), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(c)
	})
	if err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	return nil
}

// path is a file for each adapter; names of adapters hold what file names must not.
func path(folder, adapter string) string {
	sum := sha256.Sum256([]byte(adapter))
	return filepath.Join(folder, "kernels-"+hex.EncodeToString(sum[:8])+".json")
}
