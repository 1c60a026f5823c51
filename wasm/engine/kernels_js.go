package main

// kernelFiles keeps what was measured of the kernels, beside the projects; it is a
// tune.Store.
type kernelFiles struct{}

const kernelsFolder = "kernels"

func (kernelFiles) storage() (*storage, error) {
	dir, err := topFolder(kernelsFolder)
	return &storage{dir: dir}, err
}

// Read implements tune.Store.
func (k kernelFiles) Read(name string) ([]byte, error) {
	s, err := k.storage()
	if err != nil {
		return nil, err
	}
	return s.Read(name)
}

// Write implements tune.Store.
func (k kernelFiles) Write(name string, b []byte) error {
	s, err := k.storage()
	if err != nil {
		return err
	}
	return s.put(name, b, false)
}

// Remove implements tune.Store.
func (k kernelFiles) Remove(name string) error {
	s, err := k.storage()
	if err != nil {
		return err
	}
	return removeEntry(s.dir, name)
}
