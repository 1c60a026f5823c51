package main

import (
	"fmt"
	"strings"

	"unmask/internal/bench"
)

var tables = map[string]func() (string, error){
	"weights": weightsTable,
	"heldout": heldoutTable,
	"half":    halfTable,
	"speed":   speedTable,
	"steps":   stepsTable,
	"peers":   peersTable,
}

// rows finds the rows of docs/figures/bench.json, which is what unmask bench
// --json printed.
type rows struct{ bench.Report }

func loadRows() (r rows, err error) { return r, load("bench.json", &r.Report) }

func (r rows) find(model string, batch, size int, part string, ratio float64) (bench.Row, error) {
	for _, row := range r.Rows {
		if row.Model == model && row.Batch == batch && row.Size == size && row.Part == part && row.Ratio == ratio {
			return row, nil
		}
	}
	return bench.Row{}, fmt.Errorf("bench.json has no row %s-b%d-%d-%s-%.2f", model, batch, size, part, ratio)
}

// speedTable is the forward pass: what is hidden costs nothing.
func speedTable() (string, error) {
	r, err := loadRows()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s; its fused multiply-adds reach %.0f GFLOP/s.\n\n", r.Adapter, r.PeakGFLOPS)
	b.WriteString("| model, batch | encoder, dense | 60 % hidden | 75 % hidden | decoder | reconstruct, 60 % | classify | GFLOP/s, dense | of peak | dispatches |\n" +
		"|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, model := range []string{"atto", "femto", "tiny"} {
		for _, batch := range []int{1, 8} {
			var row [6]bench.Row
			for i, c := range []struct {
				part  string
				ratio float64
			}{{"encoder", 0}, {"encoder", 0.6}, {"encoder", 0.75}, {"decoder", 0.6}, {"reconstruct", 0.6}, {"classifier", 0}} {
				if row[i], err = r.find(model, batch, 224, c.part, c.ratio); err != nil {
					return "", err
				}
			}
			fmt.Fprintf(&b, "| %s, %d | %s | %s (%.2f) | %s (%.2f) | %s | %s | %s | %.1f | %.0f %% | %d |\n", name(model), batch,
				ms(row[0].MS), ms(row[1].MS), row[1].MS/row[0].MS, ms(row[2].MS), row[2].MS/row[0].MS,
				ms(row[3].MS), ms(row[4].MS), ms(row[5].MS), row[0].GFLOPS, 100*row[0].ShareOfPeak, row[0].Dispatches)
		}
	}
	return b.String(), nil
}

// stepsTable is training: forward, backward and AdamW beside the forward pass.
func stepsTable() (string, error) {
	r, err := loadRows()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| model, batch, side | classifier: forward | step | FCMAE at 60 %: forward | step | step, nothing hidden |\n|---|---:|---:|---:|---:|---:|\n")
	for _, model := range []string{"atto", "femto"} {
		for _, c := range []struct{ batch, size int }{{16, 96}, {4, 224}} {
			var row [5]bench.Row
			for i, p := range []struct {
				part  string
				ratio float64
			}{{"classifier", 0}, {"train", 0}, {"reconstruct", 0.6}, {"pretrain", 0.6}, {"pretrain", 0}} {
				if row[i], err = r.find(model, c.batch, c.size, p.part, p.ratio); err != nil {
					return "", err
				}
			}
			fmt.Fprintf(&b, "| %s, %d, %d | %s | %s (%.1f) | %s | %s (%.1f) | %s |\n", name(model), c.batch, c.size,
				ms(row[0].MS), ms(row[1].MS), row[1].MS/row[0].MS, ms(row[2].MS), ms(row[3].MS), row[3].MS/row[2].MS, ms(row[4].MS))
		}
	}
	return b.String(), nil
}

// peers is docs/figures/peers.json, which bench/peers/bench.mjs wrote.
type peers struct {
	Chromium string `json:"chromium"`
	Adapter  struct {
		Vendor       string `json:"vendor"`
		Architecture string `json:"architecture"`
	} `json:"adapter"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	Packages map[string]string `json:"packages"`
	Runs     int               `json:"runs"`
	Results  []struct {
		Case     string  `json:"case"`
		Peer     string  `json:"peer"`
		MedianMS float64 `json:"medianMs"`
		FirstMS  float64 `json:"firstMs"`
		Diff     float64 `json:"diff"`
		Agrees   bool    `json:"agrees"`
		Error    string  `json:"error"`
	} `json:"results"`
}

// engines are the rows of the table, in order; what each is, and its package.
var engines = []struct{ peer, title, pkg string }{
	{"unmask", "Unmask, WebGPU", ""},
	{"jaxjs-webgpu", "jax-js, WebGPU", "@jax-js/jax"},
	{"tfjs-webgpu", "TensorFlow.js, WebGPU", "@tensorflow/tfjs-core"},
	{"ort-webgpu", "onnxruntime-web, WebGPU", "onnxruntime-web"},
	{"ort-wasm", "onnxruntime-web, CPU", "onnxruntime-web"},
	{"unmask-cpu", "Unmask, CPU", ""},
}

// peersTable is the forward pass of Atto in one browser: median and first run.
func peersTable() (string, error) {
	var p peers
	if err := load("peers.json", &p); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Chromium %s, WebGPU on %s %s, %d cores of %s, median of %d runs.\n\n",
		p.Chromium, p.Adapter.Vendor, p.Adapter.Architecture, p.Cores, p.CPU, p.Runs)
	b.WriteString("| | batch 1, ms | first run, ms | batch 8, ms | first run, ms |\n|---|---:|---:|---:|---:|\n")
	for _, e := range engines {
		title := e.title
		if v := p.Packages[e.pkg]; v != "" {
			title = strings.Replace(title, ",", " "+v+",", 1)
		}
		fmt.Fprintf(&b, "| %s ", title)
		for _, c := range []string{"forward-b1-224", "forward-b8-224"} {
			found := false
			for _, r := range p.Results {
				if r.Case != c || r.Peer != e.peer {
					continue
				}
				if found = true; !r.Agrees {
					return "", fmt.Errorf("peers.json: %s of %s is wrong by %.2g: %s", c, e.peer, r.Diff, r.Error)
				}
				fmt.Fprintf(&b, "| %s | %s ", ms(r.MedianMS), ms(r.FirstMS))
			}
			if !found {
				return "", fmt.Errorf("peers.json has no %s of %s", c, e.peer)
			}
		}
		b.WriteString("|\n")
	}
	return b.String(), nil
}

func name(model string) string { return strings.ToUpper(model[:1]) + model[1:] }

// ms is a time with three digits.
func ms(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
