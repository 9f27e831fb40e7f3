import type { Command } from '../command.ts';
import { giveCommand, lookOf, type Step, takeCommand } from '../step.ts';

// Which APIs must be enabled, and which roles somebody needs who carries a plan out: both follow from its commands.

interface Access {
  readonly apis: readonly string[];
  readonly roles: readonly string[];
}

/** By the first words of a command; the longest that fit count. */
const accesses: Readonly<Record<string, Access>> = {
  projects: { apis: ['cloudresourcemanager'], roles: ['resourcemanager.projectIamAdmin'] },
  services: { apis: [], roles: ['serviceusage.serviceUsageAdmin'] },
  'beta services': { apis: [], roles: ['serviceusage.serviceUsageAdmin'] },
  'services vpc-peerings': { apis: ['servicenetworking'], roles: ['compute.networkAdmin'] },
  'iam service-accounts': { apis: ['iam'], roles: ['iam.serviceAccountAdmin'] },
  // Whoever logs in from GitHub does so through these two APIs.
  'iam workload-identity-pools': {
    apis: ['iam', 'sts', 'iamcredentials'],
    roles: ['iam.workloadIdentityPoolAdmin'],
  },
  pubsub: { apis: ['pubsub'], roles: ['pubsub.admin'] },
  secrets: { apis: ['secretmanager'], roles: ['secretmanager.admin'] },
  storage: { apis: ['storage'], roles: ['storage.admin'] },
  compute: { apis: ['compute'], roles: ['compute.networkAdmin'] },
  'compute security-policies': { apis: ['compute'], roles: ['compute.securityAdmin'] },
  'compute networks vpc-access': { apis: ['vpcaccess'], roles: ['vpcaccess.admin'] },
  redis: { apis: ['redis'], roles: ['redis.admin'] },
  sql: { apis: ['sqladmin'], roles: ['cloudsql.admin'] },
  'beta sql': { apis: ['sqladmin'], roles: ['cloudsql.admin'] },
  // Deploying a function builds it, stores what was built, and lets it work as its account.
  functions: {
    apis: ['cloudfunctions', 'cloudbuild', 'artifactregistry', 'run'],
    roles: ['cloudfunctions.admin', 'iam.serviceAccountUser'],
  },
  eventarc: { apis: ['eventarc'], roles: ['eventarc.admin'] },
  run: { apis: ['run'], roles: ['run.admin', 'iam.serviceAccountUser'] },
  builds: { apis: ['cloudbuild'], roles: ['cloudbuild.builds.editor', 'iam.serviceAccountUser'] },
  artifacts: { apis: ['artifactregistry'], roles: ['artifactregistry.admin'] },
  logging: { apis: ['logging'], roles: ['logging.configWriter'] },
  'logging read': { apis: ['logging'], roles: ['logging.viewer'] },
  monitoring: { apis: ['monitoring'], roles: ['monitoring.editor'] },
  'alpha monitoring': { apis: ['monitoring'], roles: ['monitoring.editor'] },
  'beta monitoring': { apis: ['monitoring'], roles: ['monitoring.editor'] },
  iap: { apis: ['iap'], roles: ['iap.admin'] },
  // Whoever has a call made as an account must be able to work as it.
  scheduler: { apis: ['cloudscheduler'], roles: ['cloudscheduler.admin', 'iam.serviceAccountUser'] },
};

/** The APIs by their full names. */
export function apisOf(steps: readonly Step[]): readonly string[] {
  const apis = commandsOf(steps).flatMap(command => accessOf(command).apis);
  return [...new Set(apis)].toSorted().map(name => `${name}.googleapis.com`);
}

/** The roles on the project, for whoever deploys without owning it. */
export function rolesOf(steps: readonly Step[], more: readonly Command[]): readonly string[] {
  const roles = [...commandsOf(steps), ...more].flatMap(command => accessOf(command).roles);
  return [...new Set(roles)].toSorted().map(name => `roles/${name}`);
}

function accessOf({ args }: Command): Access {
  for (let length = 3; length > 0; length -= 1) {
    const access = accesses[args.slice(0, length).join(' ')];
    if (access) return { ...access, apis: [...access.apis, ...namedIn(args)] };
  }
  throw new Error(`It is not known which API and role this takes: gcloud ${args.join(' ')}`);
}

/** An API that the command itself speaks of, and that which makes triggers. */
function namedIn(args: readonly string[]): readonly string[] {
  return args.flatMap(arg => {
    const [, service] = /^--service=(\w+)\.googleapis\.com$/.exec(arg) ?? [];
    if (service) return [service];
    return arg.startsWith('--trigger-topic=') ? ['eventarc'] : [];
  });
}

function commandsOf(steps: readonly Step[]): readonly Command[] {
  return steps.flatMap(step =>
    step.kind === 'thing'
      ? [step.look, ...step.create, ...step.remove]
      : [lookOf(step), giveCommand(step, 'MEMBER'), takeCommand(step, 'MEMBER')],
  );
}
