import type { QueueAnswer } from '@banknote-loop/shared/contract';
import { pluralize } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';
import { type Health, healthOf } from './health.ts';
import { type Edge, edgesBetween, type FunctionNode, type PlacedNode, placeFunctions } from './layout.ts';
import { type Moving, travelMs, useTraffic } from './use-traffic.ts';

const box = { width: 162, height: 58 };
const gap = { x: 58, y: 22 };
/** Edges over several columns go round the boxes between, below all of them. */
const lane = 22;

interface Props {
  readonly functions: readonly FunctionNode[];
  readonly queues: ReadonlyMap<string, QueueAnswer>;
  readonly deadByFunction: ReadonlyMap<string, number>;
}

/** The loop as a drawing, with messages on their way; the table below it says the same in words. */
export function TopologyMap({ functions, queues, deadByFunction }: Props) {
  const moving = useTraffic();
  const placed = placeFunctions(functions);
  const edges = edgesBetween(placed);
  const bottom = Math.max(...placed.map(one => top(one) + box.height));
  const lanes = [...new Set(edges.filter(isLong).map(({ topic }) => topic))];
  const width = Math.max(...placed.map(one => left(one) + box.width)) + 2;
  const height = bottom + (lanes.length + 0.5) * lane;
  return (
    <Scroll label="Drawing of the loop">
      <svg class="map" viewBox={`-1 -1 ${width} ${height}`} width={width} height={height} aria-hidden="true">
        {edges.map(edge => (
          <EdgeLine
            key={`${edge.from.name} ${edge.to.name} ${edge.topic}`}
            path={
              isLong(edge)
                ? pathAround(edge, bottom + (lanes.indexOf(edge.topic) + 1) * lane)
                : pathAcross(edge)
            }
            queue={queues.get(edge.to.name)}
            moving={moving.filter(({ topic }) => topic === edge.topic)}
          />
        ))}
        {placed
          .filter(({ trigger }) => trigger !== null)
          .map(one => (
            <text key={one.name} class="topic" x={left(one) - 5} y={middle(one) - 6} text-anchor="end">
              {one.trigger}
            </text>
          ))}
        {placed.map(one => (
          <FunctionBox
            key={one.name}
            node={one}
            queue={queues.get(one.name)}
            health={healthOf(queues.get(one.name), deadByFunction.get(one.name) ?? 0)}
          />
        ))}
      </svg>
    </Scroll>
  );
}

function left({ column }: PlacedNode): number {
  return column * (box.width + gap.x);
}

function top({ row }: PlacedNode): number {
  return row * (box.height + gap.y);
}

function isBusy(queue: QueueAnswer | undefined): boolean {
  return queue !== undefined && (queue.waiting > 0 || (queue.rate ?? 0) > 0);
}

interface BoxProps {
  readonly node: PlacedNode;
  readonly queue: QueueAnswer | undefined;
  readonly health: Health;
}

function FunctionBox({ node, queue, health }: BoxProps) {
  const { name, trigger } = node;
  const kind = trigger === null ? 'http' : health === 'well' ? '' : 'unwell';
  return (
    <g transform={`translate(${left(node)} ${top(node)})`} class={`node ${kind}`}>
      <rect width={box.width} height={box.height} rx={10} />
      <text x={12} y={24} class="name">
        {health === 'well' ? '' : '⚠ '}
        {name}
      </text>
      <text x={12} y={43}>
        {trigger === null ? 'HTTP' : stateOf(queue, health)}
      </text>
      {queue && queue.waiting > 0 ? (
        <circle cx={box.width} cy={box.height} r={swelling(queue)} class="waiting" />
      ) : null}
    </g>
  );
}

/** The more wait, the larger: tenfold messages are as much more each time. */
function swelling({ waiting }: QueueAnswer): number {
  return Math.min(18, 4 + 3.5 * Math.log10(1 + waiting));
}

function stateOf(queue: QueueAnswer | undefined, health: Health): string {
  if (!queue) return '';
  if (health === 'stuck') return `stuck: ${pluralize(queue.waiting, 'message')}`;
  if (queue.waiting > 0) return `${pluralize(queue.waiting, 'message')} waiting`;
  return queue.rate ? `${queue.rate.toFixed(1)} a second` : 'idle';
}

interface EdgeProps {
  readonly path: string;
  /** What waits at its end. */
  readonly queue: QueueAnswer | undefined;
  readonly moving: readonly Moving[];
}

/** An arrow, and what moves along it. Whoever wants no movement sees the messages stand on it for a moment. */
function EdgeLine({ path, queue, moving }: EdgeProps) {
  const waiting = queue?.waiting ?? 0;
  return (
    <>
      <path
        class={`edge ${isBusy(queue) ? 'busy' : ''} ${waiting > 0 ? 'backed-up' : ''}`}
        style={waiting > 0 ? `stroke-width: ${Math.min(12, 2 + 2.5 * Math.log10(1 + waiting))}px` : ''}
        d={path}
      />
      {moving.map(({ id, delayMs }) => (
        <circle
          key={id}
          class="message"
          r={5}
          style={`offset-path: path("${path}"); animation-duration: ${travelMs}ms; animation-delay: ${delayMs}ms`}
        />
      ))}
    </>
  );
}

function isLong({ from, to }: Edge): boolean {
  return to.column - from.column > 1;
}

function middle(node: PlacedNode): number {
  return top(node) + box.height / 2;
}

function pathAcross({ from, to }: Edge): string {
  const [start, end] = [left(from) + box.width, left(to)];
  const half = (start + end) / 2;
  return `M${start} ${middle(from)}C${half} ${middle(from)} ${half} ${middle(to)} ${end} ${middle(to)}`;
}

function pathAround({ from, to }: Edge, y: number): string {
  const [start, end] = [left(from) + box.width, left(to)];
  const [down, up] = [start + gap.x / 3, end - gap.x / 2];
  const corner = 10;
  return [
    `M${start} ${middle(from)}H${down - corner}`,
    `Q${down} ${middle(from)} ${down} ${middle(from) + corner}V${y - corner}Q${down} ${y} ${down + corner} ${y}`,
    `H${up - corner}Q${up} ${y} ${up} ${y - corner}V${middle(to) + corner}Q${up} ${middle(to)} ${up + corner} ${middle(to)}`,
    `H${end}`,
  ].join('');
}
