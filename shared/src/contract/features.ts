/** The four measurements of a note, in the order in which the wire and the tables hold them. */
export const featureNames = ['variance', 'skewness', 'curtosis', 'entropy'] as const;

export type Features = [number, number, number, number];

/** Two notes to show or try something with: one of each class, as they stand in the data. */
export const sampleNotes: readonly [Features, Features] = [
  [3.6216, 8.6661, -2.8073, -0.44699],
  [-1.3971, 3.3191, -1.3927, -1.9948],
];
