import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { logMetrics } from '@banknote-loop/shared/telemetry';
import { alertPolicy, alerts } from './dashboards/alerts.ts';
import { dashboard } from './dashboards/dashboard.ts';
import { logMetricConfig } from './dashboards/log-metric-config.ts';

// `node scripts/dashboards.ts`: writes what Cloud Monitoring is to measure, show and warn of, for the deployment.

export const dashboardFolder = join(import.meta.dirname, '../deploy/dashboards');

/** The content of every file in the folder. */
export function renderDashboards(): ReadonlyMap<string, object> {
  return new Map<string, object>([
    ['dashboard.json', dashboard()],
    ...logMetrics.map(metric => [`metrics/${metric.name}.json`, logMetricConfig(metric)] as const),
    ...alerts.map(alert => [`alerts/${kebab(alert.name)}.json`, alertPolicy(alert)] as const),
  ]);
}

function kebab(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}

if (import.meta.main) {
  rmSync(dashboardFolder, { recursive: true, force: true });
  for (const [name, content] of renderDashboards()) {
    const file = join(dashboardFolder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }
  spawnSync('biome', ['format', '--write', dashboardFolder], { stdio: 'inherit' });
}
