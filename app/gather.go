package app

import (
	"errors"
	"path"
	"strings"
	"time"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/data"
)

// given is a file of the browser with its path in what was dropped or chosen.
type given struct {
	path string
	file ui.Value
}

// listed are the files of a FileList; those of a chosen folder know their paths.
func listed(list ui.Value) []given {
	var out []given
	if !list.Truthy() {
		return nil
	}
	for i := range list.Length() {
		file := list.Index(i)
		name := file.Get("name").String()
		if p := file.Get("webkitRelativePath"); p.Truthy() {
			name = p.String()
		}
		out = append(out, given{name, file})
	}
	return out
}

// breather is how long files are looked at before the page has its turn, and pause how
// long that is.
const (
	breather = 15 * time.Millisecond
	pause    = 5 * time.Millisecond
)

// picks says where files go: to a class, or, with "", to the classes that their
// folders name. A zip file brings its own folders. It blocks now and then, and must
// not be called by an event handler.
func picks(files []given, class string) []picked {
	var paths []string
	var zips, loose []given
	for _, f := range files {
		switch {
		case strings.HasPrefix(path.Base(f.path), "."):
		case strings.EqualFold(path.Ext(f.path), ".zip"):
			zips = append(zips, f)
		default:
			paths, loose = append(paths, f.path), append(loose, f)
		}
	}
	if class == "" {
		paths = data.ByClass(paths, "")
	} else {
		for i, p := range paths {
			paths[i] = path.Join(class, path.Base(p))
		}
	}
	var out []picked
	begin := time.Now()
	for i, f := range loose {
		if time.Since(begin) > breather {
			time.Sleep(pause)
			begin = time.Now()
		}
		out = append(out, f.picked(paths[i]))
	}
	for _, f := range zips {
		out = append(out, f.picked(path.Join(class, path.Base(f.path))))
	}
	return out
}

func (g given) picked(to string) picked {
	return picked{path: to, size: int64(g.file.Get("size").Float()), open: func() string { return addressOf(g.file) }}
}

// addressOf gives a Blob of the browser an address.
func addressOf(blob ui.Value) string {
	return ui.Window().Get("URL").Call("createObjectURL", blob).String()
}

// forgetAddress takes it back.
func forgetAddress(url string) { ui.Window().Get("URL").Call("revokeObjectURL", url) }

// dropped are the entries of a drop, which must be taken while its event is handled.
func dropped(e ui.Event) []ui.Value {
	items := e.Get("dataTransfer").Get("items")
	var entries []ui.Value
	for i := range items.Length() {
		if entry := items.Index(i).Call("webkitGetAsEntry"); entry.Truthy() {
			entries = append(entries, entry)
		}
	}
	return entries
}

// walk reads entries and the folders below them. It blocks, and must not be called
// by an event handler.
func walk(entries []ui.Value) []given {
	var out []given
	for _, e := range entries {
		if e.Get("isFile").Bool() {
			if file, err := called(e, "file"); err == nil {
				out = append(out, given{strings.TrimPrefix(e.Get("fullPath").String(), "/"), file})
			}
			continue
		}
		for reader := e.Call("createReader"); ; { // it gives a hundred at a time
			list, err := called(reader, "readEntries")
			if err != nil || list.Length() == 0 {
				break
			}
			var below []ui.Value
			for i := range list.Length() {
				below = append(below, list.Index(i))
			}
			out = append(out, walk(below)...)
		}
	}
	return out
}

// called calls a method that answers to one of two functions, and waits.
func called(v ui.Value, method string) (ui.Value, error) {
	type outcome struct {
		value ui.Value
		err   error
	}
	done := make(chan outcome, 1)
	good := ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
		done <- outcome{value: args[0]}
		return nil
	})
	defer good.Release()
	bad := ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
		done <- outcome{err: errors.New(args[0].Get("name").String())}
		return nil
	})
	defer bad.Release()
	v.Call(method, good, bad)
	o := <-done
	return o.value, o.err
}
