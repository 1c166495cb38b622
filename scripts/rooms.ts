import { posix } from 'node:path';
import { transformSync } from 'esbuild';

/**
 * Which rooms a room may import from, types included (docs/architecture.md draws it). Every room may
 * import from itself; `lib` stands for all rooms in it.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  functions: [
    'rules.yml',
    'lib/receiving',
    'lib/labelling',
    'lib/sources',
    'lib/rules',
    'lib/queue',
    'lib/wix',
    'lib/events',
    'lib/runtime',
  ],
  'lib/receiving': ['lib/sources', 'lib/rules', 'lib/queue', 'lib/events', 'lib/runtime'],
  'lib/labelling': ['lib/wix', 'lib/queue', 'lib/events', 'lib/runtime'],
  'lib/wix': ['lib/runtime'],
  'lib/queue': ['lib/events', 'lib/runtime'],
  'lib/sources': ['lib/events'],
  'lib/rules': ['lib/events'],
  'lib/events': [],
  'lib/runtime': [],
  // The queue emulator exports no more than its server.
  local: ['lib', 'scripts', 'node_modules/fauxqs'],
  cli: ['lib', 'local', 'package.json'],
  scripts: ['lib'],
  bench: ['functions', 'lib', 'local', 'scripts', 'cli'],
  test: ['lib', 'functions', 'local', 'scripts', 'cli', 'bench', 'rules.yml'],
};

/**
 * Rooms and files that are a function of their arguments alone, and the packages that does not spoil.
 * The first that matches counts.
 */
const PURE: readonly { readonly files: RegExp; readonly packages: readonly string[] }[] = [
  {
    files: /^lib\/sources\//,
    packages: ['zod/mini', 'node:crypto', 'node:util', 'entities/decode'],
  },
  // Run when the bundle is built, and never in the Lambda.
  {
    files: /^lib\/rules\/(?:load|schema|explain|position|yaml-bounds|yaml-file)\.ts$/,
    packages: ['zod', 'yaml'],
  },
  { files: /^lib\/rules\/csv-table\.ts$/, packages: ['csv-parse/sync'] },
  // Its one work is to read the tables beside rules.yml.
  { files: /^lib\/rules\/beside\.ts$/, packages: ['node:fs', 'node:path'] },
  { files: /^lib\/rules\//, packages: ['zod/mini', '@marcbachmann/cel-js'] },
  { files: /^lib\/events\//, packages: ['zod/mini'] },
  { files: /^lib\/labelling\/policy/, packages: [] },
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
 * @returns a line for each import or use that crosses a wall, with what would be allowed
 */
export function checkImports(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const rooms = ROOMS[roomOf(path)];
    if (rooms === undefined) return [`${path}: ${roomOf(path)} is no room. Add it to the table.`];
    const crossings = importsOf(path, text).flatMap((found) => problemsOf(path, rooms, found));
    return [...crossings, ...impureUses(path, text)];
  });
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

function problemsOf(path: string, rooms: readonly string[], found: Import): readonly string[] {
  const { line, target, isPackage } = found;
  if (!isPackage) {
    const room = roomOf(path);
    const free = [room, ...rooms].some((one) => target === one || target.startsWith(`${one}/`));
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

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'lib' ? `lib/${second}` : first;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
