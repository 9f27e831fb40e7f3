import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';

/** Google's own address takes spans from those who say who they are; anybody else's takes them from this network. */
const googleHost = 'telemetry.googleapis.com';

/** Sends spans to an OTLP address, in the form of JSON over HTTP. */
export async function openExporter(endpoint: string, timeoutMillis: number): Promise<OTLPTraceExporter> {
  const url = new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`);
  const headers = url.hostname === googleHost ? await googleHeaders() : {};
  const { OTLPTraceExporter } = await import('../clients/opentelemetry.ts');
  return new OTLPTraceExporter({ url: url.href, headers, timeoutMillis });
}

async function googleHeaders(): Promise<() => Promise<Record<string, string>>> {
  const { GoogleAuth } = await import('../clients/google-auth.ts');
  const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
  return async () => {
    // The exporter cannot deal with an error here; without a token, Google's answer says what is wrong.
    const token = await auth.getAccessToken().catch(() => '');
    return { authorization: `Bearer ${token ?? ''}` };
  };
}
