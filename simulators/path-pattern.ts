/** The variables of a path, decoded; undefined for a path that does not match. */
export type MatchPath = (path: string) => Readonly<Record<string, string>> | undefined;

/** A pattern as API Gateway writes it: `{name}` stands for one segment, `{name+}` for all that follow. */
export function pathPattern(pattern: string): MatchPath {
  const source = pattern
    .split(/(\{\w+\+?\})/)
    .map((part) => {
      const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(part) ?? [];
      return name
        ? `(?<${name}>${greedy ? '.+' : '[^/]+'})`
        : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    })
    .join('');
  const whole = new RegExp(`^${source}$`);
  return (path) => {
    const match = whole.exec(path);
    if (!match) return undefined;
    const variables = Object.entries(match.groups ?? {});
    return Object.fromEntries(variables.map(([name, value]) => [name, decode(value)]));
  };
}

/** A path, or a part of one, decoded; as it stands where it is wrongly encoded. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
