import type { DataSet } from '@banknote-loop/shared/data-set';
import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Failure } from './ui/parts.tsx';
import { useLoad } from './use-load.ts';

// What this service is about. Features, classes and words come from the declaration that the service is asked for, and
// from nowhere else on the page.

const Declaration = createContext<DataSet | undefined>(undefined);

/** Shows its children as soon as there is a declaration for them. */
export function WithDataSet({ children }: { readonly children: ComponentChildren }) {
  const { data, error } = useLoad('/data-set');
  if (data) return <Declaration.Provider value={data}>{children}</Declaration.Provider>;
  return (
    <main>
      <Failure message={error} />
    </main>
  );
}

export function useDataSet(): DataSet {
  const dataSet = useContext(Declaration);
  if (!dataSet) throw new Error('A part of the page is shown outside of WithDataSet.');
  return dataSet;
}

/** The names of the classes in their order: a name's place is its class number. */
export function useClasses(): readonly string[] {
  return useDataSet().label.classes.map(({ name }) => name);
}

/** A question that its two classes answer by no and yes, in this order: "Is it ripe?" is one, "Which kind?" is none. */
export function isYesNo({ question, label }: DataSet): boolean {
  return label.classes.length === 2 && !/^(which|what|who|whose|where|when|how|why)\b/i.test(question.trim());
}
