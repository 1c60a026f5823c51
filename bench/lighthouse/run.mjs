// node run.mjs [--view NAME]... [--verbose]
// Runs Lighthouse on every view of the page, in light and dark, on a fresh profile
// each. Prints a table; exits 1 where accessibility, best practices or PWA is under
// 95. Performance is reported. Needs bin/unmask and the built site (make site build).
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
// Lighthouse 12 dropped the PWA category, so this is 11.
const ASKED = { accessibility: 95, 'best-practices': 95, pwa: 95, performance: 0 };
const VIEWS = ['reconstruct', 'classify', 'pretrain', 'inside', 'models', 'device'];
// Chromium's own numbers of the two themes.
const THEMES = { light: 1, dark: 0 };

const { values: opt } = parseArgs({
  options: { view: { type: 'string', multiple: true }, verbose: { type: 'boolean', default: false } },
});
for (const v of opt.view ?? []) if (!VIEWS.includes(v)) throw new Error(`no view ${v}; there is ${VIEWS.join(', ')}`);

const server = spawn(path.join(root, 'bin/unmask'), ['serve', '--addr', '127.0.0.1:0'], { cwd: root });
process.on('exit', () => server.kill());
const address = await new Promise((resolve, reject) => {
  server.on('error', reject);
  server.on('exit', (code) => reject(new Error(`unmask serve ended with ${code}; make site build`)));
  for (const out of [server.stdout, server.stderr])
    createInterface({ input: out }).on('line', (line) => {
      const url = line.match(/http:\S+/);
      if (url) resolve(url[0]);
    });
});

let failed = false;
console.log(['view', 'theme', ...Object.keys(ASKED)].map((h) => h.padEnd(15)).join(''));
for (const view of opt.view ?? VIEWS) {
  for (const [theme, number] of Object.entries(THEMES)) {
    const chrome = await launch({
      chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      chromeFlags: [
        '--headless=new', '--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader',
        `--blink-settings=preferredColorScheme=${number}`,
      ],
    });
    const result = await lighthouse(`${address}/#${view}`, {
      port: chrome.port,
      onlyCategories: Object.keys(ASKED),
      logLevel: opt.verbose ? 'info' : 'silent',
    });
    await chrome.kill();
    const { categories, audits, runtimeError } = result.lhr;
    if (runtimeError) throw new Error(runtimeError.message);
    const scores = Object.keys(ASKED).map((name) => Math.round(100 * categories[name].score));
    console.log([view, theme, ...scores].map((v) => String(v).padEnd(15)).join(''));
    for (const [i, [name, least]] of Object.entries(ASKED).entries()) {
      if (scores[i] < least) failed = true;
      if (least === 0 && !opt.verbose) continue;
      for (const { id } of categories[name].auditRefs) {
        const a = audits[id];
        if (a.score !== null && a.score < 1) console.log(`    ${name}: ${a.title} ${a.displayValue ?? ''}`);
      }
    }
  }
}
process.exit(failed ? 1 : 0);
