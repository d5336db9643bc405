import path from 'node:path';

/** The first line is what scripts wait for. */
export function welcome(facts: {
  apiUrl: string;
  ingestUrl: string;
  consoleUrl: string;
  factsFile: string;
}): readonly string[] {
  const file = path.relative(process.cwd(), facts.factsFile);
  return [
    `Fleethook is ready: console ${facts.consoleUrl}, Admin API ${facts.apiUrl}, intake ${facts.ingestUrl}/v1/events.`,
    `The API key (which also signs in to the console), addresses and process ids are in ${file.startsWith('..') ? facts.factsFile : file}. Ctrl-C stops everything.`,
  ];
}
