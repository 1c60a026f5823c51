// Command unmask reconstructs hidden parts of photos with a masked autoencoder,
// classifies, looks inside, and serves the page that does the same in a browser.
// Exit codes: 0 done, 1 failed, 2 misused.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"unmask/internal/ref/blas"
	"unmask/session"
)

// app is what every command shares: the global flags and where to write.
type app struct {
	device string
	json   bool
	out    io.Writer // the result: text or one JSON document
	err    io.Writer // progress and messages
}

// usageError is a misuse: exit code 2.
type usageError struct{ error }

func main() {
	if os.Getenv("XDG_RUNTIME_DIR") == "" {
		// Without it, as in a container, graphics drivers complain on stderr for
		// want of a window system that nobody asked for.
		os.Setenv("XDG_RUNTIME_DIR", os.TempDir())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) (code int) {
	a := &app{out: out, err: errOut}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(errOut, "unmask:", message(err))
	var misuse usageError
	if errors.As(err, &misuse) {
		return 2
	}
	return 1
}

// message is the error with its remedy, as a person reads it.
func message(err error) string {
	if r := (remedied{}); errors.As(err, &r) {
		return r.Error() + "\nremedy: " + r.remedy
	}
	p := session.Explain(err)
	if p.Remedy == "" {
		return p.Text
	}
	return p.Text + "\nremedy: " + p.Remedy
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "unmask",
		Short:         "ConvNeXt V2 and its masked autoencoder on WebGPU",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("no command %q; unmask --help lists them", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVar(&a.device, "device", "auto", "what computes: auto, gpu or cpu")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print one JSON document on stdout")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; %s --help lists the flags", err, c.CommandPath())}
	})
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		switch a.device {
		case "auto", "gpu", "cpu":
			return nil
		}
		return usageError{fmt.Errorf("--device %q: want auto, gpu or cpu", a.device)}
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.serve(), a.reconstruct(), a.classify(), a.features(), a.eval(), a.collapse(), a.pretrain(), a.finetune(), a.convert(), a.inspect(), a.devices(), a.selftest(), a.bench())
	return root
}

// args checks the number of arguments; a wrong one is misuse.
func args(check cobra.PositionalArgs, want string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{fmt.Errorf("%s: want %s, got %d arguments", c.CommandPath(), want, len(args))}
		}
		return nil
	}
}

// session is one without a device yet.
func (a *app) session() *session.Session {
	return session.New(session.Options{MatMul: blas.MatMul, Tuned: tuned()})
}

// open returns a session on the device that --device names.
func (a *app) open(ctx context.Context) (*session.Session, error) {
	s := a.session()
	_, note, err := s.Open(ctx, a.device)
	if err != nil {
		return nil, err
	}
	a.note(note)
	return s, nil
}

// openWith is open with weights: those of a file, or the ones that ship with Unmask.
func (a *app) openWith(ctx context.Context, file string) (*session.Session, error) {
	name, b, err := weightsFile(file)
	if err != nil {
		return nil, err
	}
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.LoadWeights(name, b); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// note prints a message for the user, if there is one.
func (a *app) note(text string) {
	if text != "" {
		fmt.Fprintln(a.err, "note:", text)
	}
}

// progress returns a counter on stderr and what ends its line.
func (a *app) progress(unit string) (step func(done, total int), end func()) {
	shown := false
	step = func(done, total int) {
		shown = true
		fmt.Fprintf(a.err, "\r%d of %d %s", done, total, unit)
	}
	return step, func() {
		if shown {
			fmt.Fprintln(a.err)
		}
	}
}

// checkSize refuses a --size that no network here is asked for.
func checkSize(size, multiple int) error {
	if size < session.MinSize || size > session.MaxSize || size%multiple != 0 {
		want := fmt.Sprintf("%d to %d pixels", session.MinSize, session.MaxSize)
		if multiple > 1 {
			want = fmt.Sprintf("a multiple of %d, %s", multiple, want)
		}
		return usageError{fmt.Errorf("--size %d: want %s", size, want)}
	}
	return nil
}

// print writes v as JSON, or calls text.
func (a *app) print(v any, text func(w io.Writer)) error {
	if !a.json {
		text(a.out)
		return nil
	}
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
