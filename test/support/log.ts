import { jest } from '@jest/globals';

/** Takes what is logged from here on, until `restore` (or jest.restoreAllMocks). */
export function captureLog() {
  const written: string[] = [];
  const output = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return {
    text: (): string => written.join(''),
    lines: (): Record<string, unknown>[] => written.map((line) => JSON.parse(line)),
    restore: (): void => output.mockRestore(),
  };
}
export type CapturedLog = ReturnType<typeof captureLog>;
