import { useEffect, useState } from 'preact/hooks';
import { authorization } from './api.ts';

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

// Not by EventSource, which cannot send a token.
async function run(): Promise<void> {
  running = true;
  for (;;) {
    await readStream().catch(() => {});
    setConnected(false);
    await new Promise(resolve => setTimeout(resolve, 2_000));
  }
}

async function readStream(): Promise<void> {
  const answer = await fetch('/events', { headers: authorization() });
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
  if (event) for (const listener of listeners) listener(event);
}

function setConnected(state: boolean): void {
  connected = state;
  for (const listener of connectionListeners) listener(state);
}
