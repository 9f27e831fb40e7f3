import { useEffect, useState } from 'preact/hooks';
import { get, send } from './api.ts';

const names = ['batch', 'feedback', 'job', 'model', 'dead-letter'] as const;
export type LiveEvent = (typeof names)[number];

type Listener = (event: LiveEvent) => void;

const listeners = new Set<Listener>();
const connectionListeners = new Set<(connected: boolean) => void>();
let connected = false;
let running = false;

/** Calls `listener` whenever one of these events comes. */
export function useLiveEvents(events: readonly LiveEvent[], listener: Listener): void {
  const wanted = events.join(' ');
  useEffect(() => {
    const onEvent: Listener = event => {
      if (wanted.split(' ').includes(event)) listener(event);
    };
    listeners.add(onEvent);
    if (!running) void run();
    return () => void listeners.delete(onEvent);
  }, [wanted, listener]);
}

/** Whether events reach this page at the moment. */
export function useConnected(): boolean {
  const [state, setState] = useState(connected);
  useEffect(() => {
    connectionListeners.add(setState);
    // It may have changed since the first rendering.
    setState(connected);
    if (!running) void run();
    return () => void connectionListeners.delete(setState);
  }, []);
  return state;
}

const pauseMs = 2_000;
const lookEveryMs = 5_000;

// Not by EventSource, which cannot send a token.
async function run(): Promise<void> {
  running = true;
  for (;;) {
    const session = await get('/session').catch(() => undefined);
    if (session?.scopes.includes('loop:read')) {
      await readStream().catch(() => {});
      setConnected(false);
      await pause(pauseMs);
    } else {
      await pause(lookEveryMs);
      // Whoever may not listen looks again, as if everything had happened.
      const looks = session && session.scopes.length > 0 && document.visibilityState === 'visible';
      if (looks) for (const event of names) notify(event);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

async function readStream(): Promise<void> {
  const answer = await send('/events');
  if (!answer.ok || !answer.body) return;
  setConnected(true);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) dispatch(block);
  }
}

function dispatch(block: string): void {
  const [, name] = /^event: (.+)$/m.exec(block) ?? [];
  const event = names.find(known => known === name);
  if (event) notify(event);
}

function notify(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

function setConnected(state: boolean): void {
  connected = state;
  for (const listener of connectionListeners) listener(state);
}
