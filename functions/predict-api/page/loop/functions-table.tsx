import type { QueueAnswer } from '@banknote-loop/shared/contract';
import { count, duration } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';
import type { FunctionNode } from './layout.ts';

interface Props {
  readonly functions: readonly FunctionNode[];
  readonly queues: ReadonlyMap<string, QueueAnswer>;
  readonly deadByFunction: ReadonlyMap<string, number>;
}

/** The queue of each function in numbers; what nobody has measured stays out. */
export function FunctionsTable({ functions, queues, deadByFunction }: Props) {
  const triggered = functions.filter(({ trigger }) => trigger !== null);
  return (
    <Scroll label="Functions in numbers">
      <table class="stacks">
        <caption class="unseen">Each function in numbers</caption>
        <thead>
          <tr>
            <th scope="col">topic</th>
            <th scope="col">function</th>
            <th scope="col">publishes</th>
            <th scope="col" class="number">
              waiting
            </th>
            <th scope="col" class="number">
              a second
            </th>
            <th scope="col" class="number">
              takes
            </th>
            <th scope="col" class="number">
              dead letters
            </th>
          </tr>
        </thead>
        <tbody>
          {triggered.map(({ name, trigger, publishes }) => {
            const queue = queues.get(name);
            return (
              <tr key={name}>
                <td data-name="topic">{trigger}</td>
                <th scope="row">{name}</th>
                <td class="muted spare">{publishes.join(', ')}</td>
                <td class="number" data-name="waiting">
                  {queue ? count(queue.waiting) : ''}
                </td>
                <td class="number spare">
                  {queue?.rate == null ? '' : queue.rate === 0 ? '0' : queue.rate.toFixed(1)}
                </td>
                <td class="number spare">{queue?.ack_ms == null ? '' : duration(queue.ack_ms / 1000)}</td>
                <td class="number" data-name="dead letters">
                  {count(deadByFunction.get(name) ?? 0)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
