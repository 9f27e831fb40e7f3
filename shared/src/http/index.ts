export type { SignInClient } from './access/sign-in-resource.ts';
export type { Caller } from './access/tokens.ts';
export { batchIdFor, isAnothers, maySee, notesFromCsv, requireFewNotes, requireOwnBatch } from './batches.ts';
export { askedFrom } from './caller-page.ts';
export { type AnyFunction, defineHttp, type HttpFunction } from './definition.ts';
export { createHttpHandler } from './handler.ts';
export { describeApi } from './openapi.ts';
export { HttpError, type MediaReply, type Reply } from './reply.ts';
export { type Media, type Request, route } from './route.ts';
