import { createPresets } from '../../simulators/presets/presets.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';

/** The presets of a simulated Wix of their own; nobody hears of a merge. */
export const somePresets = () =>
  createPresets(createWixSimulator({ apiKey: 'key', siteId: 'site' }), async () => {});
