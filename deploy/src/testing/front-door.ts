import { z } from 'zod';
import { common, type GcloudCall, type GcloudHandlers, nameOf } from './call.ts';

// Load balancing, as far as a front door takes it.

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

function ruleFields(call: GcloudCall) {
  return {
    action: call.flag('action'),
    rateLimitOptions: {
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
    call.cloud.make(policies, nameOf(call), { description: call.flag('description') }),
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
  [`${rules} update`]: call => call.cloud.change(rules, nameOf(call), ruleFields(call)),
  ...common(groups),
  [`${groups} create`]: call =>
    call.cloud.make(groups, nameOf(call), { cloudRun: { service: call.flag('cloud-run-service') } }),
  ...common(backends),
  [`${backends} create`]: call =>
    call.cloud.make(backends, nameOf(call), { description: call.flag('description') }),
  [`${backends} add-backend`]: call => {
    const group = call.flag('network-endpoint-group');
    call.cloud.find(groups, group);
    const region = call.flag('network-endpoint-group-region');
    call.cloud.change(backends, nameOf(call), {
      backends: [{ group: pathOf(call, `regions/${region}/networkEndpointGroups/${group}`) }],
    });
  },
  [`${backends} update`]: call => {
    call.cloud.find(policies, call.flag('security-policy'));
    call.cloud.change(backends, nameOf(call), {
      securityPolicy: pathOf(call, `global/securityPolicies/${call.flag('security-policy')}`),
      iap: { enabled: call.flag('iap') === 'enabled' },
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
    call.cloud.find('compute addresses', call.flag('address'));
    call.cloud.make(forwarding, nameOf(call), {
      target: pathOf(call, `global/targetHttpsProxies/${call.flag('target-https-proxy')}`),
      portRange: `${call.flag('ports')}-${call.flag('ports')}`,
    });
  },
};
