export { createHttpApp } from './app.ts';
export { HostNames } from './hosts.ts';
export { listen, type HttpServer } from './listen.ts';
export { Mounts } from './mounts.ts';
export { defaultLimits } from './ports.ts';
export { servedRoutes } from './routes.ts';
