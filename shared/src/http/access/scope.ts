/** What a token can allow beyond reading: sending notes, rating predictions, and deciding which model answers. */
export const scopes = ['notes:submit', 'notes:rate', 'models:manage'] as const;

export type Scope = (typeof scopes)[number];
