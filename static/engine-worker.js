// Runs engine.wasm in a dedicated Worker. Any page may start it:
//
//   const worker = new Worker("web/engine-worker.js");
//   worker.onmessage = ({ data }) => { JSON.parse(data.json); data.blobs; };
//   worker.postMessage({ json: JSON.stringify({ id: 1, do: "open" }), blobs: [] });
//
// A message is {json, blobs} both ways: json is a command or an event of package
// session, blobs are ArrayBuffers, best transferred. A command may carry urls of
// files in place of blobs: they are fetched here, with "progress" events in MB,
// and the command follows when all have arrived. Of each action but "add" only the
// newest command counts: one whose file is still on its way is dropped then, without
// an answer.
// The first event of the engine is "ready"; commands sent before it wait.
"use strict";

importScripts("wasm_exec.js");

// The browser's GPU process takes its time to start: it may do so while the engine is
// compiled, which asks for its own adapter then.
navigator.gpu?.requestAdapter().catch(() => {});

function emit(event) {
  self.postMessage({ json: JSON.stringify(event), blobs: [] });
}

function fail(id, text, remedy, code) {
  emit({ id, kind: "error", error: { text, remedy, code } });
}

// Messages wait in pending until the engine calls listen with its receiver.
let pending = [];
let receiver = null;

function deliver(message) {
  if (receiver) {
    receiver(message);
  } else {
    pending.push(message);
  }
}

self.listen = (receive) => {
  receiver = receive;
  pending.forEach(receive);
  pending = [];
};

// The newest download of each action; an older one must not arrive after it.
const downloads = {};

self.onmessage = async ({ data }) => {
  if (!data.urls) {
    deliver(data);
    return;
  }
  const { id, name, paths, do: action } = JSON.parse(data.json);
  const abort = new AbortController();
  if (action !== "add") {
    downloads[action]?.abort();
    downloads[action] = abort;
  }
  const blobs = [];
  try {
    for (const url of data.urls) {
      blobs.push(await download(url, id, abort.signal));
    }
    if (!abort.signal.aborted) {
      deliver({ json: data.json, blobs });
    }
  } catch (err) {
    if (!abort.signal.aborted) {
      const url = data.urls[blobs.length];
      const file = name || paths?.[blobs.length] || url;
      const code = action === "weights" ? "weights" : "picture";
      if (url.startsWith("blob:")) {
        fail(id, `${file} cannot be read.`, "Choose the file again; a folder cannot be opened.", code);
      } else {
        fail(id, `${file} could not be loaded: ${err.message}.`,
          "Check the connection and load the page again.", code);
      }
    }
  }
};

// download fetches a file and reports its progress at most ten times a second.
async function download(url, id, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) {
    throw new Error(`the server answered ${response.status}`);
  }
  // The length of a compressed body says nothing about the file.
  const plain = !response.headers.has("Content-Encoding");
  const total = plain ? Number(response.headers.get("Content-Length")) || 0 : 0;
  const chunks = [];
  let done = 0;
  let said = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done: end, value } = await reader.read();
    if (end) {
      break;
    }
    chunks.push(value);
    done += value.length;
    if (performance.now() - said > 100) {
      said = performance.now();
      emit({ id, kind: "progress", progress: { what: url, done: done / 1e6, total: total / 1e6, unit: "MB" } });
    }
  }
  // Joined here: a Blob would take them through another process.
  const all = new Uint8Array(done);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all.buffer;
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
  await go.run(instance);
}

const again = "Start the engine again, or load the page again.";
start().then(
  () => fail(0, "The engine has ended unexpectedly.", again, "stopped"),
  (err) => fail(0, `The engine could not start: ${err.message}.`, again, "stopped"),
);
