export { createHttpApp } from './app.ts';
export { HostNames } from './hosts.ts';
export { listen } from './listen.ts';
export { defaultLimits } from './ports.ts';
export { servedRoutes } from './routes.ts';
