import { useEffect, useState } from 'preact/hooks';
import { authorization } from './api.ts';

export type NewsKind = 'batch' | 'feedback' | 'job' | 'model' | 'dead-letter';

type Listener = (kind: NewsKind) => void;

const listeners = new Set<Listener>();
const watchers = new Set<(connected: boolean) => void>();
let connected = false;
let running = false;

/** Calls `listener` whenever something of these kinds has happened. */
export function useNews(kinds: readonly NewsKind[], listener: () => void): void {
  const wanted = kinds.join(' ');
  useEffect(() => {
    const hear: Listener = kind => {
      if (wanted.split(' ').includes(kind)) listener();
    };
    listeners.add(hear);
    if (!running) void run();
    return () => void listeners.delete(hear);
  }, [wanted, listener]);
}

/** Whether news reach this page at the moment. */
export function useConnected(): boolean {
  const [state, setState] = useState(connected);
  useEffect(() => {
    watchers.add(setState);
    if (!running) void run();
    return () => void watchers.delete(setState);
  }, []);
  return state;
}

// Not by EventSource, which cannot send a token.
async function run(): Promise<void> {
  running = true;
  for (;;) {
    await read().catch(() => {});
    setConnected(false);
    await new Promise(resolve => setTimeout(resolve, 2_000));
  }
}

async function read(): Promise<void> {
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
    for (const block of blocks) tell(block);
  }
}

function tell(block: string): void {
  const [, kind] = /^event: (.+)$/m.exec(block) ?? [];
  if (isNewsKind(kind)) for (const listener of listeners) listener(kind);
}

function isNewsKind(kind: string | undefined): kind is NewsKind {
  return (
    kind === 'batch' || kind === 'feedback' || kind === 'job' || kind === 'model' || kind === 'dead-letter'
  );
}

function setConnected(state: boolean): void {
  connected = state;
  for (const watch of watchers) watch(state);
}
