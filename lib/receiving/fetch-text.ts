/** Far more than a certificate and its issuers have. */
const MOST_BYTES = 65_536;
/** The sender waits meanwhile, and comes again where this was too little. */
const MOST_MS = 1_500;

/** What a server answers where it has no such thing. */
const THERE_IS_NONE: ReadonlySet<number> = new Set([400, 404, 410]);

/**
 * Gets a short text, from the very address: a redirect is not followed.
 * @returns undefined where the server says that there is none
 * @throws Error where it cannot be had now, or is too long
 */
export async function fetchText(url: string): Promise<string | undefined> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(MOST_MS) });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    if (THERE_IS_NONE.has(answer.status)) return undefined;
    throw new Error(`The server answered ${answer.status}.`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`The text has more than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
