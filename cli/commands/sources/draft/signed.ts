type Headers = Readonly<Record<string, string>>;

/** The proof that headers show; without any a secret in the path, which every sender can be given. */
export function signedBy(headers: Headers): Readonly<Record<string, unknown>> {
  const names = Object.keys(headers);
  if (names.some((name) => /^(?:webhook|svix)-signature$/.test(name))) {
    return { scheme: 'standard-webhooks' };
  }
  const signature = names.find((name) => /signature|hmac|digest|-sign$/.test(name));
  if (signature)
    return { scheme: 'hmac', header: signature, ...spelling(headers[signature] ?? '') };
  const authorization = headers.authorization ?? '';
  if (/^bearer /i.test(authorization)) return { scheme: 'bearer' };
  if (/^basic /i.test(authorization)) return { scheme: 'basic' };
  const secret = names.find((name) => /secret|token|api-?key/.test(name));
  return secret ? { scheme: 'header', header: secret } : { scheme: 'path' };
}

function spelling(written: string): Readonly<Record<string, unknown>> {
  const parts = [...written.matchAll(/(?:^|([,;])\s*)(\w+)=([^,;]+)/g)];
  const time = parts.find(([, , , value = '']) => /^\d{10,13}$/.test(value));
  if (time) {
    const signature = parts.find((part) => part !== time);
    return {
      parts: { separator: parts[1]?.[1] ?? ',', signature: signature?.[2] ?? 'v1', time: time[2] },
      over: ['time', '.', 'body'],
    };
  }
  const [, prefix = '', value = ''] = /^([a-z\d]+=)?(.*)$/.exec(written) ?? [];
  return { ...(prefix && { prefix }), ...encodingOf(value) };
}

const HEX: Readonly<Record<number, string>> = { 40: 'sha1', 64: 'sha256', 128: 'sha512' };
const BASE64: Readonly<Record<number, string>> = { 28: 'sha1', 44: 'sha256', 88: 'sha512' };

function encodingOf(value: string): Readonly<Record<string, unknown>> {
  const isHex = /^[\da-f]+$/i.test(value);
  const hash = isHex ? HEX[value.length] : BASE64[value.length];
  const others = { ...(hash && hash !== 'sha256' && { hash }) };
  return isHex ? others : { ...others, encoding: 'base64' };
}
