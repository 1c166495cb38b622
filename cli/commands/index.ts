import type { AddCommand } from '../kit/command.ts';
import { addBackfill } from './backfill/command.ts';
import { addCapacity } from './capacity/command.ts';
import { addClock } from './clock/command.ts';
import { addDeadLetters } from './dead-letters/command.ts';
import { addDoctor } from './doctor/command.ts';
import { addExplain } from './explain/command.ts';
import { addForget } from './forget/command.ts';
import { addInit } from './init/command.ts';
import { addLog } from './log/command.ts';
import { addReconcile } from './reconcile/command.ts';
import { addRules } from './rules/command.ts';
import { addSend } from './send/command.ts';
import { addSimulate } from './simulate/command.ts';
import { addSources } from './sources/command.ts';
import { addUpgrade } from './upgrade/command.ts';
import { addWhy } from './why/command.ts';

/** Every command, in the order in which `earmark --help` lists them. */
export const COMMANDS: readonly AddCommand[] = [
  addRules,
  addSources,
  addSend,
  addLog,
  addExplain,
  addWhy,
  addReconcile,
  addForget,
  addDeadLetters,
  addBackfill,
  addClock,
  addSimulate,
  addDoctor,
  addCapacity,
  addInit,
  addUpgrade,
];
