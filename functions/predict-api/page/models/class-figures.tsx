import type { ModelScore } from '@banknote-loop/shared/contract';
import { count, percent } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';

interface Props {
  readonly side: string;
  readonly classes: readonly string[];
  readonly score: ModelScore;
}

/** How well each class is told from the others. */
export function ClassFigures({ side, classes, score: { classes: figures, macro } }: Props) {
  if (!figures) return null;
  return (
    <details class="class-figures">
      <summary>Class by class</summary>
      <Scroll label={`Figures of each class: ${side}`}>
        <table>
          <caption class="unseen">How well each class is told from the others</caption>
          <thead>
            <tr>
              <th scope="col">class</th>
              <NumberHead name="precision" title="Of those called so, how many are" />
              <NumberHead name="recall" title="Of those that are, how many are called so" />
              <NumberHead name="F1" title="The harmonic mean of both" />
              <NumberHead name="rows" title="How many there are" />
            </tr>
          </thead>
          <tbody>
            {classes.map(name => {
              const figure = figures[name];
              return figure ? <FigureRow key={name} name={name} {...figure} /> : null;
            })}
            {macro && classes.length > 2 ? <FigureRow name="mean of the classes" {...macro} /> : null}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

function NumberHead({ name, title }: { readonly name: string; readonly title: string }) {
  return (
    <th scope="col" class="number" title={title}>
      {name}
    </th>
  );
}

interface RowProps {
  readonly name: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support?: number;
}

function FigureRow({ name, precision, recall, f1, support }: RowProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{percent(precision)}</td>
      <td class="number">{percent(recall)}</td>
      <td class="number">{percent(f1)}</td>
      <td class="number">{support === undefined ? '' : count(support)}</td>
    </tr>
  );
}
