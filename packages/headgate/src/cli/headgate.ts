#!/usr/bin/env node
import { Exit } from './exit.js';

// What is missing in node_modules is told, and not thrown: so nothing else is loaded before.
import('./main.js').catch((error: NodeJS.ErrnoException) => {
  if (error.code?.endsWith('MODULE_NOT_FOUND') !== true) throw error;
  const [message] = error.message.split('\n', 1);
  process.stderr.write(`headgate: it is not whole: ${message}. Remove node_modules and install again.\n`);
  process.exitCode = Exit.broken;
});
