import { z } from 'zod';
import { common, type GcloudCall, type GcloudHandlers, nameOf } from './call.ts';
import { CloudError } from './simulated-project.ts';

// Load balancing, as far as a front door takes it.

/** The one that each policy has. */
const lastRule = 2_147_483_647;

const policies = 'compute security-policies';
const rules = 'compute security-policies rules';
const groups = 'compute network-endpoint-groups';
const backends = 'compute backend-services';
const urlMaps = 'compute url-maps';
const certificates = 'compute ssl-certificates';
const proxies = 'compute target-https-proxies';
const forwarding = 'compute forwarding-rules';

function pathOf({ cloud }: GcloudCall, path: string): string {
  return `https://www.googleapis.com/compute/v1/projects/${cloud.projectId}/${path}`;
}

function groupOf(call: GcloudCall): string {
  return `${call.flag('region')}/${nameOf(call)}`;
}

/** The group of a region that a flag names, which must be there. */
function ledTo(call: GcloudCall): string {
  const [name, region] = [call.flag('network-endpoint-group'), call.flag('network-endpoint-group-region')];
  call.cloud.find(groups, `${region}/${name}`);
  return pathOf(call, `regions/${region}/networkEndpointGroups/${name}`);
}

const led = z.object({ backends: z.array(z.object({ group: z.string() })).default([]) });

function backendsOf(call: GcloudCall) {
  return led.parse(call.cloud.find(backends, nameOf(call))).backends;
}

function ruleFields(call: GcloudCall) {
  return {
    action: call.flag('action'),
    preview: call.has('preview'),
    match: { config: { srcIpRanges: [call.flag('src-ip-ranges')] }, versionedExpr: 'SRC_IPS_V1' },
    rateLimitOptions: {
      conformAction: call.flag('conform-action'),
      exceedAction: call.flag('exceed-action').replace(/-(\d+)$/, '($1)'),
      enforceOnKey: call.flag('enforce-on-key'),
      rateLimitThreshold: {
        count: Number(call.flag('rate-limit-threshold-count')),
        intervalSec: Number(call.flag('rate-limit-threshold-interval-sec')),
      },
    },
  };
}

function proxyFields(call: GcloudCall) {
  call.cloud.find(urlMaps, call.flag('url-map'));
  call.cloud.find(certificates, call.flag('ssl-certificates'));
  return {
    urlMap: pathOf(call, `global/urlMaps/${call.flag('url-map')}`),
    sslCertificates: [pathOf(call, `global/sslCertificates/${call.flag('ssl-certificates')}`)],
  };
}

const imported = z.looseObject({ pathMatchers: z.array(z.unknown()), defaultService: z.string() });

export const frontDoor: GcloudHandlers = {
  ...common(policies),
  [`${policies} create`]: call =>
    call.cloud.make(policies, nameOf(call), {
      description: call.flag('description'),
      rules: [{ priority: lastRule, action: 'allow' }],
    }),
  [`${policies} delete`]: call => {
    call.cloud.remove(policies, nameOf(call));
    for (const key of Object.keys(call.cloud.state.resources))
      if (key.startsWith(`${rules} `)) delete call.cloud.state.resources[key];
  },
  [`${rules} describe`]: call => [call.cloud.find(rules, nameOf(call))],
  [`${rules} create`]: call => {
    call.cloud.find(policies, call.flag('security-policy'));
    call.cloud.make(rules, nameOf(call), ruleFields(call));
  },
  [`${rules} update`]: call =>
    nameOf(call) === String(lastRule)
      ? call.cloud.change(policies, call.flag('security-policy'), {
          rules: [{ priority: lastRule, action: call.flag('action') }],
        })
      : call.cloud.change(rules, nameOf(call), ruleFields(call)),
  // Those of several regions can have one name.
  [`${groups} describe`]: call => call.cloud.find(groups, groupOf(call)),
  [`${groups} delete`]: call => call.cloud.remove(groups, groupOf(call)),
  [`${groups} create`]: call =>
    call.cloud.make(groups, groupOf(call), { cloudRun: { service: call.flag('cloud-run-service') } }),
  ...common(backends),
  [`${backends} create`]: call =>
    call.cloud.make(backends, nameOf(call), { description: call.flag('description') }),
  [`${backends} add-backend`]: call => {
    const group = ledTo(call);
    const before = backendsOf(call);
    if (before.some(one => one.group === group)) throw new CloudError(`ALREADY_EXISTS: ${group}`);
    call.cloud.change(backends, nameOf(call), { backends: [...before, { group }] });
  },
  [`${backends} remove-backend`]: call => {
    const group = ledTo(call);
    const before = backendsOf(call);
    if (!before.some(one => one.group === group)) throw new CloudError(`NOT_FOUND: ${group}`);
    call.cloud.change(backends, nameOf(call), { backends: before.filter(one => one.group !== group) });
  },
  [`${backends} update`]: call => {
    call.cloud.find(policies, call.flag('security-policy'));
    call.cloud.change(backends, nameOf(call), {
      securityPolicy: pathOf(call, `global/securityPolicies/${call.flag('security-policy')}`),
      iap: { enabled: call.flag('iap') === 'enabled' },
      ...(call.has('no-enable-cdn') && { enableCDN: false }),
    });
  },
  ...common(urlMaps),
  [`${urlMaps} import`]: call => {
    const given = imported.parse(JSON.parse(call.input));
    call.cloud.find(backends, given.defaultService.split('/').at(-1) ?? '');
    call.cloud.state.resources[`${urlMaps} ${nameOf(call)}`] = given;
  },
  ...common(certificates),
  [`${certificates} create`]: call =>
    call.cloud.make(certificates, nameOf(call), {
      managed: { domains: [call.flag('domains')], status: 'PROVISIONING' },
      description: call.flag('description'),
    }),
  ...common(proxies),
  [`${proxies} create`]: call => call.cloud.make(proxies, nameOf(call), proxyFields(call)),
  [`${proxies} update`]: call => call.cloud.change(proxies, nameOf(call), proxyFields(call)),
  ...common(forwarding),
  [`${forwarding} create`]: call => {
    call.cloud.find(proxies, call.flag('target-https-proxy'));
    const { address } = call.cloud.find('compute addresses', call.flag('address'));
    call.cloud.make(forwarding, nameOf(call), {
      IPAddress: address,
      target: pathOf(call, `global/targetHttpsProxies/${call.flag('target-https-proxy')}`),
      portRange: `${call.flag('ports')}-${call.flag('ports')}`,
    });
  },
};
