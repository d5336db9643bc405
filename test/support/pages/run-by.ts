import { blocksOf, PAGES, type PageBlock } from './page-block.js';

const OPERATIONS = ['doctor', 'erase', 'install', 'restore', 'secrets', 'secure', 'topics', 'tracing', 'upgrade'];
const isRequest = ({ text }: PageBlock): boolean => /\bcurl\b/.test(text);

/** Which spec runs which blocks as they stand on the page. The specs take them from here, so that the table cannot say more than they do. */
const RUN_BY = {
  'test/e2e/tour.spec.ts': ({ page, language }) =>
    page === 'docs/tour.md' && ['console', 'sh', 'json'].includes(language),
  'test/e2e/requests-of-pages.spec.ts': (block) =>
    block.page !== 'docs/tour.md' && block.language === 'sh' && isRequest(block),
  'test/e2e/operations.spec.ts': (block) =>
    block.language === 'sh' &&
    !isRequest(block) &&
    OPERATIONS.some((name) => block.page === `docs/operations/${name}.md`),
  'test/integration/api/filters.spec.ts': ({ page, language }) => page === 'docs/filters.md' && language === 'json',
  'test/integration/receivers/package-readme.spec.ts': ({ page, language }) =>
    page === 'libs/signing/README.md' && ['js', 'ts'].includes(language),
  'test/support/pages/producers-page.spec.ts': ({ page, language }) =>
    page === 'docs/producers.md' && language === 'json',
  'test/support/pages/receivers-page.spec.ts': ({ page, language }) =>
    page === 'docs/receivers.md' && ['http', 'python'].includes(language),
} as const satisfies Record<string, (block: PageBlock) => boolean>;

export type RunningSpec = keyof typeof RUN_BY;

export const RUNNING_SPECS = Object.keys(RUN_BY) as readonly RunningSpec[];

/** @returns undefined where no spec runs it */
export const specRunning = (block: PageBlock): RunningSpec | undefined =>
  block.notRun === undefined ? RUNNING_SPECS.find((spec) => RUN_BY[spec](block)) : undefined;

/** What a spec has to run, page by page. */
export const blocksRunBy = (spec: RunningSpec): PageBlock[] =>
  PAGES.flatMap((page) => blocksOf(page)).filter((block) => specRunning(block) === spec);
