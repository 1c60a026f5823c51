// Runs engine.wasm in a dedicated Worker. Any page may start it:
//
//   const worker = new Worker("web/engine-worker.js");
//   worker.onmessage = ({ data }) => { JSON.parse(data.json); data.blobs; };
//   worker.postMessage({ json: JSON.stringify({ id: 1, do: "open" }), blobs: [] });
//
// A message is {json, blobs} both ways: json is a command or an event of package
// session, blobs are ArrayBuffers, best transferred. The first event is "ready";
// commands sent before it wait.
"use strict";

importScripts("wasm_exec.js");

// The engine takes over onmessage when it runs and first empties this.
self.unmaskPending = [];
self.onmessage = (event) => self.unmaskPending.push(event.data);

function stopped(text) {
  const error = { text, remedy: "Start the engine again, or load the page again.", code: "stopped" };
  self.postMessage({ json: JSON.stringify({ id: 0, kind: "error", error }), blobs: [] });
}

async function start() {
  const go = new Go();
  const response = await fetch("engine.wasm");
  if (!response.ok) {
    throw new Error(`engine.wasm: the server answered ${response.status}`);
  }
  // A host that serves .wasm with another type rules streaming out.
  const streams = (response.headers.get("Content-Type") || "").startsWith("application/wasm");
  const { instance } = streams
    ? await WebAssembly.instantiateStreaming(response, go.importObject)
    : await WebAssembly.instantiate(await response.arrayBuffer(), go.importObject);
  // The WebGPU binding writes to buffers straight from the engine's memory.
  self.wasm = { instance };
  await go.run(instance);
}

start().then(
  () => stopped("The engine has ended unexpectedly."),
  (err) => stopped(`The engine could not start: ${err.message}.`),
);
