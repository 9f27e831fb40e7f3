import { gcloud } from '../command.ts';
import { lookupsOf } from '../lookups.ts';
import { emailOf, type Site } from '../site.ts';
import { type CloudResource, type Grant, resource, type Step } from '../step.ts';
import { logCommands, statusCommands } from '../watch.ts';
import { rolesOf } from './access.ts';
import { account } from './foundations.ts';

// Continuous delivery: the account that deploys without being the owner, and how GitHub may work as it without a key.

const pool = 'github';
const provider = 'github';
const pools = ['iam', 'workload-identity-pools'] as const;
const global = '--location=global';

/** The account, with the roles that carrying out the given steps takes. */
export function deployer(site: Site, steps: readonly Step[]): readonly Step[] {
  const { GITHUB_REPOSITORY } = site.settings;
  const member = `serviceAccount:${emailOf(site, site.names.deployer)}`;
  const others = [
    ...Object.values(lookupsOf(site)),
    ...logCommands(site, undefined),
    ...statusCommands(site),
  ];
  const roles = rolesOf(steps, others);
  return [
    account(site, site.names.deployer, 'Deploys the loop.'),
    ...roles.map(role => grant(['projects'], site.settings.PROJECT_ID, role, member)),
    ...(GITHUB_REPOSITORY ? doorFor(site, GITHUB_REPOSITORY) : []),
  ];
}

/** GitHub vouches for what runs on the main branch of the repository; Google takes its word. */
function doorFor(site: Site, repository: string): readonly Step[] {
  const principals = `principalSet://iam.googleapis.com/projects/\${PROJECT_NUMBER}/locations/global/workloadIdentityPools/${pool}`;
  return [
    resource({
      title: `pool ${pool} of identities from outside`,
      look: gcloud(...pools, 'describe', pool, global, '--format=json'),
      wants: { kind: 'fields', fields: { state: 'ACTIVE' } },
      create: [gcloud(...pools, 'create', pool, global)],
      // A deleted one can be brought back for thirty days, and until then not be made anew.
      change: [gcloud(...pools, 'undelete', pool, global)],
      remove: [gcloud(...pools, 'delete', pool, global)],
    }),
    trustIn(repository),
    grant(
      ['iam', 'service-accounts'],
      emailOf(site, site.names.deployer),
      'roles/iam.workloadIdentityUser',
      `${principals}/attribute.repository/${repository}`,
    ),
  ];
}

function trustIn(repository: string): CloudResource {
  const noun = [...pools, 'providers'];
  const issuer = 'https://token.actions.githubusercontent.com';
  const condition = `assertion.repository=='${repository}' && assertion.ref=='refs/heads/main'`;
  const place = [provider, global, `--workload-identity-pool=${pool}`];
  const trust = [
    `--issuer-uri=${issuer}`,
    '--attribute-mapping=google.subject=assertion.sub,attribute.repository=assertion.repository',
    `--attribute-condition=${condition}`,
  ];
  return resource({
    title: `GitHub vouches for ${repository}`,
    look: gcloud(...noun, 'describe', ...place, '--format=json'),
    wants: {
      kind: 'fields',
      fields: { 'oidc.issuerUri': issuer, attributeCondition: condition, state: 'ACTIVE' },
    },
    create: [gcloud(...noun, 'create-oidc', ...place, ...trust)],
    change: [gcloud(...noun, 'update-oidc', ...place, ...trust)],
    remove: [gcloud(...noun, 'delete', ...place)],
  });
}

function grant(noun: readonly string[], name: string, role: string, member: string): Grant {
  const title = `the deployer has ${role}`;
  return { kind: 'grant', title, noun, name, flags: [], role, members: [member], exact: false };
}
