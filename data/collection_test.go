package data

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"strings"
	"testing"
)

// disk is a Growing in memory that survives being closed. It takes room bytes more
// and is full then.
type disk struct {
	bytes []byte
	room  int
}

func (d *disk) ReadAt(b []byte, at int64) (int, error) { return bytes.NewReader(d.bytes).ReadAt(b, at) }
func (d *disk) Size() int64                            { return int64(len(d.bytes)) }
func (d *disk) Close() error                           { return nil }

func (d *disk) Append(b []byte) error {
	n := min(len(b), d.room)
	d.bytes, d.room = append(d.bytes, b[:n]...), d.room-n
	if n < len(b) {
		return errors.New("disk full")
	}
	return nil
}

func (d *disk) Truncate(size int64) error {
	d.room += len(d.bytes) - int(size)
	d.bytes = d.bytes[:size]
	return nil
}

// pair is the two files of a collection.
func pair() (content, journal *disk) { return &disk{room: 1 << 30}, &disk{room: 1 << 30} }

func collection(t *testing.T, content, journal *disk) *Collection {
	t.Helper()
	c, err := OpenCollection("pets", content, journal)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tiny is a small picture that differs by n.
func tiny(n byte) []byte {
	p := NewPicture(8, 8)
	for i := range p.Pix {
		p.Pix[i] = float32(n) / 255
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p.Image()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func add(t *testing.T, c *Collection, name string, file []byte) (added []Entry, refused []Refusal) {
	t.Helper()
	added, refused, err := c.Add(name, file)
	if err != nil {
		t.Fatal(err)
	}
	return added, refused
}

func paths(c *Collection) []string {
	list := []string{}
	for _, e := range c.Entries() {
		list = append(list, e.Path)
	}
	return list
}

func TestCollectionKeepsChanges(t *testing.T) {
	content, journal := pair()
	c := collection(t, content, journal)
	add(t, c, "cat/1.png", tiny(1))
	add(t, c, "cat/2.png", tiny(2))
	add(t, c, "dog/1.png", tiny(3))
	if added, _ := add(t, c, "cat/1.png", tiny(4)); added[0].Path != "cat/1-2.png" {
		t.Errorf("a second cat/1.png is called %s", added[0].Path)
	}
	if to, err := c.Move("cat/1.png", "dog"); err != nil || to != "dog/1-2.png" {
		t.Errorf("moved to %q, %v", to, err)
	}
	if err := c.Remove("cat/2.png"); err != nil {
		t.Fatal(err)
	}
	add(t, c, "cat/2.png", tiny(2)) // one that was removed may come back
	want := []string{"dog/1-2.png", "dog/1.png", "cat/1-2.png", "cat/2.png"}
	for _, c := range []*Collection{c, collection(t, content, journal)} {
		if got := paths(c); !slices.Equal(got, want) {
			t.Errorf("holds %v, want %v", got, want)
		}
		if b, err := c.Read("dog/1-2.png"); err != nil || !bytes.Equal(b, tiny(1)) {
			t.Errorf("the moved picture reads as %d bytes, %v", len(b), err)
		}
		d, err := c.Dataset(DatasetOptions{Labelled: true})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(d.Classes, []string{"cat", "dog"}) || !slices.Equal(d.Counts(d.All()), []int{2, 2}) {
			t.Errorf("classes %v with %v pictures", d.Classes, d.Counts(d.All()))
		}
		if b, err := d.Read(0); err != nil || !bytes.Equal(b, tiny(4)) {
			t.Errorf("%s reads as %d bytes, %v", d.Name(0), len(b), err)
		}
	}
	if _, err := c.Move("cat/9.png", "dog"); err == nil || c.Remove("cat/9.png") == nil {
		t.Error("a picture that is not there was moved or removed")
	}
	if _, err := c.Move("cat/2.png", "../dog"); err == nil {
		t.Error("a picture was moved out of the collection")
	}
}

func TestFingerprintFollowsPicturesAndClasses(t *testing.T) {
	a, b := collection(t, &disk{room: 1 << 20}, &disk{room: 1 << 20}), collection(t, &disk{room: 1 << 20}, &disk{room: 1 << 20})
	add(t, a, "x/1.png", tiny(1))
	add(t, a, "y/2.png", tiny(2))
	add(t, b, "y/2.png", tiny(2))
	add(t, b, "x/1.png", tiny(1))
	if a.Fingerprint() != b.Fingerprint() {
		t.Error("the order changes the fingerprint")
	}
	if _, err := b.Move("x/1.png", "y"); err != nil || a.Fingerprint() == b.Fingerprint() {
		t.Errorf("a move does not change the fingerprint (%v)", err)
	}
}

func TestCollectionRefuses(t *testing.T) {
	c := collection(t, &disk{room: 1 << 20}, &disk{room: 1 << 20})
	add(t, c, "cat/1.png", tiny(1))
	for _, r := range []struct {
		name string
		file []byte
		want string
	}{
		{"dog/same.png", tiny(1), "the same picture is there as cat/1.png"},
		{"cat/notes.jpg", []byte("hello"), "text (\"hello\")"},
		{"cat/empty.png", nil, "an empty file"},
		{"../up.png", tiny(2), "leads out"},
		{"cat/.hidden.png", tiny(2), "hidden"},
		{"broken.zip", []byte("PK"), "want a folder or a zip file"},
	} {
		added, refused := add(t, c, r.name, r.file)
		if len(added) != 0 || len(refused) != 1 || !strings.Contains(refused[0].Why, r.want) || refused[0].Path != r.name {
			t.Errorf("%s: added %v, refused %v, want %q", r.name, added, refused, r.want)
		}
	}
	if got := paths(c); len(got) != 1 {
		t.Errorf("holds %v", got)
	}
}

func TestCollectionTakesAndWritesZips(t *testing.T) {
	c := collection(t, &disk{room: 1 << 20}, &disk{room: 1 << 20})
	add(t, c, "cat/1.png", tiny(1))
	add(t, c, "dog/2.png", tiny(2))
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	if err := errors.Join(c.WriteZip(z, "pictures"), z.Close()); err != nil {
		t.Fatal(err)
	}
	other := collection(t, &disk{room: 1 << 20}, &disk{room: 1 << 20})
	if added, refused := add(t, other, "in/pets.zip", file.Bytes()); len(added) != 2 || len(refused) != 0 {
		t.Errorf("added %v, refused %v", added, refused)
	}
	if got := paths(other); !slices.Equal(got, []string{"in/pictures/cat/1.png", "in/pictures/dog/2.png"}) {
		t.Errorf("holds %v", got)
	}
}

// TestCollectionSurvivesACut: whatever the moment at which the program dies, the
// collection opens and holds what was complete.
func TestCollectionSurvivesACut(t *testing.T) {
	content, journal := pair()
	c := collection(t, content, journal)
	add(t, c, "cat/1.png", tiny(1))
	whole := len(journal.bytes)
	add(t, c, "cat/2.png", tiny(2))
	for cut := whole; cut < len(journal.bytes); cut++ {
		j := &disk{bytes: slices.Clone(journal.bytes[:cut]), room: 1 << 20}
		again := collection(t, &disk{bytes: slices.Clone(content.bytes), room: 1 << 20}, j)
		if got := paths(again); !slices.Equal(got, []string{"cat/1.png"}) {
			t.Fatalf("cut at %d: holds %v", cut, got)
		}
		add(t, again, "cat/3.png", tiny(3))
		if b, err := again.Read("cat/3.png"); err != nil || !bytes.Equal(b, tiny(3)) {
			t.Fatalf("cut at %d: a new picture reads as %d bytes, %v", cut, len(b), err)
		}
	}
	for name, damage := range map[string]func(c, j *disk){
		"a line that is no JSON":     func(_, j *disk) { j.bytes[1] = '!' },
		"pictures that were cut off": func(c, _ *disk) { c.bytes = c.bytes[:10] },
	} {
		content, journal := &disk{bytes: slices.Clone(content.bytes)}, &disk{bytes: slices.Clone(journal.bytes)}
		damage(content, journal)
		if _, err := OpenCollection("pets", content, journal); err == nil || !strings.Contains(err.Error(), "pets: line ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCollectionOnAFullDisk(t *testing.T) {
	for _, full := range []string{"content", "journal"} {
		content, journal := pair()
		c := collection(t, content, journal)
		add(t, c, "cat/1.png", tiny(1))
		if full == "content" {
			content.room = 20
		} else {
			journal.room = 20
		}
		if _, _, err := c.Add("cat/2.png", tiny(2)); err == nil {
			t.Fatalf("%s: a full disk took a picture", full)
		}
		content.room, journal.room = 1<<20, 1<<20
		add(t, c, "cat/3.png", tiny(3))
		again := collection(t, content, journal)
		if got := paths(again); !slices.Equal(got, []string{"cat/1.png", "cat/3.png"}) {
			t.Errorf("%s: holds %v", full, got)
		}
		if b, err := again.Read("cat/3.png"); err != nil || !bytes.Equal(b, tiny(3)) {
			t.Errorf("%s: reads as %d bytes, %v", full, len(b), err)
		}
	}
}

// TestEmptyClassesAreKept across an opening, until they are dropped.
func TestEmptyClassesAreKept(t *testing.T) {
	content, journal := pair()
	c := collection(t, content, journal)
	for _, class := range []string{"dog", "cat", "dog"} {
		if err := c.KeepClass(class); err != nil {
			t.Fatal(err)
		}
	}
	for _, class := range []string{"", "a/b", "../up", "/", ".", "..", ".git", "a:b", `a\b`, "__MACOSX", "Train", "test", strings.Repeat("x", 61)} {
		if err := c.KeepClass(class); err == nil {
			t.Errorf("a class %q is kept", class)
		}
	}
	add(t, c, "cat/1.png", tiny(1))
	again := collection(t, content, journal)
	if got := again.Classes(); !slices.Equal(got, []string{"dog", "cat"}) {
		t.Errorf("after opening it again the classes are %q", got)
	}
	for range 2 { // the second time there is nothing to drop
		if err := again.DropClass("dog"); err != nil {
			t.Fatal(err)
		}
	}
	if got := collection(t, content, journal).Classes(); !slices.Equal(got, []string{"cat"}) {
		t.Errorf("after one was dropped the classes are %q", got)
	}
}

// TestManyRemovals: what stays keeps its place and its bytes, whatever goes in which
// order, and so it is when the collection is opened again.
func TestManyRemovals(t *testing.T) {
	content, journal := pair()
	c := collection(t, content, journal)
	var want []string
	for i := range 40 {
		p := fmt.Sprintf("cat/%02d.png", i)
		add(t, c, p, tiny(byte(i)))
		want = append(want, p)
	}
	check := func(what string, c *Collection) {
		t.Helper()
		if got := paths(c); !slices.Equal(got, want) {
			t.Fatalf("%s: holds %v, want %v", what, got, want)
		}
		for _, p := range want {
			var i int
			if _, err := fmt.Sscanf(p, "cat/%d.png", &i); err != nil {
				t.Fatal(err)
			}
			if b, err := c.Read(p); err != nil || !bytes.Equal(b, tiny(byte(i))) {
				t.Fatalf("%s: %s holds other bytes (%v)", what, p, err)
			}
		}
	}
	for k := 7; len(want) > 3; k = (k*5 + 3) % 1009 {
		at := k % len(want)
		if err := c.Remove(want[at]); err != nil {
			t.Fatal(err)
		}
		want = slices.Delete(want, at, at+1)
		check("after a removal", c)
	}
	check("opened again", collection(t, content, journal))
	if _, err := c.Move(want[0], "dog"); err != nil {
		t.Fatal(err)
	}
	for cut, n := range map[int]int{0: len(want), 1: len(want), len(journal.bytes): 0} { // what is cut off is a move
		if got := CountPictures(journal.bytes[:len(journal.bytes)-cut]); got != n {
			t.Errorf("without the last %d bytes %d pictures are counted, want %d", cut, got, n)
		}
	}
}
