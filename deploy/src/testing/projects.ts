import { common, type GcloudCall, type GcloudHandlers, nameOf } from './call.ts';
import { CloudError, projectNumber, type SimulatedProject } from './simulated-project.ts';

const accounts = 'iam service-accounts';
const pools = 'iam workload-identity-pools';
const providers = 'iam workload-identity-pools providers';

/** Where the accounts of Google's services are that are not called after them. */
const domains: Readonly<Record<string, string>> = {
  run: 'serverless-robot-prod',
  cloudfunctions: 'gcf-admin-robot',
  servicenetworking: 'service-networking',
};
/** These are there, and have their role, as soon as the API is enabled; others once somebody has asked for them. */
const withRole = ['run', 'cloudfunctions', 'servicenetworking', 'vpcaccess', 'cloudscheduler'];

/** The account as which a service of Google works in the project. */
export function agentOf(service: string): string {
  const domain = domains[service] ?? `gcp-sa-${service}`;
  return `serviceAccount:service-${projectNumber}@${domain}.iam.gserviceaccount.com`;
}

function enable(cloud: SimulatedProject, name: string): void {
  if (cloud.has('services', name)) return;
  cloud.make('services', name, { config: { name } });
  const [service = ''] = name.split('.');
  if (!withRole.includes(service)) return;
  if (!cloud.has('agents', service)) cloud.make('agents', service, {});
  cloud.bind('projects', cloud.projectId, `roles/${service}.serviceAgent`, agentOf(service));
}

export const projects: GcloudHandlers = {
  'auth list': () => [{ account: 'somebody@example.com' }],
  'auth print-identity-token': call => {
    // As for a person; a service account must say for whom.
    if (call.has('audiences')) throw new CloudError('Invalid account type for --audiences');
    return { token: 'an-identity-token' };
  },
  'projects describe': call => call.cloud.find('projects', nameOf(call)),
  'services enable': ({ cloud, rest }) => {
    for (const name of rest) enable(cloud, name);
  },
  // It is made without any role, and asking again does no harm.
  'beta services identity create': ({ cloud, flag }) => {
    cloud.find('services', flag('service'));
    const [service = ''] = flag('service').split('.');
    if (!cloud.has('agents', service)) cloud.make('agents', service, {});
  },
  'services list': ({ cloud }) => cloud.list('services'),
  ...common(accounts),
  'iam service-accounts describe': call => {
    const name = nameOf(call);
    if (!call.cloud.has(accounts, name) && call.cloud.wasDeleted(accounts, name)) {
      throw new CloudError(
        `PERMISSION_DENIED: Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist).`,
      );
    }
    return call.cloud.find(accounts, name);
  },
  'iam service-accounts list': ({ cloud, flag }) =>
    cloud.list(accounts).filter(({ email }) => `email=${email}` === flag('filter')),
  'iam service-accounts create': call => {
    const email = `${nameOf(call)}@${call.cloud.projectId}.iam.gserviceaccount.com`;
    call.cloud.make(accounts, email, { email, displayName: call.flag('display-name') });
  },
  'iam service-accounts enable': call => call.cloud.change(accounts, nameOf(call), { disabled: false }),
  'iam service-accounts delete': call => {
    call.cloud.remove(accounts, nameOf(call));
    forgetMember(call.cloud, `serviceAccount:${nameOf(call)}`);
  },
  ...common(pools),
  [`${pools} create`]: call => call.cloud.make(pools, nameOf(call), { state: 'ACTIVE' }),
  [`${providers} describe`]: call => call.cloud.find(providers, nameOf(call)),
  [`${providers} create-oidc`]: call => {
    call.cloud.find(pools, call.flag('workload-identity-pool'));
    call.cloud.make(providers, nameOf(call), providerFields(call));
  },
  [`${providers} update-oidc`]: call => call.cloud.change(providers, nameOf(call), providerFields(call)),
};

function providerFields(call: GcloudCall) {
  return {
    oidc: { issuerUri: call.flag('issuer-uri') },
    attributeCondition: call.flag('attribute-condition'),
    state: 'ACTIVE',
  };
}

/** What a deleted account was allowed stays in the policies, under a name that nobody else can get. */
function forgetMember({ state }: SimulatedProject, member: string): void {
  for (const policy of Object.values(state.policies)) {
    const renamed = policy.bindings.map(({ role, members }) => ({
      role,
      members: members.map(one => (one === member ? `deleted:${member}?uid=1` : one)),
    }));
    Object.assign(policy, { bindings: renamed });
  }
}
