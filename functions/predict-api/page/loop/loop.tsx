import type { QueueAnswer } from '@banknote-loop/shared/contract';
import { counted } from '../format.ts';
import { Card, Failure } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { DeadLetters } from './dead-letters.tsx';
import { HopsTable } from './hops-table.tsx';
import { TopologyMap } from './map.tsx';
import { Timeline } from './timeline.tsx';

const lookEveryMs = 2_000;

export function Loop() {
  const topology = useLoad('/topology');
  const measured = useLoad('/queues', { everyMs: lookEveryMs });
  const letters = useLoad('/dead-letters', {
    on: ['dead-letter'],
  });
  const functions = topology.data?.functions;
  const queues = new Map(measured.data?.queues.map(queue => [queue.name, queue]));
  const dead = letters.data?.dead_letters ?? [];
  const deadByFunction = new Map(
    [...Map.groupBy(dead, letter => letter.function)].map(([name, all]) => [name, all.length]),
  );
  return (
    <>
      <Card title="Functions and topics" aside={<Held queues={queues} />}>
        <Failure message={topology.error ?? measured.error} />
        {functions ? (
          <>
            <TopologyMap functions={functions} queues={queues} />
            <HopsTable functions={functions} queues={queues} deadByFunction={deadByFunction} />
          </>
        ) : null}
        {measured.data?.queues.length === 0 ? (
          <p class="muted">Nobody measures the queues here, so the numbers are left out.</p>
        ) : null}
      </Card>
      <div class="columns">
        <Timeline />
        <DeadLetters {...letters} />
      </div>
    </>
  );
}

function Held({ queues }: { readonly queues: ReadonlyMap<string, QueueAnswer> }) {
  const held = queues.get('dead-letter');
  return held && held.waiting > 0 ? <span class="wrong">{counted(held.waiting, 'dead letter')}</span> : null;
}
