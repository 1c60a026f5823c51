// Unmask itself as a peer: the engine.wasm of the built site (`make site`) in a
// Worker, driven by the messages that the page sends it (session/messages.go).
// The folder site/ beside this file is a link to the built one.
const workerURL = new URL('site/web/engine-worker.js', import.meta.url);

export const layout = 'NHWC';

/** The peer on the browser's WebGPU device. */
export const create = (job) => createOn('gpu', job);

/** prefer: 'gpu' or 'cpu', the device that the engine must open; there is no falling back. */
export async function createOn(prefer, { params, batch, size, adam }) {
  const engine = await startEngine();
  const { device } = await engine.call({ do: 'open', prefer });
  if (device.kind !== prefer) throw new Error(`unmask: want a device of kind ${prefer}, have ${device.kind}`);
  const { tensors, values } = packed(params);
  const { weights } = await engine.call({ do: 'tensors', name: 'seeded', tensors }, values);

  return {
    notes: [`device ${device.name}`, `weights ${weights.model}, ${weights.report}`],
    async forward(images) {
      const { blobs } = await engine.call({ do: 'forward', batch, size }, images.slice().buffer);
      return new Float32Array(blobs[0]);
    },
    async trainStep(images, labels) {
      const { loss } = await engine.call({ do: 'step', size, labels: Array.from(labels), lr: adam.lr }, images.slice().buffer);
      return loss;
    },
    async grads(images, labels) {
      const { loss, tensors, blobs } = await engine.call({ do: 'gradients', size, labels: Array.from(labels) }, images.slice().buffer);
      return { loss, grads: new Map(tensors.map(({ name }, i) => [name, new Float32Array(blobs[i])])) };
    },
    dispose: engine.stop,
  };
}

/** Tensors as the command "tensors" wants them: a list of names and shapes, and all values in one buffer. */
function packed(params) {
  const values = new Float32Array([...params.values()].reduce((n, p) => n + p.data.length, 0));
  const tensors = [];
  let at = 0;
  for (const [name, { shape, data }] of params) {
    tensors.push({ name, shape });
    values.set(data, at);
    at += data.length;
  }
  return { tensors, values: values.buffer };
}

/**
 * Starts a Worker with the engine and waits until it is ready. call(command,
 * ...blobs) transfers the blobs and resolves to the event that answers, with
 * its blobs; an error of the engine rejects.
 */
async function startEngine() {
  const response = await fetch(workerURL, { method: 'HEAD' });
  if (!response.ok) throw new Error('unmask: there is no built site: run `make site` at the root of the repository');
  const worker = new Worker(workerURL);
  const waiting = new Map(); // command id -> {resolve, reject}; 0 waits for "ready"
  let last = 0;

  const settle = (id, how, value) => {
    waiting.get(id)?.[how](value);
    waiting.delete(id);
  };
  const failAll = (error) => {
    for (const id of [...waiting.keys()]) settle(id, 'reject', error);
  };
  worker.onerror = (e) => failAll(new Error(`unmask: the Worker failed: ${e.message}`));
  worker.onmessage = ({ data }) => {
    const event = JSON.parse(data.json);
    if (event.kind === 'progress') return;
    if (event.kind !== 'error') return settle(event.id, 'resolve', { ...event, blobs: data.blobs });
    const error = new Error(`unmask: ${event.error.text}`);
    if (event.id) settle(event.id, 'reject', error);
    else failAll(error);
  };
  const answer = (id) => new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));

  await answer(0);
  return {
    call(command, ...blobs) {
      const id = ++last;
      worker.postMessage({ json: JSON.stringify({ ...command, id }), blobs }, blobs);
      return answer(id);
    },
    stop: () => worker.terminate(),
  };
}
