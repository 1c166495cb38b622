import type { Target } from '../../cli/kit/target.ts';
import type { Keep } from '../../simulators/journal.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import type { OnLine } from '../function-process.ts';
import { watchedKeep } from '../observe.ts';
import type { InForce } from '../take-over.ts';
import { createFront } from './front.ts';
import { createMask } from './mask.ts';
import { createMemory } from './memory.ts';

export interface PageWatchOptions {
  /** The settings and the rules that run, at each time that they are asked for. */
  readonly inForce: Readonly<InForce>;
  /** Where the engine keeps what it holds. */
  readonly keep: Keep;
  /** The rules file, absolute. */
  readonly rulesPath: string;
  readonly openTarget: () => Promise<Target>;
}

interface PageWatch {
  /** What the engine is to be started with. */
  readonly options: Pick<EngineOptions, 'keep' | 'onInvocation' | 'answerOwn' | 'simulator'>;
  readonly onLine: OnLine;
  /** The engine has started. */
  begin(engine: Engine): void;
}

/**
 * Keeps what the page will show from the start on, and loads what shows it when somebody asks for it: the engine is
 * ready no later for it.
 */
export function watchForPage(options: PageWatchOptions): PageWatch {
  const { inForce, keep, rulesPath, openTarget } = options;
  const started = Promise.withResolvers<Engine>();
  let now: () => number = Date.now;
  const memory = createMemory({ now: () => now(), mask: createMask(() => inForce.settings) });

  async function open() {
    const { openPage } = await import('./requests.ts');
    const engine = await started.promise;
    return openPage({ engine, inForce, memory, rulesPath, openTarget });
  }

  return {
    options: {
      keep: watchedKeep(keep, memory.kept),
      onInvocation: memory.invoked,
      answerOwn: createFront(open),
      simulator: { onCall: memory.called },
    },
    onLine: memory.line,
    begin(engine) {
      now = engine.clock.now;
      started.resolve(engine);
    },
  };
}
