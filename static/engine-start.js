// Starts the engine's Worker while the page's program is still on its way, so that both
// are compiled at once. The program takes the Worker over (wasm/page/worker_js.go), with
// what has come from it by then.
"use strict";

self.startedEngine = { worker: new Worker("web/engine-worker.js"), events: [] };
for (const kind of ["onmessage", "onerror"]) {
  self.startedEngine.worker[kind] = (event) => self.startedEngine.events.push({ kind, event });
}
