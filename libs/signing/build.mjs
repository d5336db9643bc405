// Builds what receivers install: the same sources as ES modules and as CommonJS, each with its types, into dist/. The servers of this
// repository do not use it: they compile src/ as they compile everything else.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;

const SHARED = {
  rootDir: here('src'),
  // What Node 20 understands.
  target: ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  isolatedModules: true,
  skipLibCheck: true,
  declaration: true,
};

const FORMATS = [
  { folder: 'esm', type: 'module', module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext },
  { folder: 'cjs', type: 'commonjs', module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Bundler },
];

/** Both formats read the same files, the largest of them Node's types: once is enough. */
function cachingHost(options) {
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target, ...rest) => {
    const key = `${name}:${JSON.stringify(target)}`;
    if (!parsed.has(key)) parsed.set(key, parse(name, target, ...rest));
    return parsed.get(key);
  };
  return host;
}
const parsed = new Map();

function compile({ folder, type, ...format }) {
  const outDir = here(`dist/${folder}`);
  const options = { ...SHARED, ...format, outDir };
  const program = ts.createProgram([here('src/index.ts')], options, cachingHost(options));
  const { diagnostics } = program.emit();
  const faults = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (faults.length > 0) {
    const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => here('.'), getNewLine: () => '\n' };
    throw new Error(ts.formatDiagnostics(faults, host));
  }
  writeFileSync(`${outDir}/package.json`, `${JSON.stringify({ type })}\n`);
}

rmSync(here('dist'), { recursive: true, force: true });
mkdirSync(here('dist'), { recursive: true });
FORMATS.forEach(compile);
copyFileSync(here('../../LICENSE'), here('dist/LICENSE'));
