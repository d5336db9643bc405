import { describe, expect, it } from '@jest/globals';
import { faultsOf } from './testing/faults-of.js';

const unknown = (variable: string, meant: string): unknown => ({
  variable,
  message: `is not a setting of Fleethook; did you mean ${meant}?`,
});

describe('a variable that nobody reads', () => {
  it.each([
    ['KAFKA_BROKER', 'KAFKA_BROKERS'],
    ['KAFKA_BORKERS', 'KAFKA_BROKERS'],
    ['KAFKA_TOPIC_PERFIX', 'KAFKA_TOPIC_PREFIX'],
    ['KAFKA_SASL_MECHANSIM', 'KAFKA_SASL_MECHANISM'],
    ['KAFKA_SASL_PASWORD', 'KAFKA_SASL_PASSWORD'],
    ['KAFKA_SASL_USER_NAME', undefined],
    ['KAFKA_SSSL', 'KAFKA_SSL'],
    ['KAFKA_REPLICATON_FACTOR', 'KAFKA_REPLICATION_FACTOR'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['DATABASE_POOL_SZIE', 'DATABASE_POOL_SIZE'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['LOG_FROMAT', 'LOG_FORMAT'],
    ['ROUTER_PROT', 'ROUTER_PORT'],
    ['API_PRT', 'API_PORT'],
    ['API_RATTE', 'API_RATE'],
    ['API_TRUSTED_PROXEIS', 'API_TRUSTED_PROXIES'],
    ['AUDIT_RETENTON', 'AUDIT_RETENTION'],
    ['OPERATOR_API_KYE_FILE', 'OPERATOR_API_KEY_FILE'],
  ])('stops the start as %s, which was to be %s', (variable, meant) => {
    for (const app of ['router', 'standalone'] as const)
      expect(faultsOf(app, { [variable]: 'x' })).toEqual(meant === undefined ? [] : [unknown(variable, meant)]);
  });

  it('is listed with all else', () => {
    const faults = faultsOf('router', { KAFKA_BROKER: 'x', LOG_LEVLE: 'x', LOG_FORMAT: 'x', RETRY_HORIZONT: 'x' });
    expect(faults.map(({ variable }) => variable)).toEqual([
      'LOG_FORMAT',
      'KAFKA_BROKER',
      'LOG_LEVLE',
      'RETRY_HORIZONT',
    ]);
  });

  it('is told the closest of the names that it may stand for', () => {
    expect(faultsOf('router', { INGEST_MAX_EVENTS: 'x' })).toEqual([unknown('INGEST_MAX_EVENTS', 'INGEST_MAX_EVENT')]);
    expect(faultsOf('router', { INGEST_PROT: 'x' })).toEqual([unknown('INGEST_PROT', 'INGEST_PORT')]);
  });

  it('is nobody’s business beside the setting itself, or without a value', () => {
    expect(faultsOf('router', { KAFKA_BROKER: 'kafka:9092', KAFKA_BROKERS: 'kafka:9092' })).toEqual([]);
    expect(faultsOf('router', { KAFKA_BROKER: '', LOG_LEVLE: ' ' })).toEqual([]);
  });
});

describe('a variable of our other commands', () => {
  it.each([
    'FLEETHOOK_URL',
    'FLEETHOOK_INGEST_URL',
    'FLEETHOOK_WEBHOOK_SECRET',
    'WEBHOOK_SECRETS',
    'FLEETHOOK_TEST_KAFKA',
    'FLEETHOOK_TEST_DATABASE',
    'FLEETHOOK_SCREENSHOTS',
    'FLEETHOOK_IMAGE',
  ])('stops nothing: %s', (variable) => {
    for (const app of ['router', 'standalone', 'doctor'] as const)
      expect(faultsOf(app, { [variable]: 'x' })).toEqual([]);
  });

  it('has to be spelled right', () => {
    expect(faultsOf('router', { FLEETHOOK_URLS: 'x', WEBHOOK_SECRET: 'x' })).toHaveLength(2);
  });
});

/** From the images of Kafka, PostgreSQL and Java, from frameworks, and from what engines put in for services by these names. */
const OF_OTHERS = `
  KAFKA_HOME KAFKA_OPTS KAFKA_HEAP_OPTS KAFKA_JMX_OPTS KAFKA_LOG_DIRS KAFKA_LISTENERS KAFKA_URL KAFKA_HOST KAFKA_USER KAFKA_TOPIC
  KAFKA_PORT KAFKA_SERVICE_HOST KAFKA_SERVICE_PORT KAFKA_PORT_9092_TCP KAFKA_PORT_9092_TCP_ADDR KAFKA_NAME KAFKA_VERSION
  KAFKA_BROKER_ID KAFKA_BROKER_1 KAFKA_BROKER2 KAFKA_BROKER_PORT KAFKA_BROKERS_SERVICE_HOST KAFKA_BOOTSTRAP_SERVERS KAFKA_GROUP_ID
  KAFKA_SSL_PASSWORD KAFKA_SSL_KEY_FILE KAFKA_SSL_CERT_FILE KAFKA_SSL_CAFILE KAFKA_SSL_KEYSTORE_PASSWORD KAFKA_SASL KAFKA_TLS KAFKA_ACL
  KAFKA_SASL_JAAS_CONFIG KAFKA_SASL_ENABLED_MECHANISMS KAFKA_SESSION_TIMEOUT_MS KAFKA_DEFAULT_REPLICATION_FACTOR KAFKA__BROKERS
  DATABASE_NAME DATABASE_HOST DATABASE_PORT DATABASE_USER DATABASE_PASSWORD DATABASE_URI DATABASE_URI_FILE DATABASE_SSL DATABASE_URLS
  DATABASE_DSN DATABASE_POOL DATABASE_POOL_MIN DATABASE_POOL_MAX DB_URL PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE POSTGRES_URL
  LOG_DIR LOG_FILE LOG_PATH LOG_NAME LOG_COLOR LOGLEVEL LOG_TARGET LOG_LABEL LOG_LEVEL_ROOT LOG_DATEFORMAT_PATTERN
  API_KEY API_URL API_HOST API_ROOT API_BASE API_NAME API_PATH API_DATE API_CORS API_PORTS API_TOKEN API_VERSION API_SERVICE_HOST
  API_SERVICE_PORT API_PORT_4000_TCP API_PORT_4000_TCP_PORT APP_PORT APP_RATE WEB_PORT INGRESS_PORT
  ROUTER_HOST ROUTER_SERVICE_HOST ROUTER_SERVICE_PORT ROUTER_PORT_4002_TCP ROUTERS_PORT ROUTER_ID
  AUDIT_LOG CONSOLE_DIRS CONSOLE_LOG CONSOLE_URL OPERATOR_NAME OPERATOR_NAMESPACE SECRET_KEY SECRET_KEY_BASE
  JAVA_OPTS JAVA_HOME_17 JAVA17_HOME JAVA_NAME OTEL_METRICS_EXPORTER OTEL_TRACE_EXPORTER OTEL_EXPORTER_OTLP_ENDPOINTS
  PATH HOME HOSTNAME PORT HOST NODE_ENV NODE_OPTIONS TZ LANG KUBERNETES_SERVICE_HOST KUBERNETES_PORT POD_NAME npm_config_cache
`;

describe('a variable of other software', () => {
  it.each(OF_OTHERS.trim().split(/\s+/))('stops nothing: %s', (variable) => {
    for (const app of ['router', 'standalone'] as const)
      expect(faultsOf(app, { [variable]: 'tcp://10.0.0.1:4000' })).toEqual([]);
  });
});
