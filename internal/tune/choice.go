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
	"maps"
	"os"
	"path/filepath"
	"slices"

	"unmask/internal/atomicfile"
	"unmask/shaders"
)

// Choice is what was measured on one adapter.
type Choice struct {
	Adapter string              `json:"adapter"`
	Kernels string              `json:"kernels"` // Version when it was measured
	Order   map[string][]string `json:"order"`   // op -> its kernels, the fastest first
}

// Kernel is the fastest of the kernels that fit; nil for an op that was not measured.
func (c *Choice) Kernel(op *shaders.Op, fit []*shaders.Kernel) *shaders.Kernel {
	for _, name := range c.Order[op.Name] {
		for _, k := range fit {
			if k.Name == name {
				return k
			}
		}
	}
	return nil
}

// Fastest names the fastest kernel of each op, in the order of the ops' names.
func (c *Choice) Fastest() []string {
	var out []string
	for _, op := range slices.Sorted(maps.Keys(c.Order)) {
		if names := c.Order[op]; len(names) > 0 {
			out = append(out, names[0])
		}
	}
	return out
}

// Version names the kernels of this build by their text: what was measured with
// others says nothing.
func Version() string {
	h := sha256.New()
	for _, s := range samples {
		for _, k := range s.op.Kernels {
			fmt.Fprintf(h, "%s\n%s\n", k.Name, k.Source())
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Store keeps small files: a folder natively, the site's own files in the browser.
type Store interface {
	Read(name string) ([]byte, error) // fs.ErrNotExist where there is none
	Write(name string, b []byte) error
	Remove(name string) error // no error where there is none
}

// Load reads what was measured on an adapter: nil where nothing was. An error says
// why a file is of no use; the caller goes on without it.
func Load(s Store, adapter string) (*Choice, error) {
	name := fileName(adapter)
	b, err := s.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("tune: %w", err)
	}
	var c Choice
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("tune: %s: %w", name, err)
	}
	if c.Adapter != adapter {
		return nil, fmt.Errorf("tune: %s was measured on %q: want %q", name, c.Adapter, adapter)
	}
	if c.Kernels != Version() {
		return nil, fmt.Errorf("tune: %s was measured with other kernels than this version's", name)
	}
	return &c, nil
}

// Save remembers the choice.
func (c *Choice) Save(s Store) error {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	if err := s.Write(fileName(c.Adapter), append(b, '\n')); err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	return nil
}

// Forget drops what was measured on an adapter.
func Forget(s Store, adapter string) error {
	if err := s.Remove(fileName(adapter)); err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	return nil
}

// fileName is a file for each adapter; names of adapters hold what file names must not.
func fileName(adapter string) string {
	sum := sha256.Sum256([]byte(adapter))
	return "kernels-" + hex.EncodeToString(sum[:8]) + ".json"
}

// Folder is a Store on disk; it is made when something is written.
type Folder string

// UserFolder is the folder of the system's for what a user's programs can do without.
func UserFolder() (Folder, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("tune: no folder for what is measured: %w", err)
	}
	return Folder(filepath.Join(cache, "unmask")), nil
}

// Read implements Store.
func (f Folder) Read(name string) ([]byte, error) { return os.ReadFile(filepath.Join(string(f), name)) }

// Write implements Store.
func (f Folder) Write(name string, b []byte) error {
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(string(f), name), func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// Remove implements Store.
func (f Folder) Remove(name string) error {
	if err := os.Remove(filepath.Join(string(f), name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
