import { createHash } from 'node:crypto';

/** The names of what the deployment makes, where the contract does not give them. */
export interface Names {
  /** What functions and topics begin with; nothing for the banknotes, whose names other programs know. */
  readonly prefix: string;
  /** Of the connector, the Redis and the database instance. */
  readonly service: string;
  readonly addresses: string;
  readonly door: string;
  readonly builder: string;
  readonly deployer: string;
  /** Of the image with the tools, and of the job and account that run it. */
  readonly tools: string;
  readonly toolsJob: string;
  readonly secret: string;
  /** Of the secret with the keys that sign models. */
  readonly modelKeys: string;
  /** And ratings. */
  readonly messageKeys: string;
  /** Of the secrets with what it takes to talk to the database and Redis safely. */
  readonly databaseCa: string;
  readonly redisSecret: string;
  readonly redisCa: string;
  /** Shows on things that they are ours. */
  readonly mark: string;
  readonly description: string;
  /** Before the titles of what people see. */
  readonly title: string;
  readonly database: string;
  readonly databaseUser: string;
}

const ofBanknotes: Names = {
  prefix: '',
  service: 'banknote-loop',
  addresses: 'banknote-loop-services',
  door: 'banknote-loop-door',
  builder: 'loop-builder',
  deployer: 'loop-deployer',
  tools: 'tools',
  toolsJob: 'loop-tools',
  secret: 'db-pass',
  modelKeys: 'model-keys',
  messageKeys: 'message-keys',
  databaseCa: 'db-ca',
  redisSecret: 'redis-auth',
  redisCa: 'redis-ca',
  mark: 'banknote-loop',
  description: 'made by the banknote loop',
  title: 'Banknote loop',
  database: 'banknotes',
  databaseUser: 'banknote_loop',
};

/** Google's shortest limits: of a VPC connector, and of a service account. */
const longest = { service: 25, account: 30 } as const;
/** With the longest name of a function a service of Cloud Run has 49 characters at most. */
const longestSlug = 20;

/** What tells the loops of one project apart: the data set, and the environment where there is more than one. */
export function loopOf({
  DATA_SET,
  ENVIRONMENT,
}: {
  readonly DATA_SET: string;
  readonly ENVIRONMENT?: string | undefined;
}): string {
  return ENVIRONMENT ? `${DATA_SET}-${ENVIRONMENT}` : DATA_SET;
}

/** Several loops can be in one project: what is made for one carries its name. */
export function namesOf(loop: string): Names {
  if (loop === 'banknotes') return ofBanknotes;
  // Google refuses names that begin like its own.
  const slug = /^goog|google/.test(loop) ? `d-${hashOf(loop)}` : fit(loop, longestSlug);
  const service = fit(`loop-${slug}`, longest.service);
  const inSql = slug.replaceAll('-', '_');
  return {
    prefix: `${slug}-`,
    service,
    addresses: `${service}-services`,
    door: `${service}-door`,
    builder: fit(`loop-${slug}-builder`, longest.account),
    deployer: fit(`loop-${slug}-deployer`, longest.account),
    tools: 'tools',
    toolsJob: fit(`loop-${slug}-tools`, longest.account),
    secret: `${slug}-db-pass`,
    modelKeys: `${slug}-model-keys`,
    messageKeys: `${slug}-message-keys`,
    databaseCa: `${slug}-db-ca`,
    redisSecret: `${slug}-redis-auth`,
    redisCa: `${slug}-redis-ca`,
    mark: service,
    description: `made by the loop of ${loop}`,
    title: `Loop of ${loop}`,
    database: inSql,
    databaseUser: `${inSql}_loop`,
  };
}

/** The secret with the password as which a function logs in to the database. */
export function passwordSecret({ secret, prefix }: Names, functionName: string): string {
  return `${secret}-${functionName.slice(prefix.length)}`;
}

/** The service account of a function, by the name that the function is deployed under. */
export function accountName(functionName: string): string {
  return fit(`loop-${functionName}`, longest.account);
}

/** The name, or as much of it as there is room for, and a hash that tells it from others which begin alike. */
function fit(name: string, most: number): string {
  if (name.length <= most && !name.endsWith('-')) return name;
  const head = name.slice(0, most - 7).replace(/-+$/, '');
  return `${head}-${hashOf(name)}`;
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 6);
}
