import { resolve } from 'node:path';
import { SHOP_RULES } from '../../samples/shop.ts';
import { buildFunctions } from '../../scripts/build.ts';
import { compileTemplate } from '../../scripts/template.ts';
import { showProgress } from '../command.ts';
import { readDeployment } from './deployment.ts';
import { measureLogs } from './logs.ts';
import { playShape, SHAPES } from './shapes.ts';
import { openStage } from './stage.ts';
import { measureStanding } from './standing.ts';
import { measureWork } from './work.ts';

/** Events of each simulated shape: what one costs does not change with more. */
const PLAYED_EVENTS = 2_000;

/** All that was measured. Everything else is computed from it. */
export type Measurement = Awaited<ReturnType<typeof measure>>;

export async function measure(options: { readonly processes: number; readonly customers: number }) {
  showProgress('building');
  const outDir = resolve('.earmark/bench-cost');
  const bundles = await buildFunctions({ outDir, rules: SHOP_RULES });
  const deployment = readDeployment(await compileTemplate({ rules: SHOP_RULES }));
  const stage = await openStage(bundles, outDir);
  try {
    const worked = await measureWork(stage, { ...options, ...deployment });
    const logged = await measureLogs(stage);
    const shapes = [];
    for (const shape of SHAPES) {
      showProgress(shape.name);
      shapes.push(await playShape(shape, PLAYED_EVENTS));
    }
    showProgress('standing labels');
    const standing = await measureStanding();
    const customers = stage.customers.count();
    return { ...deployment, ...worked, ...logged, shapes, standing, customers };
  } finally {
    showProgress('');
    await stage.close();
  }
}
