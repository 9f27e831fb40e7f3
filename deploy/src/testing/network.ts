import { common, type GcloudCall, type GcloudHandlers, labelsOf, nameOf } from './call.ts';
import { CloudError } from './simulated-project.ts';

const networks = 'compute networks';
const subnets = 'compute networks subnets';
const connectors = 'compute networks vpc-access connectors';
const addresses = 'compute addresses';
const redis = 'redis instances';

/** The network that a flag names, which must be there. */
export function networkOf(call: GcloudCall): string {
  const name = call.flag('network').split('/').at(-1) ?? '';
  if (!call.cloud.has(networks, name)) {
    throw new CloudError(
      `INVALID_ARGUMENT: The resource 'projects/${call.cloud.projectId}/global/networks/${name}' was not found`,
    );
  }
  return name;
}

export const network: GcloudHandlers = {
  ...common(networks),
  [`${networks} create`]: call =>
    call.cloud.make(networks, nameOf(call), { name: nameOf(call), description: call.flag('description') }),
  [`${networks} delete`]: call => {
    const name = nameOf(call);
    const users = [...call.cloud.list('peerings'), ...call.cloud.list(connectors)];
    if (users.some(one => one.network === name)) {
      throw new CloudError(`FAILED_PRECONDITION: The network resource '${name}' is already being used`);
    }
    call.cloud.remove(networks, name);
  },
  ...common(subnets),
  [`${subnets} create`]: call => {
    networkOf(call);
    call.cloud.make(subnets, nameOf(call), {
      ipCidrRange: call.flag('range'),
      privateIpGoogleAccess: call.has('enable-private-ip-google-access'),
      description: call.flag('description'),
    });
  },
  [`${subnets} update`]: call =>
    call.cloud.change(subnets, nameOf(call), {
      privateIpGoogleAccess: call.has('enable-private-ip-google-access'),
    }),
  ...common(connectors),
  [`${connectors} create`]: call =>
    call.cloud.make(connectors, nameOf(call), {
      state: 'READY',
      network: networkOf(call),
      ipCidrRange: call.flag('range'),
      ...connectorSize(call),
    }),
  [`${connectors} update`]: call => call.cloud.change(connectors, nameOf(call), connectorSize(call)),
  ...common(addresses),
  [`${addresses} create`]: call => {
    if (call.has('network')) networkOf(call);
    call.cloud.make(addresses, nameOf(call), {
      status: 'RESERVED',
      address: '34.1.2.3',
      description: call.flag('description'),
    });
  },
  'services vpc-peerings list': call => {
    const network = networkOf(call);
    return call.cloud.list('peerings').filter(one => one.network === network);
  },
  'services vpc-peerings connect': call => {
    call.cloud.find(addresses, call.flag('ranges'));
    const network = networkOf(call);
    call.cloud.make('peerings', network, { network, reservedPeeringRanges: [call.flag('ranges')] });
  },
  'services vpc-peerings delete': call => call.cloud.remove('peerings', call.flag('network')),
  ...common(redis),
  'redis instances create': call =>
    call.cloud.make(redis, nameOf(call), {
      // A new instance gets another address.
      host: call.cloud.wasDeleted(redis, nameOf(call)) ? '10.0.0.5' : '10.0.0.3',
      createTime: call.cloud.timestamp(),
      memorySizeGb: Number(call.flag('size')),
      tier: call.flag('tier') === 'standard' ? 'STANDARD_HA' : 'BASIC',
      authorizedNetwork: `projects/${call.cloud.projectId}/global/networks/${networkOf(call)}`,
      redisVersion: call.flag('redis-version').toUpperCase(),
      authEnabled: call.has('enable-auth'),
      transitEncryptionMode: call.flag('transit-encryption-mode').toUpperCase().replace('-', '_'),
      serverCaCerts: [{ cert: 'the certificate of Redis' }],
      labels: labelsOf(call),
    }),
  'redis instances get-auth-string': call => {
    const { authEnabled, createTime } = call.cloud.find(redis, nameOf(call));
    return { authString: authEnabled ? `password of ${createTime}` : '' };
  },
  'redis instances update': call => {
    const { labels, redisConfigs } = call.cloud.find(redis, nameOf(call));
    const gone = call.flag('remove-redis-config').split(',');
    const left = Object.entries(Object(redisConfigs)).filter(([name]) => !gone.includes(name));
    call.cloud.change(redis, nameOf(call), {
      redisConfigs: Object.fromEntries(left),
      ...(call.has('size') && { memorySizeGb: Number(call.flag('size')) }),
      ...(call.has('enable-auth') && { authEnabled: true }),
      labels: { ...Object(labels), ...labelsOf(call, 'update-labels') },
    });
  },
};

function connectorSize(call: GcloudCall) {
  return {
    machineType: call.flag('machine-type'),
    minInstances: Number(call.flag('min-instances')),
    maxInstances: Number(call.flag('max-instances')),
  };
}
