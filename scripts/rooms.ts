import { posix } from 'node:path';
import { transformSync } from 'esbuild';

const PLATFORMS = ['shopify', 'woocommerce', 'stripe', 'wix'].map((name) => `lib/sources/${name}`);
const UNDER_SOURCES = [
  'lib/sources/source.ts',
  'lib/sources/signing',
  'lib/sources/payload',
  'lib/events',
];
const UNDER_LABELLING = ['lib/wix', 'lib/wix/calls', 'lib/queue', 'lib/events', 'lib/runtime'];
const SIMULATORS = [
  'simulators',
  'simulators/wix',
  'simulators/sqs',
  'simulators/store',
  'simulators/presets',
  'simulators/deployment',
];

/**
 * Which rooms a room may import from, types included (docs/architecture.md draws it). Every room may
 * import from itself; `lib` stands for all rooms in it.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  functions: [
    'rules.yml',
    'lib/receiving',
    'lib/labelling',
    'lib/labelling/standing',
    'lib/sources',
    'lib/rules',
    'lib/standing',
    'lib/store',
    'lib/waking',
    'lib/queue',
    'lib/wix',
    'lib/events',
    'lib/runtime',
  ],
  'lib/receiving': [
    'lib/history',
    'lib/sources',
    'lib/sources/signing',
    'lib/rules',
    'lib/queue',
    'lib/events',
    'lib/runtime',
  ],
  'lib/labelling': [
    'lib/labelling/contact',
    'lib/labelling/labels',
    'lib/labelling/standing',
    'lib/store',
    ...UNDER_LABELLING,
  ],
  'lib/labelling/standing': [
    'lib/labelling/outcome.ts',
    'lib/labelling/contact',
    'lib/labelling/labels',
    'lib/standing',
    'lib/store',
    'lib/history',
    ...UNDER_LABELLING,
  ],
  'lib/labelling/contact': UNDER_LABELLING,
  'lib/labelling/labels': ['lib/labelling/contact', ...UNDER_LABELLING],
  'lib/wix': ['lib/wix/calls', 'lib/runtime'],
  'lib/wix/calls': ['lib/runtime'],
  'lib/queue': ['lib/history', 'lib/events', 'lib/runtime'],
  'lib/history': ['lib/sources/source.ts', 'lib/sources/payload', 'lib/events'],
  'lib/standing': ['lib/history', 'lib/rules', 'lib/events'],
  'lib/store': ['lib/history', 'lib/events', 'lib/runtime'],
  'lib/waking': [
    // How many requests a site takes where nothing is set.
    'lib/labelling/settings.ts',
    'lib/standing',
    'lib/store',
    'lib/queue',
    'lib/runtime',
  ],
  'lib/sources': [...PLATFORMS, 'lib/sources/described', 'lib/sources/flat', ...UNDER_SOURCES],
  'lib/sources/described': ['lib/sources/authoring', 'lib/sources/flat', ...UNDER_SOURCES],
  'lib/sources/authoring': [
    'lib/sources/as-verified.ts',
    'lib/sources/described',
    'lib/sources/flat',
    'lib/yaml',
    ...UNDER_SOURCES,
  ],
  ...Object.fromEntries(
    PLATFORMS.map((platform) => [platform, ['lib/sources/flat', ...UNDER_SOURCES]]),
  ),
  'lib/sources/flat': UNDER_SOURCES,
  'lib/sources/signing': [
    'lib/sources/source.ts',
    // Its types: what a source's file says of its proofs.
    'lib/sources/authoring/proofs.ts',
    // A proof may be a field of the body.
    'lib/sources/flat/form-body.ts',
    'lib/sources/payload',
    'lib/events',
  ],
  'lib/sources/payload': ['lib/sources/source.ts', 'lib/events'],
  'lib/rules': ['lib/events'],
  'lib/rules/authoring': [
    'lib/rules',
    'lib/standing',
    'lib/history',
    'lib/sources',
    'lib/sources/authoring',
    'lib/sources/described',
    'lib/yaml',
    'lib/events',
  ],
  'lib/yaml': [],
  'lib/events': [],
  'lib/runtime': [],
  terminal: ['lib/runtime'],
  cost: ['lib'],
  samples: ['lib'],
  'simulators/wix': ['simulators', 'lib'],
  'simulators/sqs': ['simulators', 'lib'],
  'simulators/store': ['simulators', 'lib'],
  'simulators/presets': ['simulators/wix'],
  simulators: [],
  'simulators/deployment': [...SIMULATORS.slice(0, 4), 'functions', 'lib'],
  // The page stands on the commands, and start.ts alone opens it.
  engine: [
    'engine/page',
    'cli/kit/engine-target.ts',
    'terminal',
    'samples',
    ...SIMULATORS.slice(0, 5),
    'lib',
    'scripts',
  ],
  'engine/page': ['page', 'cli', 'engine', 'samples', ...SIMULATORS.slice(0, 5), 'lib'],
  // Runs in the browser. What completes rules is made of the lists that check them.
  page: ['lib/rules', 'lib/standing', 'lib/events', 'rules.schema.json'],
  cli: [
    'terminal',
    'engine',
    'simulators/sqs',
    'simulators/presets',
    'samples',
    'cost',
    'lib',
    'package.json',
  ],
  scripts: ['lib', 'package.json'],
  bench: ['terminal', 'functions', 'lib', 'engine', 'samples', ...SIMULATORS, 'cost', 'scripts'],
  test: [
    'functions',
    'lib',
    'engine',
    'engine/page',
    'page',
    'samples',
    ...SIMULATORS,
    'cost',
    'scripts',
    'terminal',
    'cli',
    'bench',
    'rules.yml',
  ],
};

/**
 * Rooms and files that are a function of their arguments alone, and the packages that does not spoil.
 * The first that matches counts.
 */
const PURE: readonly { readonly files: RegExp; readonly packages: readonly string[] }[] = [
  // Run when the bundle is built, and never in the Lambda.
  {
    files: /^lib\/rules\/authoring\/(?:labels-schema|load|schema|words)\.ts$/,
    packages: ['zod'],
  },
  {
    files: /^lib\/sources\/authoring\/(?:files|own-folder)\.ts$/,
    packages: ['node:fs', 'node:path', 'node:url'],
  },
  { files: /^lib\/sources\/authoring\//, packages: ['zod'] },
  {
    files: /^lib\/sources\//,
    packages: ['zod/mini', 'node:crypto', 'node:util', 'node:zlib', 'entities/decode'],
  },
  { files: /^lib\/yaml\//, packages: ['zod', 'yaml', 'fastest-levenshtein'] },
  { files: /^lib\/rules\/authoring\/tables\.ts$/, packages: ['csv-parse/sync'] },
  // Its one work is to read rules.yml and what stands beside it.
  { files: /^lib\/rules\/authoring\/beside\.ts$/, packages: ['node:fs', 'node:path'] },
  {
    files: /^lib\/rules\/authoring\/decisive\.ts$/,
    packages: ['@marcbachmann/cel-js', 'node:crypto'],
  },
  { files: /^lib\/rules\//, packages: ['zod/mini', '@marcbachmann/cel-js'] },
  { files: /^lib\/history\//, packages: ['zod/mini', 'node:crypto'] },
  { files: /^lib\/standing\//, packages: ['@marcbachmann/cel-js', 'node:crypto'] },
  { files: /^lib\/events\//, packages: ['zod/mini'] },
  { files: /^page\/(?:batch|flows|merge|refreshed|route|words)\.ts$/, packages: [] },
  { files: /^lib\/(?:labelling\/retry|wix\/calls\/classify)\.ts$/, packages: [] },
];

/** Ways to the clock, to chance, to the environment and to the network that need no import. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\b|\bfetch\(|\bset(?:Timeout|Interval|Immediate)\b|\bperformance\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/g;

// The formatter puts static imports at the start of a line, where no comment or string can stand.
const STATIC_IMPORT = /^(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'/gm;
const DYNAMIC_IMPORT = /\b(?:import|require)\(\s*'([^']+)'/g;

/**
 * Holds files against the table of rooms.
 * @param files the text of each file by its path from the project's folder, with slashes
 * @returns a line for each import or use that crosses a wall, with what would be allowed, and for each circle
 */
export function checkImports(files: ReadonlyMap<string, string>): readonly string[] {
  const crossings = [...files].flatMap(([path, text]) => {
    const rooms = ROOMS[roomOf(path)];
    if (rooms === undefined) return [`${path}: ${roomOf(path)} is no room. Add it to the table.`];
    const crossings = importsOf(path, text).flatMap((found) => problemsOf(path, rooms, found));
    return [...crossings, ...impureUses(path, text)];
  });
  return [...crossings, ...circles(files)];
}

interface Import {
  readonly line: number;
  /** A path from the project's folder, or the name of a package. */
  readonly target: string;
  readonly isPackage: boolean;
}

function importsOf(path: string, text: string): readonly Import[] {
  const matches = [...text.matchAll(STATIC_IMPORT), ...text.matchAll(DYNAMIC_IMPORT)];
  return matches.map(({ index, 1: name = '' }) => {
    const isPackage = !name.startsWith('.');
    const target = isPackage ? name : posix.join(posix.dirname(path), name);
    return { line: text.slice(0, index).split('\n').length, target, isPackage };
  });
}

/** A line for each circle of imports between files, types included. */
function circles(files: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push(`${[...way.slice(start), path].join(' → ')}: a circle of imports.`);
    if (start >= 0 || done.has(path)) return;
    const targets = importsOf(path, files.get(path) ?? '').map(({ target }) => target);
    for (const target of targets) if (files.has(target)) walk(target, [...way, path]);
    done.add(path);
  };
  for (const path of files.keys()) walk(path, []);
  return found;
}

function problemsOf(path: string, rooms: readonly string[], found: Import): readonly string[] {
  const { line, target, isPackage } = found;
  if (!isPackage) {
    const room = roomOf(path);
    const free = [room, ...rooms].some((one) => isIn(one, target));
    return free ? [] : [`${path}:${line}: imports ${target}. ${room} may import ${list(rooms)}.`];
  }
  const packages = PURE.find(({ files }) => files.test(path))?.packages;
  return packages === undefined || packages.includes(target)
    ? []
    : [`${path}:${line}: imports ${target}. It is kept pure: packages ${list(packages)}.`];
}

function impureUses(path: string, text: string): readonly string[] {
  if (!PURE.some(({ files }) => files.test(path))) return [];
  // Without types and comments, which may speak of the clock.
  const { code } = transformSync(text, { loader: 'ts', legalComments: 'none' });
  const uses = new Set([...code.matchAll(IMPURE)].map(([use]) => use));
  return [...uses].map((use) => `${path}: uses ${use}. It is kept pure: take it as an argument.`);
}

/** The room of the most words that a path begins with; a folder under `lib` that is none is named as it is. */
function roomOf(path: string): string {
  const parts = path.split('/').slice(0, -1);
  for (let depth = parts.length; depth > 0; depth -= 1) {
    const room = parts.slice(0, depth).join('/');
    if (room in ROOMS) return room;
  }
  return parts.slice(0, parts[0] === 'lib' ? 2 : 1).join('/');
}

/** Whether a target is the file or in the room; `lib`, which is no room, stands for all that begin with it. */
const isIn = (allowed: string, target: string): boolean =>
  target === allowed ||
  roomOf(target) === allowed ||
  (!(allowed in ROOMS) && target.startsWith(`${allowed}/`));

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
