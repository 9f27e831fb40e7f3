import type { ReadSeries } from './queues.ts';
import { timeSeriesPage } from './time-series.ts';

interface ProjectSettings {
  readonly PROJECT_ID: string;
  readonly PUBSUB_EMULATOR_HOST?: string | undefined;
  readonly MONITORING_EMULATOR_HOST?: string | undefined;
}

/** Numbers come once a minute, and up to four minutes late. */
const windowMs = 6 * 60_000;
const timeoutMs = 5_000;

/** A way to ask Cloud Monitoring, or none where Pub/Sub is an emulator that nobody monitors. */
export async function connectMonitoring(settings: ProjectSettings): Promise<ReadSeries | undefined> {
  const { PROJECT_ID, PUBSUB_EMULATOR_HOST, MONITORING_EMULATOR_HOST } = settings;
  if (PUBSUB_EMULATOR_HOST && !MONITORING_EMULATOR_HOST) return undefined;
  const authorize = MONITORING_EMULATOR_HOST ? async () => new Headers() : await googleHeaders();
  const origin = MONITORING_EMULATOR_HOST
    ? `http://${MONITORING_EMULATOR_HOST}`
    : 'https://monitoring.googleapis.com';
  return async metric => {
    const now = Date.now();
    const url = new URL(`/v3/projects/${PROJECT_ID}/timeSeries`, origin);
    url.searchParams.set('filter', `metric.type = "${metric}" AND resource.type = "pubsub_subscription"`);
    url.searchParams.set('interval.startTime', new Date(now - windowMs).toISOString());
    url.searchParams.set('interval.endTime', new Date(now).toISOString());
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { headers: await authorize(), signal });
    if (!answer.ok) throw new Error(`Cloud Monitoring answered ${answer.status}.`);
    return timeSeriesPage.parse(await answer.json()).timeSeries;
  };
}

async function googleHeaders(): Promise<() => Promise<Headers>> {
  const { GoogleAuth } = await import('../clients/google-auth.ts');
  const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/monitoring.read' });
  return () => auth.getRequestHeaders();
}
