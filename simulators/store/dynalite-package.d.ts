declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** Where LevelDB keeps the data. Default: in memory. */
    readonly path?: string | undefined;
    /** How long a new table is being created. Default: 500. */
    readonly createTableMs?: number;
  }

  /** Closing the server closes what keeps the data, too. */
  export default function dynalite(options: Options): Server;
}

declare module 'dynalite/db/index.js' {
  /** What keeps the data, without a server. */
  export function create(options: { readonly path: string }): {
    readonly db: { open(): Promise<void>; close(): Promise<void> };
  };
}
