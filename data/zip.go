package data

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// OpenZip opens a zip file of pictures of the given size in bytes; name serves
// for messages. A zip file with an entry that points outside of it is refused
// as a whole: no tool writes that by mistake. Nothing is ever unpacked to disk.
func OpenZip(name string, r io.ReaderAt, size int64) (Source, error) {
	s, err := openZip(name, r, size)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func openZip(name string, r io.ReaderAt, size int64) (*source, error) {
	z, err := zip.NewReader(r, size)
	// Paths are judged below, whatever the reader thinks of them.
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("data: %s: want a folder or a zip file of pictures: %w", name, err)
	}
	var files []file
	var folders []string
	for _, f := range z.File {
		entry, err := entryPath(f.Name)
		if err != nil {
			return nil, fmt.Errorf("data: %s: %w", name, err)
		}
		if passedOver(entry) {
			continue
		}
		if f.Mode().IsDir() {
			folders = append(folders, entry)
		} else if d := path.Dir(entry); d != "." {
			folders = append(folders, d)
		}
		if !f.Mode().IsRegular() || !looksLikePicture(entry) {
			continue
		}
		const encrypted = 1
		if f.Flags&encrypted != 0 {
			return nil, fmt.Errorf("data: %s: entry %q is encrypted: unpack the file and open the folder", name, f.Name)
		}
		files = append(files, file{
			path: entry,
			size: int64(min(f.UncompressedSize64, MaxFileSize+1)), // keeps a huge lie positive
			open: f.Open,
		})
	}
	s, err := newSource(name, files)
	if err != nil {
		return nil, err
	}
	s.empty = emptyFolders(folders, files)
	return s, nil
}

// entryPath returns the path of an entry with slashes, or an error where it
// would lead out of the archive. Some Windows tools write backslashes.
func entryPath(name string) (string, error) {
	p := strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "./")
	p = strings.TrimSuffix(p, "/")
	drive := len(p) >= 2 && p[1] == ':'
	if !fs.ValidPath(p) || drive {
		return "", fmt.Errorf("entry %q leads out of the archive: refused", name)
	}
	return p, nil
}
