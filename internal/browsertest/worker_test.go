package browsertest

import "testing"

// The engine has to serve any page that speaks its messages, such as a
// benchmark: commands may come before it runs, and a message that is no command
// is answered.
func TestWorkerByMessagesAlone(t *testing.T) {
	b := open(t, "web/logo.svg", withWebGPU()...)
	type event struct {
		Kind  string `json:"kind"`
		Error *struct {
			Text string `json:"text"`
			Code string `json:"code"`
		} `json:"error"`
		Device *struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"device"`
	}
	events := eval[[]event](b, `new Promise((resolve, reject) => {
		const worker = new Worker(new URL("engine-worker.js", location.href));
		const events = [];
		worker.onerror = (e) => reject(new Error(e.message));
		worker.onmessage = ({ data }) => {
			events.push(JSON.parse(data.json));
			if (events.length === 3) resolve(events);
		};
		worker.postMessage({ json: "no command", blobs: [] });
		worker.postMessage({ json: JSON.stringify({ id: 7, do: "open", prefer: "cpu" }), blobs: [] });
	})`)
	byKind := map[string]event{}
	for _, e := range events {
		byKind[e.Kind] = e
	}
	if _, ok := byKind["ready"]; !ok {
		t.Errorf("no event says ready: %+v", events)
	}
	if e := byKind["error"]; e.Error == nil || e.Error.Code != "internal" {
		t.Errorf("a message that is no command is answered by %+v", e.Error)
	}
	if d := byKind["device"].Device; d == nil || d.Kind != "cpu" {
		t.Errorf("open with the CPU is answered by %+v", d)
	}
}
