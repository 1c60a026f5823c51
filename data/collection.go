package data

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Growing is a file that grows at its end: a file on disk, or one of the
// browser's private file system.
type Growing interface {
	io.ReaderAt
	Size() int64
	// Append reaches the disk before it returns. After an error the file may have
	// grown by a part of b.
	Append(b []byte) error
	Truncate(size int64) error
	Close() error
}

// Collection is a set of pictures that a person puts together: files are added,
// moved to other classes and removed, and every change is on disk when a method
// returns. The pictures stay there, too; memory holds their names only. Two files
// keep it: the pictures one behind the other, and a line for every change. One
// that was cut off in mid-writing is dropped when they are opened again.
//
// It is used by one goroutine, but its data sets by several.
type Collection struct {
	name    string
	content Growing
	journal Growing
	entries []Entry        // those that were removed have no path
	removed int            // of entries
	classes []string       // those that are kept without pictures, too
	byPath  map[string]int // index into entries
	byHash  map[string]string
}

// Entry is one picture of a collection.
type Entry struct {
	Path string `json:"path"` // "class/name.jpg"
	At   int64  `json:"at"`   // of its bytes in the content
	Size int64  `json:"size"`
	Hash string `json:"hash"` // of its bytes
}

// change is a line of the journal; one field is set.
type change struct {
	Add    *Entry     `json:"add,omitempty"`
	Move   *[2]string `json:"move,omitempty"` // from, to
	Remove string     `json:"remove,omitempty"`
	Keep   string     `json:"keep,omitempty"` // a class, even without pictures
	Drop   string     `json:"drop,omitempty"` // no longer
}

// Refusal is a file that was not added, and why.
type Refusal struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

// OpenCollection reads the journal. The collection owns both files from then on,
// and closes them where it returns an error.
func OpenCollection(name string, content, journal Growing) (*Collection, error) {
	c := &Collection{name: name, content: content, journal: journal, byPath: map[string]int{}, byHash: map[string]string{}}
	if err := c.replay(); err != nil {
		return nil, errors.Join(fmt.Errorf("data: %s: %w", name, err), c.Close())
	}
	return c, nil
}

func (c *Collection) replay() error {
	text := make([]byte, c.journal.Size())
	if _, err := c.journal.ReadAt(text, 0); err != nil && err != io.EOF {
		return err
	}
	good := 0
	for n := 1; ; n++ {
		line, _, whole := bytes.Cut(text[good:], []byte("\n"))
		if !whole {
			break
		}
		var ch change
		if err := json.Unmarshal(line, &ch); err != nil {
			return fmt.Errorf("line %d of its list cannot be read: %w", n, err)
		}
		if ch.Add != nil && (ch.Add.At < 0 || ch.Add.Size < 0 || ch.Add.At > c.content.Size()-ch.Add.Size) {
			return fmt.Errorf("line %d of its list: %s lies outside of the pictures' file", n, ch.Add.Path)
		}
		c.apply(ch)
		good += len(line) + 1
	}
	return c.journal.Truncate(int64(good))
}

// record writes a change down and carries it out.
func (c *Collection) record(ch change) error {
	line, err := json.Marshal(ch)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	size := c.journal.Size()
	if err := c.journal.Append(append(line, '\n')); err != nil {
		return errors.Join(fmt.Errorf("data: %s: the list of pictures cannot be written: %w", c.name, err), c.journal.Truncate(size))
	}
	c.apply(ch)
	return nil
}

func (c *Collection) apply(ch change) {
	switch {
	case ch.Add != nil:
		c.byPath[ch.Add.Path], c.byHash[ch.Add.Hash] = len(c.entries), ch.Add.Path
		c.entries = append(c.entries, *ch.Add)
	case ch.Move != nil:
		if i, ok := c.byPath[ch.Move[0]]; ok {
			delete(c.byPath, ch.Move[0])
			c.entries[i].Path = ch.Move[1]
			c.byPath[ch.Move[1]], c.byHash[c.entries[i].Hash] = i, ch.Move[1]
		}
	case ch.Keep != "":
		c.classes = append(c.classes, ch.Keep)
	case ch.Drop != "":
		c.classes = slices.DeleteFunc(c.classes, func(k string) bool { return k == ch.Drop })
	case ch.Remove != "":
		if i, ok := c.byPath[ch.Remove]; ok {
			delete(c.byPath, ch.Remove)
			delete(c.byHash, c.entries[i].Hash)
			c.entries[i] = Entry{}
			if c.removed++; c.removed > len(c.entries)/2 { // seldom enough to cost nothing on average
				c.entries, c.removed = c.Entries(), 0
				for k, e := range c.entries {
					c.byPath[e.Path] = k
				}
			}
		}
	}
}

// Add takes a picture in under a path; a zip file's pictures are taken in below
// the path's folder, or at the top by the classes that ByClass finds in it. What is no picture, or is there already, is refused without
// an error: those are for a disk that is full.
func (c *Collection) Add(name string, file []byte) (added []Entry, refused []Refusal, err error) {
	if strings.EqualFold(path.Ext(name), ".zip") {
		return c.addZip(name, file)
	}
	entry, why, err := c.add(name, file)
	if entry != nil {
		added = append(added, *entry)
	}
	if why != "" {
		refused = append(refused, Refusal{name, why})
	}
	return added, refused, err
}

func (c *Collection) addZip(name string, file []byte) (added []Entry, refused []Refusal, err error) {
	src, err := openZip(path.Base(name), bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, []Refusal{{name, strings.TrimPrefix(err.Error(), "data: ")}}, nil
	}
	inside := make([]string, src.Len())
	for i := range inside {
		inside[i] = src.Name(i)
	}
	if path.Dir(name) == "." {
		inside = ByClass(inside, strings.TrimSuffix(path.Base(name), path.Ext(name)))
	}
	for i := range src.Len() {
		p := path.Join(path.Dir(name), inside[i])
		b, err := src.Read(i)
		if err != nil {
			refused = append(refused, Refusal{p, strings.TrimPrefix(err.Error(), "data: ")})
			continue
		}
		entry, why, err := c.add(p, b)
		if err != nil {
			return added, refused, err
		}
		if why != "" {
			refused = append(refused, Refusal{p, why})
			continue
		}
		added = append(added, *entry)
	}
	return added, refused, nil
}

// add takes one picture in; why it is refused is for people.
func (c *Collection) add(name string, file []byte) (entry *Entry, why string, err error) {
	p, err := entryPath(name)
	if err != nil {
		return nil, err.Error(), nil
	}
	if passedOver(p) {
		return nil, "hidden files are passed over", nil
	}
	if _, found := sniff(file); found != "" {
		return nil, found + "; want " + accepted, nil
	}
	sum := sha256.Sum256(file)
	hash := hex.EncodeToString(sum[:12])
	if there, ok := c.byHash[hash]; ok {
		return nil, "the same picture is there as " + there, nil
	}
	e := Entry{Path: c.free(p), At: c.content.Size(), Size: int64(len(file)), Hash: hash}
	if err := c.content.Append(file); err != nil {
		return nil, "", errors.Join(fmt.Errorf("data: %s: %s cannot be stored: %w", c.name, name, err), c.content.Truncate(e.At))
	}
	if err := c.record(change{Add: &e}); err != nil {
		return nil, "", err
	}
	return &e, "", nil
}

// free is a path that no picture has: p, or p with a number.
func (c *Collection) free(p string) string {
	ext := path.Ext(p)
	for n, q := 2, p; ; n++ {
		if _, taken := c.byPath[q]; !taken {
			return q
		}
		q = strings.TrimSuffix(p, ext) + "-" + strconv.Itoa(n) + ext
	}
}

// Move gives a picture another class and returns its new path.
func (c *Collection) Move(name, class string) (string, error) {
	if _, ok := c.byPath[name]; !ok {
		return "", c.unknown(name)
	}
	to, err := entryPath(path.Join(class, path.Base(name)))
	if err != nil {
		return "", fmt.Errorf("data: %s: %w", c.name, err)
	}
	if to == name {
		return name, nil
	}
	to = c.free(to)
	return to, c.record(change{Move: &[2]string{name, to}})
}

// Remove takes a picture out. Its bytes stay on disk until the collection goes.
func (c *Collection) Remove(name string) error {
	if _, ok := c.byPath[name]; !ok {
		return c.unknown(name)
	}
	return c.record(change{Remove: name})
}

// MaxClassName keeps a class's name fit for a folder on every system, in bytes.
const MaxClassName = 60

// CheckClass refuses what no class can be called: a name that is no folder
// everywhere, that is passed over, or that divides a data set.
func CheckClass(class string) error {
	if class == "" || len(class) > MaxClassName || strings.ContainsAny(class, `/\:`) ||
		strings.HasPrefix(class, ".") || strings.HasPrefix(class, "__") || splitOf(class) != "" {
		return fmt.Errorf("data: a class cannot be called %q", class)
	}
	return nil
}

// KeepClass keeps a class whether it has pictures or not.
func (c *Collection) KeepClass(class string) error {
	if err := CheckClass(class); err != nil {
		return err
	}
	if slices.Contains(c.classes, class) {
		return nil
	}
	return c.record(change{Keep: class})
}

// DropClass keeps it no longer; pictures that it has stay.
func (c *Collection) DropClass(class string) error {
	if !slices.Contains(c.classes, class) {
		return nil
	}
	return c.record(change{Drop: class})
}

// Classes are those that KeepClass keeps, in the order in which they came.
func (c *Collection) Classes() []string { return slices.Clone(c.classes) }

// Rename changes what the collection is called in messages.
func (c *Collection) Rename(name string) { c.name = name }

func (c *Collection) unknown(name string) error {
	return fmt.Errorf("data: %s: there is no picture %s", c.name, name)
}

// Entries are the pictures in the order in which they came.
func (c *Collection) Entries() []Entry {
	return slices.DeleteFunc(slices.Clone(c.entries), func(e Entry) bool { return e.Path == "" })
}

// CountPictures is how many pictures a collection holds, by its journal alone. It
// looks at how lines begin: a list of projects must not parse thousands.
func CountPictures(journal []byte) int {
	n := 0
	for line := range bytes.Lines(journal) {
		switch {
		case !bytes.HasSuffix(line, []byte("\n")): // cut off in mid-writing
		case bytes.HasPrefix(line, []byte(`{"add":`)):
			n++
		case bytes.HasPrefix(line, []byte(`{"remove":`)):
			n--
		}
	}
	return n
}

// Bytes is what the collection takes on disk.
func (c *Collection) Bytes() int64 { return c.content.Size() + c.journal.Size() }

// Read returns the file of a picture.
func (c *Collection) Read(name string) ([]byte, error) {
	i, ok := c.byPath[name]
	if !ok {
		return nil, c.unknown(name)
	}
	b, err := io.ReadAll(c.section(c.entries[i]))
	if err != nil {
		return nil, fmt.Errorf("data: %s: %s: %w", c.name, name, err)
	}
	return b, nil
}

func (c *Collection) section(e Entry) io.Reader { return io.NewSectionReader(c.content, e.At, e.Size) }

// Dataset is the collection as it is now; later changes do not touch it.
func (c *Collection) Dataset(o DatasetOptions) (*Dataset, error) {
	var files []file
	for _, e := range c.Entries() {
		files = append(files, file{path: e.Path, size: e.Size, open: func() (io.ReadCloser, error) {
			return io.NopCloser(c.section(e)), nil
		}})
	}
	src, err := newSource(c.name, files)
	if err != nil {
		return nil, err
	}
	return newDataset(c.name, src, o)
}

// Fingerprint changes with the pictures and their classes, whatever their order.
func (c *Collection) Fingerprint() string {
	entries := c.Entries()
	lines := make([]string, len(entries))
	for i, e := range entries {
		lines[i] = e.Path + "\x00" + e.Hash
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:8])
}

// WriteZip writes the pictures below a folder of a zip file.
func (c *Collection) WriteZip(z *zip.Writer, folder string) error {
	for _, e := range c.Entries() {
		// Pictures are compressed already.
		w, err := z.CreateHeader(&zip.FileHeader{Name: path.Join(folder, e.Path), Method: zip.Store})
		if err == nil {
			_, err = io.Copy(w, c.section(e))
		}
		if err != nil {
			return fmt.Errorf("data: %s: %s: %w", c.name, e.Path, err)
		}
	}
	return nil
}

// Close closes both files.
func (c *Collection) Close() error { return errors.Join(c.content.Close(), c.journal.Close()) }
