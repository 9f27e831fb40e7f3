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
  let stream = new AbortController();
  // An open stream keeps an instance of the service at work, for nobody.
  document.addEventListener('visibilitychange', () => isVisible() || stream.abort());
  for (;;) {
    if (await comesBack()) tellAll();
    const session = await get('/session').catch(() => undefined);
    if (session?.scopes.includes('loop:read')) {
      stream = new AbortController();
      if (isVisible()) await readStream(stream.signal).catch(() => {});
      setConnected(false);
      if (isVisible()) await pause(pauseMs);
    } else {
      await pause(lookEveryMs);
      // Whoever may not listen looks again, as if everything had happened.
      if (session && session.scopes.length > 0 && isVisible()) tellAll();
    }
  }
}

function isVisible(): boolean {
  return document.visibilityState === 'visible';
}

/** Waits until somebody sees the page; answers whether that took a while, in which anything may have happened. */
async function comesBack(): Promise<boolean> {
  if (isVisible()) return false;
  while (!isVisible())
    await new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }));
  return true;
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

async function readStream(signal: AbortSignal): Promise<void> {
  const answer = await send('/events', { signal });
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
  if (event) tell(event);
}

function tellAll(): void {
  for (const event of names) tell(event);
}

function tell(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

function setConnected(state: boolean): void {
  connected = state;
  for (const listener of connectionListeners) listener(state);
}
