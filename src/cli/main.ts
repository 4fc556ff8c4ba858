#!/usr/bin/env node
import { quickMcp } from './quick-mcp.ts';

const args = process.argv.slice(2);
await quickMcp(args);
const [{ processContext }, { runCli }] = await Promise.all([
  import('./process-context.ts'),
  import('./program.ts'),
]);
process.exitCode = await runCli(args, processContext());
