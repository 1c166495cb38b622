import * as z from 'zod/mini';
import { isPreset, type PresetName } from '../../../simulators/presets/presets.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';

const Answer = z.object({
  presets: z.array(
    z.object({
      name: z.custom<PresetName>((name) => typeof name === 'string' && isPreset(name)),
      title: z.string(),
      isOn: z.boolean(),
      isOnce: z.boolean(),
    }),
  ),
});
const Refused = z.object({ message: z.string() });

/** What a preset does, and whether it does so now. */
export type PresetState = z.infer<typeof Answer>['presets'][number];

/** Asks the engine (engine/control.ts), or has it switch a preset. @returns all presets, as they are then */
export function enginePresets(controlUrl: string) {
  const url = `${controlUrl}/presets`;
  return async (change?: { name: PresetName; isOn: boolean }): Promise<readonly PresetState[]> => {
    const init = change && { method: 'POST', body: JSON.stringify(change) };
    const response = await fetch(url, init).catch(() => undefined);
    if (!response) throw new CliFailure(`The engine does not answer at ${url}.`, EXIT.unreachable);
    const body: unknown = await response.json();
    if (response.ok) return Answer.parse(body).presets;
    const { data } = Refused.safeParse(body);
    throw new CliFailure(data?.message ?? `The engine answered ${response.status} at ${url}.`);
  };
}
