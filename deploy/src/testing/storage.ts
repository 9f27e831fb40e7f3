import { parseDictionary } from './arguments.ts';
import { common, type GcloudCall, type GcloudHandlers, labelsOf, nameOf } from './call.ts';
import { CloudError, type SimulatedProject } from './simulated-project.ts';

const buckets = 'storage buckets';
const objects = 'storage objects';
const weekSeconds = '604800';

export const secrets: GcloudHandlers = {
  ...common('secrets'),
  'secrets create': call => call.cloud.make('secrets', nameOf(call), { labels: labelsOf(call) }),
  'secrets update': call => {
    const { labels } = call.cloud.find('secrets', nameOf(call));
    call.cloud.change('secrets', nameOf(call), {
      labels: { ...Object(labels), ...labelsOf(call, 'update-labels') },
    });
  },
  'secrets versions add': call => {
    if (call.input === '') throw new CloudError('INVALID_ARGUMENT: the secret is empty');
    addVersion(call.cloud, nameOf(call), call.input);
  },
  'secrets versions describe': call => newestVersion(call.cloud, call.flag('secret')),
  'secrets versions enable': ({ cloud, flag }) => {
    if (newestVersion(cloud, flag('secret')).state === 'DESTROYED')
      throw new CloudError('FAILED_PRECONDITION: the version is destroyed');
    cloud.change('secrets', flag('secret'), { state: 'ENABLED' });
  },
  'secrets versions access': ({ cloud, flag }) => {
    const { state, name } = newestVersion(cloud, flag('secret'));
    if (state !== 'ENABLED')
      throw new CloudError(`FAILED_PRECONDITION: Secret Version [${name}] is in ${state} state.`);
    return { payload: cloud.find('secrets', flag('secret')).value };
  },
};

export function addVersion(cloud: SimulatedProject, secret: string, value: string): void {
  const { versions = 0 } = cloud.find('secrets', secret);
  const made = { versions: Number(versions) + 1, createTime: cloud.timestamp(), state: 'ENABLED' };
  cloud.change('secrets', secret, { value, ...made });
}

/** `latest` is the version that was made last, whatever has become of it. */
function newestVersion(cloud: SimulatedProject, secret: string) {
  const { value, versions = 1, state = 'ENABLED', createTime = '' } = cloud.find('secrets', secret);
  if (value === undefined)
    throw new CloudError(`NOT_FOUND: Secret Version [${secret}/versions/latest] not found.`);
  return { name: `projects/p/secrets/${secret}/versions/${versions}`, state, createTime };
}

export const storage: GcloudHandlers = {
  ...common(buckets),
  'storage buckets create': call =>
    call.cloud.make(buckets, nameOf(call), {
      location: call.flag('location').toUpperCase(),
      uniform_bucket_level_access: call.has('uniform-bucket-level-access'),
      public_access_prevention: call.has('public-access-prevention') ? 'enforced' : 'inherited',
      // What is deleted stays for a week, unless somebody says otherwise.
      soft_delete_policy: { retentionDurationSeconds: weekSeconds },
      ...softDelete(call),
    }),
  'storage buckets update': call => {
    const { cloud } = call;
    const { labels } = cloud.find(buckets, nameOf(call));
    cloud.change(buckets, nameOf(call), {
      ...(call.has('versioning') && { versioning_enabled: true }),
      ...(call.has('no-versioning') && { versioning_enabled: false }),
      ...(call.has('uniform-bucket-level-access') && { uniform_bucket_level_access: true }),
      ...(call.has('public-access-prevention') && { public_access_prevention: 'enforced' }),
      ...(call.has('update-labels') && {
        labels: { ...Object(labels), ...parseDictionary(call.flag('update-labels')) },
      }),
      ...(call.has('clear-lifecycle') && { lifecycle_config: undefined }),
      ...(call.has('clear-retention-period') && { retention_policy: undefined }),
      ...(call.has('no-requester-pays') && { requester_pays: false }),
      ...softDelete(call),
    });
  },
  ...common(objects),
  'storage objects list': call => {
    call.cloud.find(buckets, nameOf(call));
    return call.cloud.list(objects, `${nameOf(call)}/`);
  },
  'storage cp': ({ cloud, rest: [from, to = ''], input, flag }) => {
    cloud.find(buckets, bucketOf(to));
    if (cloud.has(objects, to)) bury(cloud, to);
    cloud.state.resources[`${objects} ${to}`] = {
      content: from === '-' ? input : from,
      custom_fields: parseDictionary(flag('custom-metadata')),
    };
  },
  'storage rm': call => {
    const name = nameOf(call);
    if (!call.has('recursive')) {
      bury(call.cloud, name);
      return call.cloud.remove(objects, name);
    }
    call.cloud.remove(buckets, name);
    for (const key of Object.keys(call.cloud.state.resources)) {
      if (key.startsWith(`${objects} ${name}/`)) delete call.cloud.state.resources[key];
    }
  },
};

function softDelete(call: GcloudCall) {
  const seconds = call.has('clear-soft-delete') ? '0' : call.flag('soft-delete-duration').replace('s', '');
  return seconds ? { soft_delete_policy: { retentionDurationSeconds: seconds } } : {};
}

export function bucketOf(url: string): string {
  return url.split('/').slice(0, 3).join('/');
}

/** What is overwritten or deleted is still there, where the bucket keeps it. */
function bury(cloud: SimulatedProject, url: string): void {
  const bucket = cloud.find(buckets, bucketOf(url));
  const kept = Reflect.get(Object(bucket.soft_delete_policy), 'retentionDurationSeconds') !== '0';
  if (bucket.versioning_enabled || kept) cloud.remains.push(JSON.stringify(cloud.find(objects, url)));
}
