import { CloudError, type SimulatedProject } from './simulated-project.ts';

/** Of a command's first words: the API that must be enabled, and the role with which one may, both without their prefix or ending. */
const rules: readonly (readonly [string, api: string | undefined, role: string | undefined])[] = [
  ['auth', undefined, undefined],
  ['meta', undefined, undefined],
  ['projects describe', undefined, 'resourcemanager.projectIamAdmin'],
  ['projects', 'cloudresourcemanager', 'resourcemanager.projectIamAdmin'],
  ['services vpc-peerings', 'servicenetworking', 'compute.networkAdmin'],
  ['services list', undefined, 'serviceusage.serviceUsageAdmin'],
  ['services', undefined, 'serviceusage.serviceUsageAdmin'],
  ['beta services', undefined, 'serviceusage.serviceUsageAdmin'],
  ['iam service-accounts', 'iam', 'iam.serviceAccountAdmin'],
  ['iam workload-identity-pools', 'iam', 'iam.workloadIdentityPoolAdmin'],
  ['pubsub', 'pubsub', 'pubsub.admin'],
  ['secrets', 'secretmanager', 'secretmanager.admin'],
  ['storage', 'storage', 'storage.admin'],
  ['compute networks vpc-access', 'vpcaccess', 'vpcaccess.admin'],
  ['compute security-policies', 'compute', 'compute.securityAdmin'],
  ['compute', 'compute', 'compute.networkAdmin'],
  ['redis', 'redis', 'redis.admin'],
  ['sql', 'sqladmin', 'cloudsql.admin'],
  ['beta sql', 'sqladmin', 'cloudsql.admin'],
  ['functions', 'cloudfunctions', 'cloudfunctions.admin'],
  ['functions deploy', 'cloudbuild', 'iam.serviceAccountUser'],
  ['functions deploy', 'artifactregistry', 'iam.serviceAccountUser'],
  ['eventarc', 'eventarc', 'eventarc.admin'],
  ['run', 'run', 'run.admin'],
  ['builds', 'cloudbuild', 'cloudbuild.builds.editor'],
  ['builds submit', 'cloudbuild', 'iam.serviceAccountUser'],
  ['artifacts', 'artifactregistry', 'artifactregistry.admin'],
  ['logging read', 'logging', 'logging.viewer'],
  ['logging', 'logging', 'logging.configWriter'],
  ['monitoring', 'monitoring', 'monitoring.editor'],
  ['alpha monitoring', 'monitoring', 'monitoring.editor'],
  ['beta monitoring', 'monitoring', 'monitoring.editor'],
  ['iap', 'iap', 'iap.admin'],
  ['scheduler', 'cloudscheduler', 'cloudscheduler.admin'],
];

/** Refuses a command whose API is not enabled, or which its caller may not give, as Google does. */
export function admit(cloud: SimulatedProject, words: readonly string[]): void {
  const line = words.join(' ');
  const fitting = rules.filter(([start]) => line === start || line.startsWith(`${start} `));
  // The most special rule counts, and those for deploying besides.
  const longest = Math.max(...fitting.map(([start]) => start.length), 0);
  if (longest === 0) throw new Error(`The simulation does not know who may "gcloud ${line}".`);
  const counting = fitting.filter(([start]) => start.length === longest || fitting[0]?.[0] === 'functions');
  for (const [, api, role] of counting) {
    if (api && !cloud.has('services', `${api}.googleapis.com`)) {
      throw new CloudError(
        `PERMISSION_DENIED: ${api}.googleapis.com has not been used in project ${cloud.projectId} before or it is disabled.`,
      );
    }
    if (role && cloud.actor && !cloud.may('projects', cloud.projectId, `roles/${role}`, cloud.actor)) {
      throw new CloudError(`PERMISSION_DENIED: User [${cloud.actor}] does not have permission: ${role}.`);
    }
  }
}
