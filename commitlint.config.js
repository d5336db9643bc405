// What a commit's title looks like: `feat(delivery): park lanes behind an open breaker`. Run by scripts/commit-titles.mjs.
import { readdirSync } from 'node:fs';

const NEVER = 'never';
const ALWAYS = 'always';
const ERROR = 2;

const ROOMS = ['apps', 'libs'].flatMap((folder) => readdirSync(new URL(folder, import.meta.url)));
const TIERS = ['bench', 'chaos', 'e2e', 'integration', 'soak', 'support'];
const OTHERS = ['build', 'ci', 'console', 'deps', 'docker', 'docs'];

export default {
  rules: {
    'header-max-length': [ERROR, ALWAYS, 72],
    'type-enum': [ERROR, ALWAYS, ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'test']],
    'type-empty': [ERROR, NEVER],
    'scope-enum': [ERROR, ALWAYS, [...ROOMS, ...TIERS, ...OTHERS]],
    'subject-empty': [ERROR, NEVER],
    'subject-full-stop': [ERROR, NEVER, '.'],
    'body-leading-blank': [ERROR, ALWAYS],
  },
};
