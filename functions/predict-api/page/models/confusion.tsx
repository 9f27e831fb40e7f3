import type { ModelScore } from '@banknote-loop/shared/contract';
import { useDataSet } from '../data-set.tsx';
import { capitalized, count } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';

type Matrix = readonly (readonly number[])[];

interface Props {
  readonly side: string;
  /** In the order of their numbers. */
  readonly classes: readonly string[];
  readonly confusion: ModelScore['confusion'];
}

/** So many columns can say "called" before each name. */
const fewClasses = 3;
/** Longer names of more columns than that stand upright. */
const longestAcross = 4;
/** A table of more is nothing that anybody reads: the commonest mistakes say more. */
const mostClasses = 40;

/** What the items of each class were called. */
export function Confusion({ side, classes, confusion }: Props) {
  const matrix = matrixOf(confusion, classes);
  return (
    <>
      {classes.length <= mostClasses ? (
        <Scroll label={`Confusion matrix: ${side}`}>
          <ConfusionTable classes={classes} matrix={matrix} />
        </Scroll>
      ) : null}
      {classes.length > fewClasses ? <Mistakes classes={classes} matrix={matrix} /> : null}
    </>
  );
}

interface TableProps {
  readonly classes: readonly string[];
  readonly matrix: Matrix;
}

function ConfusionTable({ classes, matrix }: TableProps) {
  const { items } = useDataSet();
  const isWide = classes.length > fewClasses;
  const isUpright = classes.some(name => name.length > longestAcross);
  return (
    <table class={`confusion ${isWide ? 'wide' : ''} ${isWide && isUpright ? 'upright' : ''}`}>
      <caption class="unseen">How many {items} of each kind were called what</caption>
      <thead>
        <tr>
          <td>{isWide ? <small>called</small> : null}</td>
          {classes.map(name => (
            <th key={name} scope="col">
              <span>{isWide ? name : `called ${name}`}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classes.map((name, truth) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {classes.map((other, called) => (
              <Cell key={other} row={matrix[truth] ?? []} truth={truth} called={called} isWide={isWide} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  readonly row: readonly number[];
  readonly truth: number;
  readonly called: number;
  readonly isWide: boolean;
}

function Cell({ row, truth, called, isWide }: CellProps) {
  const number = row[called] ?? 0;
  const all = row.reduce((sum, other) => sum + other, 0);
  const kind = called === truth ? 'right' : number > 0 ? 'missed' : '';
  return (
    <td class={kind} {...(isWide ? { style: `--share: ${number / (all || 1)}` } : {})}>
      {count(number)}
    </td>
  );
}

const maxMistakes = 3;

/** Which classes are taken for which, the commonest first. */
function Mistakes({ classes, matrix }: TableProps) {
  const mistakes = matrix
    .flatMap((row, truth) => row.map((number, called) => ({ truth, called, number })))
    .filter(({ truth, called, number }) => truth !== called && number > 0)
    .toSorted((a, b) => b.number - a.number)
    .slice(0, maxMistakes);
  if (mistakes.length === 0) return null;
  return (
    <p class="muted">
      Most often mistaken:{' '}
      {mistakes.map(({ truth, called, number }, i) => (
        <>
          {i === 0 ? '' : ', '}
          <bdi>{classes[truth]}</bdi> called <bdi>{classes[called]}</bdi> ({count(number)})
        </>
      ))}
      .
    </p>
  );
}

/** Reports of earlier days have a count for each pair of two classes, under the names of both. */
function matrixOf(confusion: ModelScore['confusion'], classes: readonly string[]): Matrix {
  if (isMatrix(confusion)) return confusion;
  const counts = new Map(Object.entries(confusion));
  return classes.map(truth => classes.map(called => counts.get(`${truth}Called${capitalized(called)}`) ?? 0));
}

function isMatrix(confusion: ModelScore['confusion']): confusion is Matrix {
  return Array.isArray(confusion);
}
