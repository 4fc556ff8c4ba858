export { isLoopback } from './loopback.ts';
export { fittedName, forbidden, mayBe, refusalOf } from './may.ts';
export { readToken } from './token.ts';
export { TokenFolder, type CreatedToken, type TokenWish } from './token-folder.ts';
export type { TokenRecord } from './token-record.ts';
