/** `1,000`. */
export const number = (n: number): string => n.toLocaleString('en-US');

/** `1 dead letter`, `1,000 dead letters`. */
export const many = (n: number, one: string, several = `${one}s`): string =>
  `${number(n)} ${n === 1 ? one : several}`;
