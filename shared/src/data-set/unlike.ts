/** From this share on an item is said to be unlike anything that the model has learned from: one known item in a hundred is. */
export const unlikeFrom = 0.99;
