import { addBackfill } from './backfill.ts';
import { addCapacity } from './capacity.ts';
import type { AddCommand } from './command.ts';
import { addDeadLetters } from './dead-letters.ts';
import { addDoctor } from './doctor.ts';
import { addExplain } from './explain.ts';
import { addRules } from './rules.ts';
import { addSend } from './send.ts';

/** Every command, in the order in which `earmark --help` lists them. */
export const COMMANDS: readonly AddCommand[] = [
  addRules,
  addSend,
  addExplain,
  addDeadLetters,
  addBackfill,
  addDoctor,
  addCapacity,
];
