/** Where `rhema serve` listens unless it is told otherwise. */
export const servedAt = { host: '127.0.0.1', port: 7421 } as const;
