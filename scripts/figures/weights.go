package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"unmask/session"
	"unmask/weights"
)

// shipped are the weights that come with Unmask; the photos of one epoch of
// their pre-training.
const (
	shipped     = "weights/atto.safetensors"
	epochPhotos = 7664
)

// heldout is docs/figures/heldout.json: the shipped weights on photos that they
// were not trained on.
type heldout struct {
	ImagesSeen string             `json:"images_seen"` // by the weights
	Size       int                `json:"size"`
	Report     session.EvalReport `json:"report"`
	Float32    float64            `json:"float32_loss,omitempty"` // of the weights before they became f16
}

// measure writes heldout.json.
func measure(data, from string) error {
	notes, err := meta()
	if err != nil {
		return err
	}
	h := heldout{ImagesSeen: notes[weights.MetaImagesSeen], Size: session.DefaultSize}
	args := []string{"eval", data, "--size", strconv.Itoa(h.Size), "--ratio", "0.6", "--seed", "0"}
	if err := unmask(&h.Report, append(args, "--weights", shipped)...); err != nil {
		return err
	}
	h.Report.Weights = shipped
	if from != "" {
		var before session.EvalReport
		if err := unmask(&before, append(args, "--weights", from)...); err != nil {
			return err
		}
		h.Float32 = before.Loss
	}
	return save("heldout.json", h)
}

// meta are the notes in the shipped weights.
func meta() (map[string]string, error) {
	var file struct {
		Meta map[string]string `json:"metadata"`
	}
	err := unmask(&file, "inspect", shipped)
	return file.Meta, err
}

// measured is heldout.json, if it is of the weights that ship.
func measured() (h heldout, err error) {
	if err := load("heldout.json", &h); err != nil {
		return h, err
	}
	notes, err := meta()
	if err != nil {
		return h, err
	}
	if now := notes[weights.MetaImagesSeen]; now != h.ImagesSeen {
		return h, fmt.Errorf("the measurement is of weights that saw %s images, those that ship saw %s: give -heldout a folder of photos (make figures HELDOUT=folder)", h.ImagesSeen, now)
	}
	return h, nil
}

// heldoutTable sets the network beside the baselines.
func heldoutTable() (string, error) {
	h, err := measured()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| | MSE of hidden pixels | PSNR dB | SSIM |\n|---|---:|---:|---:|\n")
	for _, r := range h.Report.Rows {
		fmt.Fprintf(&b, "| %s | %.4f | %.2f | %.3f |\n", r.Name, r.MSE, r.PSNR, r.SSIM)
	}
	own := h.Report.Rows[0]
	fmt.Fprintf(&b, "\n%d photos, weights after %s images. The network's MSE is", h.Report.Pictures, thousands(h.ImagesSeen))
	for i, r := range h.Report.Rows[1:] {
		sep := []string{"", ",", " and"}[min(i, 2)]
		fmt.Fprintf(&b, "%s %.2f of %s's", sep, own.MSE/r.MSE, r.Name)
	}
	b.WriteString(".\n")
	return b.String(), nil
}

// weightsTable says how the weights were made, as far as the file knows.
func weightsTable() (string, error) {
	notes, err := meta()
	if err != nil {
		return "", err
	}
	seen, err := strconv.Atoi(notes[weights.MetaImagesSeen])
	if err != nil {
		return "", fmt.Errorf("%s: images_seen: %w", shipped, err)
	}
	info, err := os.Stat(shipped)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("| | |\n|---|---|\n| file | `%s`, f16, %.1f MB |\n| pictures seen | %s (%.0f epochs of %s photos) |\n| masked MSE on held-out photos, normalised pixels, as the run noted it | %s |\n",
		shipped, float64(info.Size())/1e6, thousands(notes[weights.MetaImagesSeen]), float64(seen)/epochPhotos, thousands(strconv.Itoa(epochPhotos)), notes[weights.MetaVal224]), nil
}

// halfTable says what f16 costs.
func halfTable() (string, error) {
	h, err := measured()
	if err != nil || h.Float32 == 0 {
		return "", err
	}
	return fmt.Sprintf("Stored as f16, the masked MSE of these photos in units of the target is %.5f; before, in float32, it was %.5f.\n", h.Report.Loss, h.Float32), nil
}

// thousands sets commas: 99918 becomes 99,918.
func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
