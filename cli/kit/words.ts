/** `1,000`. */
export const number = (n: number): string => n.toLocaleString('en-US');

/** `1 letter`, `1,000 letters`. */
export const many = (n: number, one: string, several = `${one}s`): string =>
  `${number(n)} ${n === 1 ? one : several}`;
