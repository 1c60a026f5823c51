// Command ship puts a pre-training result in the place of the default weights:
//
//	go run ./weights/ship [-log RUN.log.jsonl] FROM.safetensors
//
// It writes weights/atto.safetensors as f16 with the metadata that the engine
// and people need, and, from the training log, the curve in weights/README.md.
// Run it at the root of the repository.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"unmask/weights"
)

const (
	target = "weights/atto.safetensors"
	readme = "weights/README.md"

	licence = "research and education use: trained on photographs of which some are for research use only; details in weights/README.md"
)

func main() {
	log := flag.String("log", "", "training log, JSON lines with seen and val224, for the curve")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./weights/ship [-log RUN.log.jsonl] FROM.safetensors")
		os.Exit(2)
	}
	if err := ship(flag.Arg(0), *log); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ship(from, log string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("ship: %w", err)
	}
	f, err := weights.Read(from, b)
	if err != nil {
		return err
	}
	if f, _, err = weights.Official(f); err != nil {
		return err
	}
	if f.Meta, err = metadata(f.Meta); err != nil {
		return err
	}
	if err := weights.WriteFile(target, f, "f16"); err != nil {
		return err
	}
	fmt.Printf("%s: %d tensors, %s images seen, val224 %s\n", target, len(f.Tensors), f.Meta[weights.MetaImagesSeen], f.Meta[weights.MetaVal224])
	if log == "" {
		return nil
	}
	return plot(log)
}

// metadata turns what the pre-training script notes (images_seen, val224, target;
// its first form said seen and pixels) into the keys of a shipped file.
func metadata(in map[string]string) (map[string]string, error) {
	seen := cmp.Or(in[weights.MetaImagesSeen], in["seen"])
	pixels := cmp.Or(in[weights.MetaTarget], in["pixels"])
	val, err := strconv.ParseFloat(in[weights.MetaVal224], 64)
	if err != nil || seen == "" || pixels != "raw" && pixels != "norm" {
		return nil, fmt.Errorf("ship: metadata %v: want images_seen, val224 and target (raw or norm), as the pre-training script writes them", in)
	}
	return map[string]string{
		weights.MetaFormat:         "unmask",
		weights.MetaModel:          "atto",
		weights.MetaTarget:         pixels,
		weights.MetaGRNScope:       "image",
		weights.MetaGRNDenominator: "mean",
		weights.MetaLicence:        licence,
		weights.MetaPreprocessing:  weights.Preprocessing(224),
		weights.MetaImagesSeen:     seen,
		weights.MetaVal224:         strconv.FormatFloat(val, 'f', 4, 64),
	}, nil
}

const begin, end = "<!-- curve -->\n", "<!-- end of curve -->\n"

// plot replaces the table between the markers of the README by the log's curve.
func plot(log string) error {
	b, err := os.ReadFile(log)
	if err != nil {
		return fmt.Errorf("ship: %w", err)
	}
	table := "| images seen | masked MSE |\n|---:|---:|\n"
	rows := 0
	for line := range bytes.Lines(b) {
		var at struct {
			Seen   int
			Val224 *float64
		}
		if err := json.Unmarshal(line, &at); err != nil {
			return fmt.Errorf("ship: %s: %w", log, err)
		}
		if at.Val224 != nil {
			table += fmt.Sprintf("| %d | %.4f |\n", at.Seen, *at.Val224)
			rows++
		}
	}
	if rows == 0 {
		return fmt.Errorf("ship: %s: no line has val224", log)
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		return fmt.Errorf("ship: %w", err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("ship: %s has lost the markers of its curve: want lines %q and %q", readme, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	if err := os.WriteFile(readme, []byte(head+begin+table+end+tail), 0o644); err != nil {
		return fmt.Errorf("ship: %w", err)
	}
	return nil
}
