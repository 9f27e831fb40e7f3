/** Of a model from elsewhere: the largest forests of other programs stay below. */
export const mostOnnxBytes = 20_000_000;
