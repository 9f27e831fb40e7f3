export { batchIdFor, requireFewNotes } from './batches.ts';
export { type AnyFunction, defineHttp, type HttpFunction } from './definition.ts';
export { createHttpHandler } from './handler.ts';
export { describeApi } from './openapi.ts';
export { HttpError, type Media, type Reply, type Request, route } from './route.ts';
