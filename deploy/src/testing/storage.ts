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
    call.cloud.change('secrets', nameOf(call), { value: call.input });
  },
  'secrets versions list': call =>
    'value' in call.cloud.find('secrets', nameOf(call)) ? [{ name: '1' }] : [],
  'secrets versions access': call => ({ payload: call.cloud.find('secrets', call.flag('secret')).value }),
};

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
  const isOff = call.has('clear-soft-delete') || call.flag('soft-delete-duration') === '0';
  return isOff ? { soft_delete_policy: { retentionDurationSeconds: '0' } } : {};
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
