import path from 'node:path';

/** The first line is what scripts wait for. */
export function welcome(facts: { apiUrl: string; ingestUrl: string; factsFile: string }): readonly string[] {
  const file = path.relative(process.cwd(), facts.factsFile);
  return [
    `Fleethook is ready: Admin API ${facts.apiUrl}, intake ${facts.ingestUrl}/v1/events.`,
    `The API key, addresses and process ids are in ${file.startsWith('..') ? facts.factsFile : file}. Ctrl-C stops everything.`,
  ];
}
