import { resolve } from 'node:path';

/** Earmark's own folder: the repository, or where a project has it. */
export const EARMARK = resolve(import.meta.dirname, '../..');
/** Where a project has Earmark, from its folder. The files of `cli/commands/init/project` name it, too. */
export const PLACE = 'vendor/earmark';
