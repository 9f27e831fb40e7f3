import { parseDictionary } from './arguments.ts';
import {
  common,
  type GcloudCall,
  type GcloudHandler,
  type GcloudHandlers,
  labelsOf,
  nameOf,
} from './call.ts';
import { networkOf } from './network.ts';
import { CloudError } from './simulated-project.ts';
import { bucketOf } from './storage.ts';

const sql = 'sql instances';
const sqlAccount = 'p123456789-abc@gcp-sa-cloud-sql.iam.gserviceaccount.com';

const create: GcloudHandler = call => {
  const network = networkOf(call);
  if (!call.cloud.has('peerings', network)) throw new CloudError('INVALID: the network has no peering');
  const primary = call.flag('master-instance-name');
  const settings = instanceSettings(call, {});
  call.cloud.make(sql, nameOf(call), {
    ...(primary && {
      masterInstanceName: `${call.cloud.projectId}:${primary}`,
      instanceType: 'READ_REPLICA_INSTANCE',
    }),
    ipAddresses: [{ ipAddress: '10.0.0.4' }],
    serviceAccountEmailAddress: sqlAccount,
    serverCaCert: { cert: 'the certificate of the database', sha1Fingerprint: 'a1b2' },
    createTime: call.cloud.timestamp(),
    databaseVersion: primary ? call.cloud.find(sql, primary).databaseVersion : call.flag('database-version'),
    region: call.flag('region'),
    settings: {
      ...settings,
      userLabels: labelsOf(call),
      edition: call.flag('edition').toUpperCase(),
    },
  });
};

const patch: GcloudHandler = call => {
  const { settings } = call.cloud.find(sql, nameOf(call));
  call.cloud.change(sql, nameOf(call), { settings: instanceSettings(call, Object(settings)) });
};

export const databases: GcloudHandlers = {
  ...common(sql),
  [`${sql} create`]: create,
  [`beta ${sql} create`]: create,
  [`${sql} patch`]: patch,
  [`${sql} delete`]: call => {
    const { settings } = call.cloud.find(sql, nameOf(call));
    if (Reflect.get(Object(settings), 'deletionProtectionEnabled')) {
      throw new CloudError('FAILED_PRECONDITION: the instance is protected against deletion');
    }
    call.cloud.remove(sql, nameOf(call));
    for (const [key, { instance = nameOf(call) }] of Object.entries(call.cloud.state.resources)) {
      if (/^sql (databases|operations) /.test(key) && instance === nameOf(call))
        delete call.cloud.state.resources[key];
    }
  },
  [`${sql} promote-replica`]: call => {
    const { masterInstanceName } = call.cloud.find(sql, nameOf(call));
    if (!masterInstanceName) throw new CloudError('INVALID: the instance is not a read replica');
    call.cloud.change(sql, nameOf(call), {
      masterInstanceName: undefined,
      instanceType: 'CLOUD_SQL_INSTANCE',
    });
  },
  'sql operations list': ({ cloud }) => cloud.list('sql operations'),
  'sql databases describe': call => call.cloud.find('sql databases', nameOf(call)),
  'sql databases create': call => {
    call.cloud.find(sql, call.flag('instance'));
    call.cloud.make('sql databases', nameOf(call), { instance: call.flag('instance') });
  },
  'sql databases delete': call => call.cloud.remove('sql databases', nameOf(call)),
  'sql import sql': ({ cloud, rest: [instance = '', file = ''], flag }) => {
    const { serviceAccountEmailAddress } = cloud.find(sql, instance);
    const reader = `serviceAccount:${serviceAccountEmailAddress}`;
    if (!cloud.may('storage buckets', bucketOf(file), 'roles/storage.objectViewer', reader)) {
      throw new CloudError(`PERMISSION_DENIED: the service account does not have access to ${file}`);
    }
    const { imported } = cloud.find('sql databases', flag('database'));
    const { content } = cloud.find('storage objects', file);
    cloud.change('sql databases', flag('database'), { imported: { ...Object(imported), [file]: content } });
  },
};

function sslMode(call: GcloudCall) {
  return call.has('ssl-mode') ? { sslMode: call.flag('ssl-mode') } : {};
}

function instanceSettings(call: GcloudCall, before: object): object {
  const flags = Object.entries(parseDictionary(call.flag('database-flags')));
  return {
    ...before,
    ...(call.has('tier') && {
      tier: call.flag('tier'),
      availabilityType: call.flag('availability-type').toUpperCase(),
      backupConfiguration: {
        enabled: true,
        pointInTimeRecoveryEnabled: call.has('enable-point-in-time-recovery'),
        startTime: call.flag('backup-start-time'),
        transactionLogRetentionDays: Number(call.flag('retained-transaction-log-days')),
        backupRetentionSettings: { retainedBackups: Number(call.flag('retained-backups-count')) },
      },
      activationPolicy: call.flag('activation-policy').toUpperCase(),
      ipConfiguration: {
        ...Object(Reflect.get(before, 'ipConfiguration')),
        ipv4Enabled: !call.has('no-assign-ip'),
        ...(call.has('clear-authorized-networks') && { authorizedNetworks: undefined }),
        ...(call.has('network') && { privateNetwork: call.flag('network') }),
        ...sslMode(call),
      },
      storageAutoResize: call.has('storage-auto-increase'),
    }),
    // All flags that are not named are taken back.
    ...(call.has('database-flags') && { databaseFlags: flags.map(([name, value]) => ({ name, value })) }),
    ...(!call.has('tier') &&
      call.has('ssl-mode') && {
        ipConfiguration: { ...Object(Reflect.get(before, 'ipConfiguration')), ...sslMode(call) },
      }),
    ...(call.has('deletion-protection') && { deletionProtectionEnabled: true }),
    ...(call.has('no-deletion-protection') && { deletionProtectionEnabled: false }),
  };
}
