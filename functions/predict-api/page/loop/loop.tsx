import type { QueueAnswer } from '@banknote-loop/shared/contract';
import { pluralize } from '../format.ts';
import { Card, Failure } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { DeadLetters } from './dead-letters.tsx';
import { FunctionsTable } from './functions-table.tsx';
import { Timeline } from './timeline.tsx';
import { TopologyMap } from './topology-map.tsx';

const pollEveryMs = 2_000;

export function Loop() {
  const topology = useLoad('/topology');
  const measurements = useLoad('/queues', { everyMs: pollEveryMs });
  const deadLetters = useLoad('/dead-letters', {
    on: ['dead-letter'],
  });
  const functions = topology.data?.functions;
  const queues = new Map(measurements.data?.queues.map(queue => [queue.name, queue]));
  const letters = deadLetters.data?.dead_letters ?? [];
  const deadByFunction = new Map(
    [...Map.groupBy(letters, letter => letter.function)].map(([name, all]) => [name, all.length]),
  );
  return (
    <>
      <Card title="Functions and topics" aside={<DeadLetterCount queues={queues} />}>
        <Failure message={topology.error ?? measurements.error} />
        {functions ? (
          <>
            <TopologyMap functions={functions} queues={queues} />
            <FunctionsTable functions={functions} queues={queues} deadByFunction={deadByFunction} />
          </>
        ) : null}
        {measurements.data?.queues.length === 0 ? (
          <p class="muted">Nobody measures the queues here, so the numbers are left out.</p>
        ) : null}
      </Card>
      <div class="columns">
        <Timeline />
        <DeadLetters {...deadLetters} />
      </div>
    </>
  );
}

function DeadLetterCount({ queues }: { readonly queues: ReadonlyMap<string, QueueAnswer> }) {
  const queue = queues.get('dead-letter');
  return queue && queue.waiting > 0 ? (
    <span class="wrong">{pluralize(queue.waiting, 'dead letter')}</span>
  ) : null;
}
