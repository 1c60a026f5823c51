package data

import (
	"path"
	"slices"
	"strings"
)

// splitNames are the folders that divide a data set and are no classes, with
// the split that they mean.
var splitNames = map[string]string{
	"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test",
}

// place is where a file stands in a collection.
type place struct {
	split string // the split's folder as it is written, "" for none
	class string // the class folder, "" for none
	rest  string // the path below them
}

// layOut finds the place of each file. Folders that hold everything (an
// archive's top folder) do not count unless keep says so, nor does a level of
// splits; the next folder is the class.
func layOut(paths []string, keep func(folder string) bool) []place {
	dirs := make([][]string, len(paths))
	for i, p := range paths {
		if d := path.Dir(p); d != "." {
			dirs[i] = strings.Split(d, "/")
		}
	}
	dropCommon(dirs, keep)
	places := make([]place, len(paths))
	divided := !slices.ContainsFunc(dirs, func(d []string) bool { return len(d) == 0 || splitOf(d[0]) == "" })
	for i, d := range dirs {
		if divided {
			places[i].split, d = d[0], d[1:]
		}
		if len(d) > 0 {
			places[i].class, d = d[0], d[1:]
		}
		places[i].rest = path.Join(path.Join(d...), path.Base(paths[i]))
	}
	return places
}

// splitOf returns the split that a folder's name means, "" for none.
func splitOf(folder string) string { return splitNames[strings.ToLower(folder)] }

// dropCommon cuts off the leading folders that all paths share.
func dropCommon(dirs [][]string, keep func(folder string) bool) {
	for len(dirs[0]) > 0 && !keep(dirs[0][0]) {
		first := dirs[0][0]
		for _, d := range dirs {
			if len(d) == 0 || d[0] != first {
				return
			}
		}
		for i := range dirs {
			dirs[i] = dirs[i][1:]
		}
	}
}

// ByClass gives the files of a folder or zip the paths "class/name" of a collection.
// Classes are found as in a data set; where that finds none for a file, it is the
// folder that it lies in, and at the top the other one, such as the zip's own name.
// Folders for training, validation and test are no classes here: a collection sets
// pictures aside itself.
func ByClass(paths []string, other string) []string {
	if len(paths) == 0 {
		return nil
	}
	out := make([]string, len(paths))
	for i, p := range layOut(paths, func(string) bool { return false }) {
		class := p.class
		if class == "" {
			if dir := path.Base(path.Dir(paths[i])); dir != "." && splitOf(dir) == "" {
				class = dir
			} else {
				class = other
			}
		}
		out[i] = path.Join(class, path.Base(paths[i]))
	}
	return out
}
