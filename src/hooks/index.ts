/** What the hooks of clients say and understand, each in its own words; what is decided is decided elsewhere. */
export { dialects } from './dialects.ts';
export { hookClients, type HookClient } from './hook-clients.ts';
export {
  passes,
  type Act,
  type HookAnswer,
  type HookCall,
  type HookEvent,
  type Printed,
} from './hook-call.ts';
export { payloadBytesMax, readCall } from './read-call.ts';
export { canaryOf, canaryReason, isCanary, type Canary } from './canary.ts';
export { hookTool, readToolCall } from './tool-call.ts';
export type { Dialect } from './dialect.ts';
