package data

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree writes files, each holding its own path, and returns their folder.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, n := range names {
		full := filepath.Join(root, filepath.FromSlash(n))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// zipped returns a zip file of entries, each holding its own path.
func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// listing writes a source as "path:class" words.
func listing(s Source) string {
	var words []string
	for i := range s.Len() {
		words = append(words, fmt.Sprintf("%s:%d", s.Name(i), s.Class(i)))
	}
	return strings.Join(words, " ")
}

func TestOpenFindsPicturesAndClasses(t *testing.T) {
	for _, tc := range []struct {
		name    string
		files   []string
		list    string
		classes []string
	}{
		{"flat", []string{"b.JPG", "a.png", "notes.txt", ".hidden.png", "c.webp"},
			"a.png:-1 b.JPG:-1 c.webp:-1", nil},
		{"classes", []string{"dog/2.jpg", "cat/1.jpg", "cat/more/3.jpg", ".git/x.png"},
			"cat/1.jpg:0 cat/more/3.jpg:0 dog/2.jpg:1", []string{"cat", "dog"}},
		{"splits", []string{"val/dog/2.jpg", "train/cat/1.jpg", "Test/ape/3.gif"},
			"Test/ape/3.gif:0 train/cat/1.jpg:1 val/dog/2.jpg:2", []string{"ape", "cat", "dog"}},
		{"flat splits", []string{"val/2.jpg", "train/1.jpg"},
			"train/1.jpg:-1 val/2.jpg:-1", nil},
		{"wrapped", []string{"set/cat/1.jpg", "set/dog/2.jpg", "__MACOSX/set/cat/1.jpg"},
			"set/cat/1.jpg:0 set/dog/2.jpg:1", []string{"cat", "dog"}},
		{"one folder", []string{"set/1.jpg", "set/2.jpg"}, "set/1.jpg:-1 set/2.jpg:-1", nil},
		{"mixed", []string{"cat/1.jpg", "2.jpg"}, "2.jpg:-1 cat/1.jpg:0", []string{"cat"}},
	} {
		folder, err := Open(tree(t, tc.files...))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "set.zip")
		if err := os.WriteFile(path, zipped(t, tc.files...), 0o644); err != nil {
			t.Fatal(err)
		}
		archive, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for kind, s := range map[string]Source{"folder": folder, "zip": archive} {
			if got := listing(s); got != tc.list || !slices.Equal(s.Classes(), tc.classes) {
				t.Errorf("%s as %s: %s, classes %q, want %s, %q", tc.name, kind, got, s.Classes(), tc.list, tc.classes)
			}
			for i := range s.Len() {
				if b, err := s.Read(i); err != nil || string(b) != s.Name(i) {
					t.Errorf("%s as %s: file %d reads %q, %v, want %q", tc.name, kind, i, b, err, s.Name(i))
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestOpenFollowsALinkToAFolder(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(tree(t, "a.png"), link); err != nil {
		t.Skip("no links here:", err)
	}
	s, err := Open(link)
	if err != nil || listing(s) != "a.png:-1" {
		t.Errorf("source %v, error %v", s, err)
	}
}

func TestOpenErrors(t *testing.T) {
	empty := tree(t, "notes.txt")
	_, err := Open(empty)
	wantError(t, "no pictures", err, "data: "+empty+": no pictures found: want files that end in .jpg, .jpeg, .jfif, .png, .gif, .webp, .bmp, .tif, .tiff")
	text := filepath.Join(empty, "notes.txt")
	_, err = Open(text)
	wantError(t, "no zip", err, "data: "+text+": want a folder or a zip file of pictures: zip: not a valid zip file")
	if _, err = Open(filepath.Join(empty, "nothing")); err == nil || !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "data: ") {
		t.Errorf("missing: %v", err)
	}
}

func zipSource(b []byte) (Source, error) {
	return OpenZip("set.zip", bytes.NewReader(b), int64(len(b)))
}

func TestZipPathTricksAreRefused(t *testing.T) {
	for _, entry := range []string{"../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", `..\evil.jpg`, `C:\evil.jpg`, "C:/evil.jpg", "a//b.jpg", "../notes.txt"} {
		_, err := zipSource(zipped(t, "good.jpg", entry))
		wantError(t, entry, err, fmt.Sprintf("data: set.zip: entry %q leads out of the archive: refused", entry))
	}
	s, err := zipSource(zipped(t, "./a.jpg", `cat\b.jpg`, `dog\c.jpg`))
	if err != nil || listing(s) != "a.jpg:-1 cat/b.jpg:0 dog/c.jpg:1" {
		t.Errorf("harmless paths: %v, %v", s, err)
	}
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
func (zeros) Close() error               { return nil }
func endless() (io.ReadCloser, error)    { return zeros{}, nil }

func TestZipBombsAreBounded(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("bomb.png")
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for range MaxFileSize>>20 + 1 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const want = "data: bomb.png: file is larger than 200 MB unpacked: leave it out"
	s, err := zipSource(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Read(0)
	wantError(t, "honest", err, want)
}

// A file that is larger than it says is bounded while it is read.
func TestReadIsBoundedWhateverTheSizeSays(t *testing.T) {
	s, err := newSource("x", []file{{path: "bomb.png", size: 7, open: endless}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Read(0)
	wantError(t, "liar", err, "data: bomb.png: file is larger than 200 MB unpacked: leave it out")
}

func TestZipDamage(t *testing.T) {
	b := zipped(t, "a.jpg")
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	encrypted := slices.Clone(b)
	encrypted[at+8] |= 1
	_, err := zipSource(encrypted)
	wantError(t, "encrypted", err, `data: set.zip: entry "a.jpg" is encrypted: unpack the file and open the folder`)

	flipped := slices.Clone(b)
	flipped[bytes.Index(b, []byte("a.jpg"))+5+3] ^= 0x55 // inside the packed data
	s, err := zipSource(flipped)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Read(0); err == nil || !strings.HasPrefix(err.Error(), "data: a.jpg: ") {
		t.Errorf("damaged entry reads %q, %v", got, err)
	}
	_, err = zipSource(b[:len(b)/2])
	wantError(t, "cut", err, "data: set.zip: want a folder or a zip file of pictures: zip: not a valid zip file")
}
