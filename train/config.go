package train

// Config is a run; see later.
type Config struct{}
