import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { wrongUsage } from '../../kit/failure.ts';

/** A payload's file as it was named, and its bytes. */
export interface PayloadFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** The names of the folders above it. */
  readonly folders: readonly string[];
}

/** The files of a folder that are taken for payloads. */
const PAYLOAD = /\.(?:json|txt)$/i;

/**
 * The files named, those of folders (and folders in them) included; `-` is the standard input.
 * @param signal ends the wait for the standard input
 * @throws CliFailure
 */
export async function readPayloadFiles(
  names: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<readonly PayloadFile[]> {
  const files: PayloadFile[] = [];
  for (const name of names) {
    if (name === '-') {
      const bytes = await buffer(addAbortSignal(signal, process.stdin));
      files.push({ name: 'standard input', bytes, folders: [] });
    } else {
      for (const path of await pathsOf(name, folder)) {
        files.push({ name: path, ...(await readPayloadFile(resolve(folder, path))) });
      }
    }
  }
  return files;
}

/** @param path absolute */
export async function readPayloadFile(path: string): Promise<Omit<PayloadFile, 'name'>> {
  return { bytes: await readFile(path), folders: path.split(sep).slice(0, -1) };
}

async function pathsOf(name: string, folder: string): Promise<readonly string[]> {
  const found = await stat(resolve(folder, name)).catch(() => undefined);
  if (found === undefined) {
    throw wrongUsage(`There is no file or folder ${name}.`);
  }
  if (/\.ya?ml$/i.test(name) && !found.isDirectory()) {
    throw wrongUsage(
      `${name} is YAML, and a payload is a body as its sender posts it: JSON, or a form.\nThe rules are named by --rules FILE.`,
    );
  }
  if (!found.isDirectory()) return [name];
  const entries = await readdir(resolve(folder, name), { recursive: true });
  const paths = entries.filter((entry) => PAYLOAD.test(entry)).sort();
  if (paths.length > 0) return paths.map((path) => join(name, path));
  throw wrongUsage(`The folder ${name} holds no .json or .txt file.`);
}
