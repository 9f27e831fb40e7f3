import type { QueueAnswer } from '@banknote-loop/shared/contract/answers.ts';
import { counted } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';
import { type FunctionNode, type Hop, hopsBetween, type Placed, placeFunctions } from './layout.ts';

const box = { width: 172, height: 62 };
const gap = { x: 74, y: 26 };

interface Props {
  readonly functions: readonly FunctionNode[];
  readonly queues: ReadonlyMap<string, QueueAnswer>;
}

/** The loop as a drawing; the table below it says the same in words. */
export function TopologyMap({ functions, queues }: Props) {
  const placed = placeFunctions(functions);
  const width = Math.max(...placed.map(one => left(one) + box.width)) + 2;
  const height = Math.max(...placed.map(one => top(one) + box.height)) + 2;
  return (
    <Scroll label="Drawing of the loop">
      <svg class="map" viewBox={`-1 -1 ${width} ${height}`} width={width} height={height} aria-hidden="true">
        {hopsBetween(placed).map(hop => (
          <HopLine
            key={`${hop.from.name} ${hop.to.name} ${hop.topic}`}
            hop={hop}
            isBusy={isBusy(queues.get(hop.to.name))}
          />
        ))}
        {placed.map(one => (
          <FunctionBox key={one.name} place={one} queue={queues.get(one.name)} />
        ))}
      </svg>
    </Scroll>
  );
}

function left({ column }: Placed): number {
  return column * (box.width + gap.x);
}

function top({ row }: Placed): number {
  return row * (box.height + gap.y);
}

function isBusy(queue: QueueAnswer | undefined): boolean {
  return queue !== undefined && (queue.waiting > 0 || (queue.rate ?? 0) > 0);
}

function FunctionBox({ place, queue }: { readonly place: Placed; readonly queue: QueueAnswer | undefined }) {
  const { name, trigger } = place;
  return (
    <g transform={`translate(${left(place)} ${top(place)})`} class={`node ${trigger === null ? 'http' : ''}`}>
      <rect width={box.width} height={box.height} rx={10} />
      <text x={14} y={26} class="name">
        {name}
      </text>
      <text x={14} y={46} class="state">
        {trigger === null ? 'HTTP' : stateOf(queue)}
      </text>
      {queue && queue.waiting > 0 ? <circle cx={box.width - 16} cy={16} r={5} class="waiting" /> : null}
    </g>
  );
}

function stateOf(queue: QueueAnswer | undefined): string {
  if (!queue) return '';
  if (queue.waiting > 0) return `${counted(queue.waiting, 'message')} waiting`;
  return queue.rate ? `${queue.rate.toFixed(1)} a second` : 'idle';
}

function HopLine({ hop: { topic, from, to }, isBusy }: { readonly hop: Hop; readonly isBusy: boolean }) {
  const [x1, y1] = [left(from) + box.width, top(from) + box.height / 2];
  const [x2, y2] = [left(to), top(to) + box.height / 2];
  const bend = Math.max(30, (x2 - x1) / 2);
  return (
    <g class={`hop ${isBusy ? 'busy' : ''}`}>
      <path d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />
      <text x={x2 - 8} y={y2 - 7} text-anchor="end">
        {topic}
      </text>
    </g>
  );
}
