#!/usr/bin/env node
await import('../../../dist/apps/cli/src/main.js');
