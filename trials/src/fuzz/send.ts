import { type Agent, request } from 'node:http';
import type { HostileRequest } from './requests.ts';

/** A machine that does much else besides is slow; what hangs does so for longer. */
const answerWithinMs = 60_000;

/** The status of the answer, or what came in its place. */
export function send(
  { method, path, headers, body }: HostileRequest,
  port: number,
  agent: Agent,
): Promise<string> {
  return new Promise(resolve => {
    const options = { agent, host: '127.0.0.1', port, method, path, timeout: answerWithinMs };
    const call = request({ ...options, headers: { ...headers, 'content-length': body.length } }, response => {
      response.resume().on('end', () => resolve(String(response.statusCode)));
      // A stream of events has answered with its first line, and does not end by itself.
      if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy();
      response.on('close', () => resolve(String(response.statusCode)));
      response.on('error', error => resolve(error.message));
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', error => resolve(error.message));
    call.end(body);
  });
}
