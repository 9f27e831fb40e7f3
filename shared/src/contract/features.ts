/** The four measurements of a note, in the order in which the wire and the tables hold them. */
export const featureNames = ['variance', 'skewness', 'curtosis', 'entropy'] as const;

export type Features = [number, number, number, number];
