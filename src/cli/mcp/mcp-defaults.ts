/** What `rhema mcp` does when its words do not say otherwise. */
export const mcpDefaults = { wait: '45s', waitMs: 45_000, collect: '2m', collectMs: 120_000 } as const;

/** Clients built on the SDK give up on a call after a minute. */
export const waitMsMax = 50_000;
