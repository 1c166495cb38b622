import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, stop } from 'esbuild';

const FOLDER = join(import.meta.dirname, '../../page');

/** The page's script and style. */
export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

/** Bundles the page as it lies in the folder `page`. @throws Error with esbuild's words for what does not compile */
export async function bundlePage(): Promise<PageBundle> {
  const entry = join(FOLDER, 'main.tsx');
  if (!existsSync(entry)) throw new Error(`There is no page here: ${entry} is missing.`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: FOLDER,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  // It keeps a process for the next build, and there is none.
  await stop();
  const textOf = (ending: string): string =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
}

export const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Earmark</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_earmark/page.css">
<body>
<div id="page"></div>
<noscript>The page of Earmark needs JavaScript. The commands do not: ./earmark --help</noscript>
<script type="module" src="/_earmark/page.js"></script>
</body>
</html>
`;
