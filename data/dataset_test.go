package data

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// album returns a zip file with a small picture at every path that ends like
// one, a text at others, and a folder where it ends with a slash.
func album(t testing.TB, paths ...string) []byte {
	t.Helper()
	picture := pngFile(t, fields(8, 6))
	return encoded(t, func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, p := range paths {
			f, err := z.Create(p)
			if err != nil {
				return err
			}
			switch {
			case strings.HasSuffix(p, "/"):
			case looksLikePicture(p):
				_, err = f.Write(picture)
			default:
				_, err = io.WriteString(f, "text")
			}
			if err != nil {
				return err
			}
		}
		return z.Close()
	})
}

// unpacked writes the entries of a zip file into a folder.
func unpacked(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.CopyFS(root, z); err != nil {
		t.Fatal(err)
	}
	return root
}

// numbered returns prefix00.png, prefix01.png, ...
func numbered(prefix string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s%02d.png", prefix, i))
	}
	return out
}

// splitList writes a data set's splits as "train: path=label ...; val: ...".
func splitList(d *Dataset) string {
	var s strings.Builder
	for _, split := range []struct {
		name     string
		pictures []int
	}{{"train", d.Train}, {"val", d.Val}, {"test", d.Test}} {
		fmt.Fprintf(&s, "%s:", split.name)
		for _, i := range split.pictures {
			fmt.Fprintf(&s, " %s=%d", d.Name(i), d.Label(i))
		}
		s.WriteString("; ")
	}
	return strings.TrimSuffix(s.String(), "; ")
}

func TestDatasetFindsClassesAndSplits(t *testing.T) {
	labelled := DatasetOptions{Labelled: true}
	for _, tc := range []struct {
		name    string
		files   []string
		options DatasetOptions
		classes []string
		want    string
	}{
		{"classes", []string{"dog/1.png", "cat/1.png", "cat/deep/2.png", "notes.txt"}, labelled, []string{"cat", "dog"},
			"train: cat/1.png=0 cat/deep/2.png=0 dog/1.png=1; val:; test:"},
		{"splits", []string{"Train/cat/1.png", "Train/dog/1.png", "validation/cat/2.png", "validation/dog/2.png", "test/dog/3.png"}, labelled, []string{"cat", "dog"},
			"train: Train/cat/1.png=0 Train/dog/1.png=1; val: validation/cat/2.png=0 validation/dog/2.png=1; test: test/dog/3.png=1"},
		{"wrapped", []string{"set/", "set/cat/1.png", "set/dog/1.png", "__MACOSX/set/cat/1.png"}, labelled, []string{"cat", "dog"},
			"train: set/cat/1.png=0 set/dog/1.png=1; val:; test:"},
		{"only a folder train", []string{"train/cat/1.png", "train/dog/1.png"}, labelled, []string{"cat", "dog"},
			"train: train/cat/1.png=0 train/dog/1.png=1; val:; test:"},
		{"flat, unlabelled", []string{"b.png", "a.png"}, DatasetOptions{}, nil,
			"train: a.png=-1 b.png=-1; val:; test:"},
		{"classes, unlabelled", []string{"cat/1.png", "cat/Cat/1.png", "empty/", "2.png"}, DatasetOptions{}, nil,
			"train: 2.png=-1 cat/1.png=-1 cat/Cat/1.png=-1; val:; test:"},
		{"splits, unlabelled", []string{"train/cat/1.png", "train/2.png", "val/3.png", "test/4.png"}, DatasetOptions{ValShare: 0.5}, nil,
			"train: train/2.png=-1 train/cat/1.png=-1; val: val/3.png=-1; test: test/4.png=-1"},
		{"some classes of a run", []string{"dog/1.png"}, DatasetOptions{Labelled: true, Classes: []string{"wolf", "dog", "cat"}}, []string{"wolf", "dog", "cat"},
			"train: dog/1.png=1; val:; test:"},
		{"an exam for a run", []string{"val/dog/1.png", "test/cat/1.png"}, DatasetOptions{Labelled: true, Classes: []string{"dog", "cat"}}, []string{"dog", "cat"},
			"train:; val: val/dog/1.png=0; test: test/cat/1.png=1"},
	} {
		file := album(t, tc.files...)
		var files []File
		for _, p := range tc.files {
			if !strings.HasSuffix(p, "/") {
				files = append(files, File{p, pngFile(t, fields(8, 6))})
			}
		}
		for kind, open := range map[string]func() (*Dataset, error){
			"zip":    func() (*Dataset, error) { return ZipDataset("set", file, tc.options) },
			"folder": func() (*Dataset, error) { return OpenDataset(tc.options, unpacked(t, file)) },
			"files":  func() (*Dataset, error) { return FileDataset("set", files, tc.options) },
		} {
			d, err := open()
			if err != nil {
				t.Errorf("%s as %s: %v", tc.name, kind, err)
				continue
			}
			if got := splitList(d); got != tc.want || !slices.Equal(d.Classes, tc.classes) {
				t.Errorf("%s as %s: classes %q\n%s\nwant %q\n%s", tc.name, kind, d.Classes, got, tc.classes, tc.want)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestDatasetOfSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for name, file := range map[string][]byte{"cats.zip": album(t, "1.png", "2.png", "none/"), "dogs.zip": album(t, "1.png")} {
		paths = append(paths, filepath.Join(dir, name))
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(paths)
	d, err := OpenDataset(DatasetOptions{Labelled: true}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got, want := splitList(d), "train: cats/1.png=0 cats/2.png=0 dogs/1.png=1; val:; test:"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if b, err := d.Read(2); err != nil || !bytes.Equal(b, pngFile(t, fields(8, 6))) {
		t.Errorf("picture 2 reads %d bytes, %v", len(b), err)
	}
	twice, err := OpenDataset(DatasetOptions{}, paths[0], paths[0])
	if err != nil {
		t.Fatal(err)
	}
	defer twice.Close()
	if got, want := splitList(twice), "train: cats-2/1.png=-1 cats-2/2.png=-1 cats/1.png=-1 cats/2.png=-1; val:; test:"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The split is fixed by the seed, has a part of every class, and moves few
// pictures when others come.
func TestSeededSplit(t *testing.T) {
	paths := slices.Concat(numbered("cat/", 40), numbered("dog/", 11), numbered("owl/", 2), numbered("test/", 0))
	open := func(seed uint64, paths []string) *Dataset {
		d, err := ZipDataset("set", album(t, paths...), DatasetOptions{Labelled: true, ValShare: 0.2, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := open(1, paths)
	if !d.Seeded || !slices.Equal(d.Counts(d.Val), []int{8, 2, 1}) || !slices.Equal(d.Counts(d.Train), []int{32, 9, 1}) {
		t.Errorf("seeded %v, validation %v, training %v, want 8, 2, 1 and 32, 9, 1 pictures of each class", d.Seeded, d.Counts(d.Val), d.Counts(d.Train))
	}
	all := slices.Concat(d.Train, d.Val)
	slices.Sort(all)
	if !slices.Equal(all, d.All()) {
		t.Error("training and validation are not all pictures, each once")
	}
	names := func(d *Dataset) (out []string) {
		for _, i := range d.Val {
			out = append(out, d.Name(i))
		}
		return out
	}
	if !slices.Equal(names(open(1, paths)), names(d)) {
		t.Error("the same seed gives another split")
	}
	if slices.Equal(names(open(2, paths)), names(d)) {
		t.Error("another seed gives the same split")
	}
	wrapped := open(1, wrap("set/", paths))
	if got := names(wrapped); !slices.Equal(got, wrap("set/", names(d))) {
		t.Error("a folder around it all gives another split")
	}
	more := names(open(1, append(slices.Clone(paths), "cat/extra.png")))
	kept := 0
	for _, n := range names(d) {
		if slices.Contains(more, n) {
			kept++
		}
	}
	if kept < len(d.Val)-1 {
		t.Errorf("one more picture keeps %d of %d in validation, want all but one at least", kept, len(d.Val))
	}
	// A folder test is left alone, and its pictures are not in the split.
	exam, err := ZipDataset("set", album(t, slices.Concat(numbered("train/cat/", 10), numbered("train/dog/", 10), numbered("test/cat/", 3), numbered("test/dog/", 3))...),
		DatasetOptions{Labelled: true, ValShare: 0.3})
	if err != nil {
		t.Fatal(err)
	}
	if len(exam.Train) != 14 || len(exam.Val) != 6 || len(exam.Test) != 6 || !strings.HasPrefix(exam.Name(exam.Test[0]), "test/") {
		t.Errorf("%d, %d, %d pictures, want 14, 6, 6: %s", len(exam.Train), len(exam.Val), len(exam.Test), splitList(exam))
	}
}

// wrap puts a folder around all paths.
func wrap(folder string, paths []string) (out []string) {
	for _, p := range paths {
		out = append(out, folder+p)
	}
	return out
}

func TestSeededSplitLeavesSomethingToLearnFrom(t *testing.T) {
	d, err := ZipDataset("set", album(t, append(numbered("cat/", 2), numbered("dog/", 9)...)...), DatasetOptions{Labelled: true, ValShare: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Counts(d.Train), []int{1, 1}) || !slices.Equal(d.Counts(d.Val), []int{1, 8}) {
		t.Errorf("training %v, validation %v, want 1, 1 and 1, 8", d.Counts(d.Train), d.Counts(d.Val))
	}
}

func TestDatasetErrors(t *testing.T) {
	labelled := DatasetOptions{Labelled: true, ValShare: 0.2}
	two := []string{"cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"}
	with := func(more ...string) []string { return append(slices.Clone(two), more...) }
	for _, tc := range []struct {
		files   []string
		options DatasetOptions
		want    string
	}{
		{[]string{"notes.txt", "cat/"}, labelled,
			"no pictures found: want files that end in .jpg, .jpeg, .jfif, .png, .gif, .webp, .bmp, .tif, .tiff"},
		{[]string{"1.png", "2.png"}, labelled,
			"found no class folders: want the pictures of each class in a folder of its own, at least two classes"},
		{[]string{"train/1.png", "val/2.png"}, labelled,
			"found no class folders: want the pictures of each class in a folder of its own, at least two classes"},
		{[]string{"cat/1.png", "cat/2.png"}, labelled, `found one class only, "cat": want at least two class folders`},
		{[]string{"train/cat/1.png", "val/cat/2.png"}, labelled, `found one class only, "cat": want at least two class folders`},
		{[]string{"cat/1.png", "cat/2.png", "dog/1.png"}, labelled,
			`class "dog" has one picture: want at least two, one to learn from and one to validate with`},
		{with("owl/"), labelled, `folder "owl" holds no pictures: add some or remove it`},
		{with("owl/notes.txt"), labelled, `folder "owl" holds no pictures: add some or remove it`},
		{[]string{"cat/1.png", "cat/2.png", "dog/"}, labelled, `folder "dog" holds no pictures: add some or remove it`},
		{[]string{"train/cat/1.png", "train/dog/1.png", "val/cat/1.png", "val/dog/"}, labelled, `folder "val/dog" holds no pictures: add some or remove it`},
		{with("Cat/3.png"), labelled, `folders "Cat" and "cat" differ in case only: rename or merge them`},
		{[]string{"train/cat/1.png", "train/dog/1.png", "val/Cat/1.png", "val/dog/1.png"}, labelled, `folders "Cat" and "cat" differ in case only: rename or merge them`},
		{[]string{"train/cat/1.png", "train/dog/1.png", "Train/cat/2.png"}, labelled, `folders "Train" and "train" mean the same: merge them`},
		{[]string{"train/cat/1.png", "train/dog/1.png", "val/cat/2.png", "valid/dog/2.png"}, labelled, `folders "val" and "valid" mean the same: merge them`},
		{[]string{"train/cat/1.png", "train/dog/1.png", "val/cat/1.png"}, labelled, `class "dog" is in training but not in validation: want the same classes in both`},
		{[]string{"train/cat/1.png", "train/dog/1.png", "val/cat/1.png", "val/dog/1.png", "val/owl/1.png"}, labelled, `class "owl" is in validation but not in training: want the same classes in both`},
		{[]string{"train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "train/dog/2.png", "test/owl/1.png"}, labelled, `class "owl" is in test but not in training: want no class there that was never learned`},
		{[]string{"val/cat/1.png", "test/dog/1.png"}, labelled, `found folders for validation or test and none for training: add a folder "train"`},
		{with("cover.png", "x.png"), labelled, `found pictures outside the class folders (2), such as "cover.png": move them into one or remove them`},
		{[]string{"cat/1.png", "train.png"}, DatasetOptions{Labelled: true, Classes: []string{"dog", "owl"}}, `found pictures outside the class folders (1), such as "train.png": move them into one or remove them`},
		{two, DatasetOptions{Labelled: true, Classes: []string{"dog", "owl"}}, `class "cat" is unknown: want "dog", "owl"`},
		{[]string{"1.png"}, DatasetOptions{ValShare: 0.1}, "found one picture: want at least two, one to learn from and one to validate with"},
		{two, DatasetOptions{ValShare: 1}, "validation share is 1, want at least 0 and under 1"},
		{two, DatasetOptions{ValShare: math.NaN()}, "validation share is NaN, want at least 0 and under 1"},
		{with("../up.png"), labelled, `entry "../up.png" leads out of the archive: refused`},
		{with("/etc/x.png"), labelled, `entry "/etc/x.png" leads out of the archive: refused`},
	} {
		_, err := ZipDataset("set.zip", album(t, tc.files...), tc.options)
		wantError(t, strings.Join(tc.files, " "), err, "data: set.zip: "+tc.want)
	}
	_, err := FileDataset("drop", []File{{"a/../../x.png", nil}}, labelled)
	wantError(t, "files", err, `data: drop: entry "a/../../x.png" leads out of the archive: refused`)
	root := unpacked(t, album(t, with("owl/notes.txt")...))
	_, err = OpenDataset(labelled, root)
	wantError(t, "folder", err, "data: "+root+`: folder "owl" holds no pictures: add some or remove it`)
}

func TestDatasetOfUnreadablePictures(t *testing.T) {
	const reason = `found text ("hello"): want a picture: JPEG, PNG, GIF, WebP, BMP or TIFF`
	hello := []byte("hello")
	files := []File{{"cat/1.png", hello}, {"cat/2.png", hello}, {"dog/1.png", hello}, {"dog/2.png", hello}}
	_, err := FileDataset("set", files, DatasetOptions{Labelled: true, ValShare: 0.2})
	wantError(t, "all unreadable", err, "data: set: none of its pictures (4) can be read; the first: data: cat/1.png: "+reason)
	files[3].Content = pngFile(t, image.NewGray(image.Rect(0, 0, 3, 2)))
	if _, err := FileDataset("set", files, DatasetOptions{Labelled: true, ValShare: 0.2}); err != nil {
		t.Errorf("one readable picture: %v", err)
	}
}

// tenGigabytes returns a zip file whose only entry is ten gigabytes of zeros,
// which is what its header says.
func tenGigabytes(t *testing.T, name string) []byte {
	t.Helper()
	block := encoded(t, func(w io.Writer) error { // 16 MB of zeros
		f, err := flate.NewWriter(w, flate.BestSpeed)
		if err != nil {
			return err
		}
		if _, err := f.Write(make([]byte, 16<<20)); err != nil {
			return err
		}
		return f.Flush() // ends on a whole byte, so that blocks can follow one another
	})
	packed := append(bytes.Repeat(block, 640), 3, 0) // and an empty last block
	return encoded(t, func(w io.Writer) error {
		z := zip.NewWriter(w)
		f, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil),
			CompressedSize64: uint64(len(packed)), UncompressedSize64: 640 * 16 << 20,
		})
		if err != nil {
			return err
		}
		if _, err := f.Write(packed); err != nil {
			return err
		}
		return z.Close()
	})
}

func TestTenGigabytesOfZeros(t *testing.T) {
	_, err := ZipDataset("set.zip", tenGigabytes(t, "bomb.png"), DatasetOptions{})
	wantError(t, "bomb", err, "data: set.zip: none of its pictures (1) can be read; the first: data: bomb.png: file is larger than 200 MB unpacked: leave it out")
}

func TestCheckClasses(t *testing.T) {
	d, err := ZipDataset("set.zip", album(t, "cat/1.png", "dog/1.png"), DatasetOptions{Labelled: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.CheckClasses([]string{"cat", "dog"}); err != nil {
		t.Error(err)
	}
	wantError(t, "older run", d.CheckClasses([]string{"cat", "owl"}), `data: set.zip: found classes "cat", "dog", the run has "cat", "owl": want the same`)
	many := make([]string, 13)
	for i := range many {
		many[i] = string(rune('a' + i))
	}
	wantError(t, "many", d.CheckClasses(many), `data: set.zip: found classes "cat", "dog", the run has "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", and 3 more: want the same`)
}
