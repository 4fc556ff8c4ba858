#!/usr/bin/env node
import { keepCompiled } from './process/compile-cache.ts';

// Before anything of the program is loaded: only what comes after is kept.
keepCompiled(process.env);
void import('./start.ts').then(({ start }) => start(process.argv.slice(2)));
