package app

import "unmask/session"

// exports are files on their way out.
type exports struct {
	*desk
	asked map[int]func(e session.Event) // what is done with each answer
}

// ask sends a command that answers with a file.
func (f *exports) ask(c session.Command, then func(e session.Event)) []request {
	r := f.command(c)
	if f.asked == nil {
		f.asked = map[int]func(session.Event){}
	}
	f.asked[r.ID] = then
	return []request{r}
}

// export saves the best weights of a run in a key style.
func (f *exports) export(kind session.Kind, keys string) []request {
	return f.ask(session.Command{Do: session.DoConvert, Kind: kind, Keys: keys}, func(e session.Event) { f.save(e.Blobs[0], e.Note) })
}

// handle reports whether an event brought such a file, or why there is none.
func (f *exports) handle(e session.Event) bool {
	then, ok := f.asked[e.ID]
	if !ok {
		return false
	}
	delete(f.asked, e.ID)
	switch {
	case e.Kind == session.EvFile && len(e.Blobs) > 0:
		then(e)
	case e.Kind == session.EvError:
		f.report(e.Error)
	}
	return true
}
