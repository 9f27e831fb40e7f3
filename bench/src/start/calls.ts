import type { Loop } from '@banknote-loop/local/loop';
import type { FeedbackMessage, RequestMessage } from '@banknote-loop/shared';
import { aModel, type Envelope } from '@banknote-loop/testing';
import { envelopeOf, type Messages } from '../messages.ts';
import { sendNotes } from '../with-loop.ts';

/** Calls a function at a port as it is called in the loop, and waits for its answer. */
export type FunctionCall = (port: number) => Promise<void>;

const notes = 5;

/** A piece of work for each function, which it can be given again and again. */
export async function callsOf(
  loop: Loop,
  { request, prediction }: Messages,
): Promise<ReadonlyMap<string, FunctionCall>> {
  const { batch_id, subjects } = await sendNotes(loop, request(notes));
  const feedback: FeedbackMessage = { batch_id, subjects, ratings: subjects.map(() => 1) };
  const predicted = deliver(prediction(notes));
  const announced = deliver(aModel({ promoted: false, model_file_name: 'model-bench.json' }));
  return new Map<string, FunctionCall>([
    ['prediction', deliver(request(notes))],
    ['prediction-to-cache', predicted],
    ['prediction-to-db', predicted],
    ['feedback-to-db', deliver(feedback)],
    ['feedback-to-training', deliver(feedback)],
    ['training', deliver(feedback)],
    ['training-to-cache', announced],
    ['training-to-db', announced],
    ['ingest-api', port => post(port, request(notes))],
    ['predict-api', port => send(port, '/batches', {})],
  ]);
}

function deliver(message: unknown): FunctionCall {
  const { headers, body }: Envelope = envelopeOf(message);
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return port => send(port, '/', { method: 'POST', headers: named, body: JSON.stringify(body) });
}

function post(port: number, { subjects, features }: RequestMessage): Promise<void> {
  return send(port, '/notes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subjects, features }),
  });
}

async function send(port: number, path: string, init: RequestInit): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`A function answered ${response.status} at ${path}.`);
}
