// node bench.mjs [--peer NAME]... [--case NAME]... [--runs N] [--adapter NAME]
//                [--extra NAME=MODULE]... [--out FILE] [--verbose] [--list]
// Prints one table and writes one JSON file. See README.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { forwardDiff, LOSS_TOLERANCE, referenceLoss, TOLERANCE } from './lib/agree.mjs';
import { CASES, flops, PEERS } from './lib/cases.mjs';
import { openSession, root } from './lib/session.mjs';
import { comparison, table } from './lib/table.mjs';

const { values: opt } = parseArgs({
  options: {
    peer: { type: 'string', multiple: true },
    case: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
    adapter: { type: 'string', default: 'swiftshader' },
    extra: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: path.join(root, 'results', 'latest.json') },
    verbose: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const runs = Number(opt.runs);
if (!(runs >= 1)) throw new Error('--runs needs a number of at least 1');
const extra = Object.fromEntries(
  opt.extra.map((e) => {
    const at = e.indexOf('=');
    if (at < 1) throw new Error('--extra needs NAME=MODULE');
    return [e.slice(0, at), e.slice(at + 1)];
  }),
);
if (opt.list) {
  console.log(`peers: ${Object.keys(PEERS).join(' ')}\ncases: ${Object.keys(CASES).join(' ')}`);
  process.exit(0);
}

const session = await openSession({ adapter: opt.adapter, extra, verbose: opt.verbose });
const peers = { ...PEERS, ...session.extraPeers };
const pick = (all, wanted, what) => {
  for (const name of wanted ?? []) if (!all[name]) throw new Error(`no ${what} ${name}; there is ${Object.keys(all).join(', ')}`);
  return Object.keys(all).filter((name) => !wanted || wanted.includes(name));
};
const peerNames = pick(peers, opt.peer, 'peer');
const caseNames = pick(CASES, opt.case, 'case');

const median = (list) => {
  const s = [...list].sort((a, b) => a - b);
  const h = s.length >> 1;
  return s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2;
};

const results = [];
const firstLosses = {};
let chromium = null;
let adapter = null;
for (const caseName of caseNames) {
  const test = CASES[caseName];
  for (const peerName of peerNames) {
    const peer = peers[peerName];
    if (test.kind === 'train' && !peer.trains) continue;
    process.stderr.write(`${caseName} ${peerName} ... `);
    const row = { case: caseName, peer: peerName };
    results.push(row);
    try {
      const r = await session.run(peer, test, runs);
      chromium = r.chromium;
      adapter ??= r.adapter;
      Object.assign(row, {
        loadMs: r.loadMs,
        initMs: r.initMs,
        firstMs: r.firstMs,
        medianMs: median(r.times),
        minMs: Math.min(...r.times),
        maxMs: Math.max(...r.times),
        timesMs: r.times,
        drainMs: Math.max(...r.drains),
        gflops: flops(test) / median(r.times) / 1e6,
        notes: r.notes,
        problems: r.problems,
      });
      if (test.kind === 'forward') {
        row.diff = forwardDiff(r.logits, test);
        row.agrees = row.diff <= TOLERANCE;
        row.logits16 = r.logits.slice(0, 16);
      } else {
        const want = referenceLoss(test);
        row.losses = r.losses;
        row.diff = Math.abs(r.losses[0] - want) / want;
        firstLosses[caseName] ??= r.losses;
        row.lossDiff = Math.max(...r.losses.map((v, i) => Math.abs(v - firstLosses[caseName][i]) / firstLosses[caseName][i]));
        row.agrees = row.diff <= TOLERANCE && row.lossDiff <= LOSS_TOLERANCE;
      }
      process.stderr.write(`${row.medianMs.toFixed(0)} ms, difference ${row.diff.toExponential(1)}\n`);
    } catch (e) {
      row.error = String(e.message ?? e).split('\n')[0];
      process.stderr.write(`failed: ${row.error}\n`);
    }
  }
}
await session.close();

const version = (name) => JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
const packages = {};
for (const name of peerNames) for (const p of peers[name].packages) packages[p] = version(p);
const report = {
  when: new Date().toISOString(),
  chromium,
  adapter,
  cpu: os.cpus()[0]?.model ?? '',
  cores: os.cpus().length,
  node: process.version,
  packages,
  runs,
  tolerance: TOLERANCE,
  results,
};
mkdirSync(path.dirname(path.resolve(opt.out)), { recursive: true });
writeFileSync(opt.out, JSON.stringify(report, null, 1) + '\n');

console.log(`Chromium ${chromium}, adapter ${adapter ? `${adapter.vendor} ${adapter.architecture}` : 'none'}, ${os.cpus().length} cores, ${runs} runs`);
console.log(table(results));
console.log(comparison(results));
process.exit(results.every((r) => r.agrees) ? 0 : 1);
