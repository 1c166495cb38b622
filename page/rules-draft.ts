// What is written in the editor of rules.yml: kept while other views are open.
import { batch, computed, signal } from '@preact/signals';
import { announce } from './announce.ts';
import type { RulesInfo, RulesText } from './api.ts';
import { get, put, RequestError } from './requests.ts';
import { rules } from './state.ts';

/** The file as it was read last; undefined until then. */
const file = signal<RulesText | undefined>(undefined);
export const text = signal('');
/** Another one with each change of the text that was not typed. */
export const edition = signal(0);
/** Somebody else wrote the file since it was read here. */
export const isConflict = signal(false);
export const isChanged = computed(() => file.value !== undefined && text.value !== file.value.text);
export const isRead = computed(() => file.value !== undefined);

const follow = (read: RulesText): void =>
  batch(() => {
    file.value = read;
    text.value = read.text;
    edition.value += 1;
    isConflict.value = false;
  });

/** Reads the file, where nobody has typed what would be lost. */
export async function readFile(): Promise<void> {
  const read = await get<RulesText>('rules');
  if (!isChanged.value) follow(read);
}

/** Begins anew with what is in the file. */
export const takeFile = async (): Promise<void> => follow(await get<RulesText>('rules'));

/** Writes the file. Where somebody else wrote it meanwhile, that is a conflict, and it stays as it is. */
export async function save(): Promise<void> {
  const { before } = file.value ?? { before: '' };
  await write(before);
}

/** Writes the file, whoever wrote it meanwhile. */
export const overwrite = async (): Promise<void> => write((await get<RulesText>('rules')).before);

async function write(before: string): Promise<void> {
  const saved = text.value;
  try {
    rules.value = await put<RulesInfo>('rules', { text: saved, before } satisfies RulesText);
  } catch (error) {
    isConflict.value = error instanceof RequestError && error.status === 409;
    if (isConflict.value) return;
    throw error;
  }
  const read = await get<RulesText>('rules');
  file.value = read;
  isConflict.value = false;
  announceTaking();
}

/** Says what the engine makes of the file that was saved, once that is known. */
function announceTaking(): void {
  announce('Saved.');
  const stop = rules.subscribe((info) => {
    if (info?.refusal === undefined && !info?.isInForce) return;
    announce(info.isInForce ? 'The engine runs these rules.' : 'The former rules still run.');
    queueMicrotask(() => stop());
  });
}
