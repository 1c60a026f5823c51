package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"unmask/internal/plots"
	"unmask/session"
	"unmask/train"
)

// shownMistakes is how many of the worst the terminal lists; --json has more.
const shownMistakes = 10

// evalClasses is `unmask eval --metric top1`.
func (a *app) evalClasses(c *cobra.Command, path string, f evalFlags, o session.LabelOptions) error {
	if f.weights == "" {
		return usageError{fmt.Errorf("--weights F is needed: a classifier's weights")}
	}
	s, err := a.openLabelled(c, f, o)
	if err != nil {
		return err
	}
	defer s.Close()
	if run, ok := runOf(f.weights); ok && !c.Flags().Changed("val") && !c.Flags().Changed("seed") {
		// What was set aside from the run's training is what it can be judged by.
		o.Val, o.Seed = run.Val, run.Seed
	}
	d, err := s.OpenLabelled(path, o)
	if err != nil {
		return err
	}
	defer d.Close()
	if d.Seeded {
		a.note(fmt.Sprintf("no folder for validation: a share of %g is set aside by seed %d, as finetune does", o.Val, o.Seed))
	}
	step, end := a.progress("pictures")
	r, err := s.EvalClasses(c.Context(), d, o, step)
	end()
	if err != nil {
		return err
	}
	for _, n := range r.Notes {
		a.note(n)
	}
	a.skipped(r.Skipped)
	if f.confusion != "" {
		title := fmt.Sprintf("%s on %s (%s)", filepath.Base(r.Weights), filepath.Base(r.Data), r.Split)
		if err := writePNG(f.confusion, plots.Confusion(r.Scores, title, f.dark)); err != nil {
			return err
		}
	}
	return a.print(r, func(w io.Writer) {
		printClasses(w, r)
		if f.confusion != "" {
			fmt.Fprintln(w, "\nwrote", f.confusion)
		}
	})
}

// runOf is the fine-tuning whose folder a weights file lies in.
func runOf(file string) (train.Config, bool) {
	c, err := train.Stored(train.Folder(filepath.Dir(file)))
	return c, err == nil && c.Kind == train.Finetune
}

func printClasses(w io.Writer, r *session.ClassReport) {
	fmt.Fprintf(w, "%d pictures (%s) at %d pixels, %s\n\n", r.Pictures, r.Split, r.Size, r.Weights)
	fmt.Fprintf(w, "top-1 %.2f %%   top-5 %.2f %%   loss %.4f\n\n", r.Acc1, r.Acc5, r.Loss)
	width := len("class")
	for _, c := range r.Classes {
		width = max(width, len([]rune(c)))
	}
	fmt.Fprintf(w, "%-*s %9s %9s   %s\n", width, "class", "pictures", "correct", "most often taken for")
	for i, c := range r.Classes {
		if r.Counts[i] == 0 {
			fmt.Fprintf(w, "%-*s %9d %9s\n", width, c, 0, "-")
			continue
		}
		fmt.Fprintf(w, "%-*s %9d %7.1f %%%s\n", width, c, r.Counts[i], r.PerClass[i], takenFor(r, i))
	}
	if len(r.Worst) > 0 {
		fmt.Fprintf(w, "\nsurest mistakes\n")
	}
	for _, m := range r.Worst[:min(shownMistakes, len(r.Worst))] {
		fmt.Fprintf(w, "  %5.1f %%  %s instead of %s  %s\n", 100*m.P, m.Answer, m.True, m.Name)
	}
}

// takenFor is the commonest wrong answer for class i, in words.
func takenFor(r *session.ClassReport, i int) string {
	best := -1
	for c, n := range r.Confusion[i] {
		if c != i && n > 0 && (best < 0 || n > r.Confusion[i][best]) {
			best = c
		}
	}
	if best < 0 {
		return ""
	}
	return fmt.Sprintf("   %s (%d)", r.Classes[best], r.Confusion[i][best])
}

// evalFrozen is `unmask eval --metric knn` and `linear`.
func (a *app) evalFrozen(c *cobra.Command, path string, f evalFlags, o session.LabelOptions) error {
	s, err := a.openLabelled(c, f, o)
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := s.OpenFeatured(path, o)
	if err != nil {
		return err
	}
	defer d.Close()
	knn, linear := strings.Contains(f.metric, "knn"), strings.Contains(f.metric, "linear")
	step, end := a.progress("pictures of three kinds of features")
	r, err := s.EvalFrozen(c.Context(), d, knn, linear, o, step)
	end()
	if err != nil {
		return err
	}
	a.skipped(r.Skipped)
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%d pictures to learn from, %d to test (%s) at %d pixels, seed %d\n", r.Train, r.Test, r.Split, r.Size, r.Seed)
		if linear {
			from := "the validation split"
			if r.ValFrom == "train" {
				from = "those to learn from, for this only"
			}
			fmt.Fprintf(w, "the probe's decay is chosen on %d pictures of %s, never on the test\n", r.Val, from)
		}
		width := 0
		for _, row := range r.Rows {
			width = max(width, len([]rune(row.Features)))
		}
		fmt.Fprintf(w, "\n%-*s %7s", width, "top-1, top-5 in %", "values")
		if knn {
			fmt.Fprintf(w, "   %14s", "20-NN")
		}
		if linear {
			fmt.Fprintf(w, "   %14s %8s", "linear probe", "decay")
		}
		fmt.Fprintln(w)
		for _, row := range r.Rows {
			fmt.Fprintf(w, "%-*s %7d", width, row.Features, row.Dim)
			if k := row.KNN; k != nil {
				fmt.Fprintf(w, "   %6.2f %7.2f", k.Acc1, k.Acc5)
			}
			if l := row.Linear; l != nil {
				fmt.Fprintf(w, "   %6.2f %7.2f %8g", l.Acc1, l.Acc5, l.Decay)
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%-*s %7s   %6.2f\n", width, "always the largest class", "", r.Majority)
	})
}
