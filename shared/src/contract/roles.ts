/** What a token can allow. Whoever has none of them can see what is open, and no more. */
export const scopes = [
  /** To send notes, and to see what became of one's own. */
  'notes:submit',
  /** To see everybody's. */
  'notes:read',
  /** To rate predictions in one's own name. */
  'notes:rate',
  /** In others' names, and to take their ratings back. */
  'notes:rate-for',
  'models:read',
  /** To decide which model answers, and to bring models. */
  'models:manage',
  /** To see how the loop does: queues, traces, dead letters, numbers. */
  'loop:read',
  /** To see who did what. */
  'audit:read',
  /** To hand out what is kept of a person, and to have a person forgotten. */
  'people:manage',
] as const;
export type Scope = (typeof scopes)[number];

const reads: readonly Scope[] = ['notes:read', 'models:read', 'loop:read'];

/** Sets of scopes by the names of what people are; a claim `roles` or AUTH_GRANTS gives them. Without any, nothing is given. */
export const roles: Readonly<Record<string, readonly Scope[]>> = {
  viewer: reads,
  submitter: ['notes:submit'],
  reviewer: ['notes:read', 'notes:rate', 'models:read'],
  operator: [...reads, 'models:manage', 'audit:read'],
  administrator: scopes,
};
