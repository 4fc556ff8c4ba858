export { MemoryLog, MemoryLogStore } from './memory-log-store.ts';
