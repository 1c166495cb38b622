import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CliFailure } from './failure.ts';

/**
 * Runs git in a folder.
 * @returns what it printed, trimmed
 * @throws CliFailure with what git says
 */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const command = promisify(execFile)('git', ['-C', folder, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const { stdout } = await command.catch((error: Error & { code?: string; stderr?: string }) => {
    if (error.code === 'ENOENT') throw new CliFailure('There is no git here: install it first.');
    throw new CliFailure(`git ${args[0]} failed: ${error.stderr?.trim() || error.message}`);
  });
  return stdout.trim();
}

/** The same, or undefined where git says no. */
export const gitOrNot = (folder: string, ...args: readonly string[]): Promise<string | undefined> =>
  git(folder, ...args).catch(() => undefined);
