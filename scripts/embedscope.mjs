#!/usr/bin/env node
/** Starts the command line: registers the TypeScript loader and hands over to embedscope.ts. */
import { register } from 'tsx/esm/api';

register();
await import('./embedscope.ts');
