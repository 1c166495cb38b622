import { didYouMean } from '../../../lib/yaml/suggest.ts';
import { isPreset, type PresetName } from '../../../simulators/presets/presets.ts';
import { type CommandContext, usingTarget } from '../../kit/command.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import { writeJson } from '../../kit/terminal.ts';
import { enginePresets, type PresetState } from './engine-presets.ts';
import { renderBegun, renderEnded, renderList } from './words.ts';

interface SimulateOptions {
  readonly stage?: string;
  readonly json?: boolean;
}

/** `earmark simulate [preset]`, `earmark simulate off [which]` */
export async function simulate(
  what: string | undefined,
  which: string | undefined,
  { stage, json = false }: SimulateOptions,
  context: CommandContext,
): Promise<void> {
  if (stage !== undefined) {
    throw wrongUsage(
      `Trouble is made for the simulated Wix alone: only on the local engine,\nand not on stage ${stage}.`,
    );
  }
  if (which !== undefined && what !== 'off') {
    throw wrongUsage(`One at a time: ./earmark simulate ${what}`);
  }
  await usingTarget({}, context, async ({ controlUrl }) => {
    if (controlUrl === undefined) throw new CliFailure(REAL_SITE, EXIT.usage);
    const ask = enginePresets(controlUrl);
    const before = await ask();
    const { out } = context.terminal;
    const show = (presets: readonly PresetState[], words: string) =>
      json ? writeJson(context.terminal, { presets }) : out.write(words);
    if (what === undefined) return void show(before, renderList(before));
    if (what !== 'off') {
      const name = named(what, before);
      const presets = await ask({ name, isOn: true });
      return void show(presets, renderBegun(presetOf(name, presets)));
    }
    const ending = which === undefined ? before : [presetOf(named(which, before), before)];
    const on = ending.filter(({ isOn }) => isOn);
    let presets = before;
    for (const { name } of on) presets = await ask({ name, isOn: false });
    show(presets, renderEnded(on, which));
  });
}

const REAL_SITE =
  'This engine labels a real site, and trouble is made for the simulated Wix alone.\nWithout WIX_API_URL npm start has one.';

/** @throws CliFailure for a name that is none */
function named(given: string, presets: readonly PresetState[]): PresetName {
  if (isPreset(given)) return given;
  const names = presets.map(({ name }) => name);
  throw wrongUsage(
    `There is no preset "${given}". ${didYouMean(given, [...names, 'off'])} There are ${names.join(', ')}, and off.`,
  );
}

function presetOf(name: PresetName, presets: readonly PresetState[]): PresetState {
  const found = presets.find((one) => one.name === name);
  if (found) return found;
  throw new CliFailure(`The engine that runs has no preset ${name}: start it again.`);
}
