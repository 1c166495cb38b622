import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliFailure, EXIT } from './failure.ts';

/**
 * The text of a file that a command needs.
 * @param whatToDo a sentence, for where there is no such file
 * @throws CliFailure
 */
export async function readText(name: string, folder: string, whatToDo: string): Promise<string> {
  return readFile(resolve(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    const what =
      error.code === 'ENOENT'
        ? `There is no file ${name}. ${whatToDo}`
        : `The file ${name} cannot be read: ${error.message}`;
    throw new CliFailure(what, EXIT.usage);
  });
}
