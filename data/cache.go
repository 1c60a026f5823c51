package data

import (
	"cmp"
	"image"
	"slices"
	"sync"
)

// Cache reads and decodes the pictures of a data set and keeps what fits into
// its bytes. What came first stays: an epoch takes every picture once, so
// whatever would be thrown out for a newer one would be needed just as soon. It
// also remembers which pictures cannot be read. It may be used by several
// goroutines, and by one loader after another.
type Cache struct {
	d      *Dataset
	bytes  int64
	shrink int

	large sync.Mutex // held while a large picture is decoded

	mu   sync.Mutex // guards all below
	kept map[int]*Bitmap
	free int64
	bad  map[int]error
}

// Unreadable is a picture that training passes over.
type Unreadable struct {
	Picture int // its number
	Name    string
	Err     error // names it, too
}

// NewCache returns an empty cache of the given bytes; 0 keeps nothing.
//
// A shrink over 0 is a shorter side in pixels: larger pictures are brought to it
// when they are decoded, so that more of them fit. It should be well over the
// side of the crops, twice or more, since they are taken from the smaller
// picture. Evaluation wants 0.
func NewCache(d *Dataset, bytes int64, shrink int) *Cache {
	return &Cache{d: d, bytes: bytes, shrink: shrink, kept: map[int]*Bitmap{}, free: bytes, bad: map[int]error{}}
}

// Dataset returns the data set whose pictures these are.
func (c *Cache) Dataset() *Dataset { return c.d }

// Load returns picture i, which nobody may change.
func (c *Cache) Load(i int) (*Bitmap, error) {
	c.mu.Lock()
	m, err := c.kept[i], c.bad[i]
	c.mu.Unlock()
	if m != nil || err != nil {
		return m, err
	}
	m, err = c.decode(i)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.bad[i] = err
		return nil, err
	}
	if size := int64(len(m.Pix)); size <= c.free && c.kept[i] == nil {
		c.kept[i] = m
		c.free -= size
	}
	return m, nil
}

func (c *Cache) decode(i int) (*Bitmap, error) {
	b, err := c.d.Read(i)
	if err != nil {
		return nil, err
	}
	f := &pictureFile{name: c.d.Name(i), content: b}
	m, err := f.bitmap(&c.large)
	if err != nil || c.shrink == 0 || min(m.W, m.H) <= c.shrink {
		return m, err
	}
	small := NewBitmap(shorterSideTo(m.W, m.H, c.shrink))
	new(resampler).resize(small, m, image.Rect(0, 0, m.W, m.H), false)
	return small, nil
}

// Kept returns how many pictures are in memory and their bytes.
func (c *Cache) Kept() (pictures int, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.kept), c.bytes - c.free
}

// Unreadable returns the pictures found so far that cannot be read, each once,
// by number.
func (c *Cache) Unreadable() []Unreadable {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Unreadable
	for i, err := range c.bad {
		out = append(out, Unreadable{i, c.d.Name(i), err})
	}
	slices.SortFunc(out, func(a, b Unreadable) int { return cmp.Compare(a.Picture, b.Picture) })
	return out
}
