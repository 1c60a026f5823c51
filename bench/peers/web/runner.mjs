// Runs one peer on one case inside the page. bench.mjs calls window.runCase.
import { ADAM, ATTO, mix, seededImages, seededLabels, seededParams } from './seeded.mjs';

// For so long a forward case repeats at least: libraries and engines that compile
// better code as they run shall have the time to.
const LIVE_MS = 4000;

// Every WebGPU device that a library opens is noted, so that the queue can be
// drained after each run and the adapter named.
const devices = [];
let adapterInfo = null;
if (navigator.gpu) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    adapterInfo = described(this.info);
    devices.push(device);
    device.lost.then((why) => {
      if (why.reason !== 'destroyed') console.error(`device lost: ${why.message}`);
    });
    device.addEventListener('uncapturederror', (e) => console.error(`uncaptured WebGPU error: ${e.error.message}`));
    return device;
  };
}
const drain = () => Promise.all(devices.map((d) => d.queue.onSubmittedWorkDone()));

function described({ vendor, architecture, device, description }) {
  return { vendor, architecture, device, description };
}

/** The adapter of a peer that opens its device in a Worker: what the browser offers, null where that is none. */
async function offered() {
  const adapter = await navigator.gpu?.requestAdapter();
  return adapter ? described(adapter.info) : null;
}

/** What is kept of one gradient: its L2 norm, its dot product with a fixed +-1 pattern, its first values. */
function gradSummary(g) {
  let sq = 0;
  let dot = 0;
  for (let i = 0; i < g.length; i++) {
    sq += g[i] * g[i];
    dot += mix(i) & 1 ? g[i] : -g[i];
  }
  return { l2: Math.sqrt(sq), dot, first: Array.from(g.slice(0, 4)) };
}

/**
 * peer: {url, options}; test: {kind: 'forward'|'train', batch, size, classes};
 * runs: timed runs after the warm-up, at least. Times in ms.
 */
window.runCase = async ({ peer, test, runs, grads = false }) => {
  const { kind, batch, size, classes } = test;
  const t0 = performance.now();
  const mod = await import(peer.url);
  const images = seededImages(batch, size, mod.layout);
  const params = seededParams(ATTO, classes);
  const t1 = performance.now();
  const model = await mod.create({ ...peer.options, cfg: ATTO, params, batch, size, classes, train: kind === 'train', adam: ADAM });
  await drain();
  const t2 = performance.now();

  const labels = seededLabels(batch, classes);
  const out = { loadMs: t1 - t0, initMs: t2 - t1, times: [], drains: [] };
  if (grads) {
    const g = await model.grads(images, labels);
    return { ...out, loss: g.loss, grads: Object.fromEntries([...g.grads].map(([k, v]) => [k, gradSummary(v)])), adapter: adapterInfo };
  }
  if (kind === 'train' && !model.trainStep) throw new Error('this peer does not train');

  const losses = [];
  let logits;
  const begin = performance.now();
  for (let i = 0; i <= runs || (kind === 'forward' && performance.now() - begin < LIVE_MS); i++) {
    const a = performance.now();
    if (kind === 'train') losses.push(await model.trainStep(images, labels));
    else logits = await model.forward(images);
    const b = performance.now();
    await drain();
    const c = performance.now();
    if (i === 0) out.firstMs = b - a;
    else {
      out.times.push(b - a);
      out.drains.push(c - b);
    }
  }
  if (kind === 'train') out.losses = losses;
  else out.logits = Array.from(logits);
  out.adapter = adapterInfo ?? (await offered());
  out.notes = model.notes ?? [];
  await model.dispose?.();
  return out;
};
window.pageReady = true;
