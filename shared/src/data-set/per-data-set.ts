import type { DataSet } from './declaration.ts';

/**
 * Makes something of a data set once, and gives the same again: what follows from a declaration, schemas and statements
 * say, costs far more to make than to use. It goes when the data set goes.
 */
export function perDataSet<Made>(make: (dataSet: DataSet) => Made): (dataSet: DataSet) => Made {
  const made = new WeakMap<DataSet, { readonly value: Made }>();
  return dataSet => {
    const known = made.get(dataSet);
    if (known) return known.value;
    const value = make(dataSet);
    made.set(dataSet, { value });
    return value;
  };
}
