package session

import "testing"

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"choose one first":             "Choose one first.",
		"notes.jpg: no picture":        "notes.jpg: no picture.",
		"The GPU was lost.":            "The GPU was lost.",
		"":                             "",
		"élan":                         "Élan.",
		"session: there is no picture": "session: there is no picture.",
		"did it break?":                "Did it break?",
	} {
		if got := Sentence(text); got != want {
			t.Errorf("Sentence(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestTitle(t *testing.T) {
	w := WeightsInfo{Model: "tiny-v1", Params: 28_600_000}
	if got, want := w.Title(), "ConvNeXt V1 Tiny, 28.6 M parameters"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
