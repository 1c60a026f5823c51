// The rows of a bench as text: one table, and what it says of the peers that
// were added.
import { PEERS } from './cases.mjs';

const ms = (v) => v.toFixed(v < 100 ? 1 : 0);

const HEAD = ['case', 'peer', 'init ms', 'first ms', 'median ms', 'min', 'max', 'GFLOP/s', 'diff', 'agrees'];
const LEFT = new Set(['case', 'peer', 'agrees']);

const cells = (r) =>
  r.error
    ? [r.case, r.peer, '', '', 'failed', '', '', '', '', r.error.slice(0, 60)]
    : [
        r.case,
        r.peer,
        ms(r.initMs),
        ms(r.firstMs),
        ms(r.medianMs),
        ms(r.minMs),
        ms(r.maxMs),
        r.gflops.toFixed(2),
        r.diff.toExponential(1),
        r.agrees ? 'yes' : 'NO',
      ];

export function table(rows) {
  const body = rows.map(cells);
  const width = HEAD.map((_, i) => Math.max(...[HEAD, ...body].map((row) => row[i].length)));
  const line = (row) => row.map((v, i) => (LEFT.has(HEAD[i]) ? v.padEnd(width[i]) : v.padStart(width[i]))).join('  ').trimEnd();
  return [HEAD, width.map((w) => '-'.repeat(w)), ...body].map(line).join('\n');
}

/** For each added peer on each case: how fast beside the fastest WebGPU library and the fastest one on the CPU. */
export function comparison(rows) {
  const done = rows.filter((r) => r.agrees);
  const lines = [];
  for (const own of done.filter((r) => !PEERS[r.peer])) {
    for (const device of ['webgpu', 'wasm']) {
      const rivals = done.filter((r) => r.case === own.case && PEERS[r.peer] && r.peer.endsWith(`-${device}`));
      if (rivals.length === 0) continue;
      const best = rivals.reduce((a, b) => (b.medianMs < a.medianMs ? b : a));
      lines.push(`${own.case}: ${own.peer} is ${(best.medianMs / own.medianMs).toFixed(2)} times as fast as ${best.peer}`);
    }
  }
  return lines.join('\n');
}
